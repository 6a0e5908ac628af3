"""A port for a program that a test starts."""

import contextlib
import random
import socket


def free_port() -> int:
    """Below the ports of outgoing connections: one of those could take it before the program listens."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
