"""Small packets to a place, or to the n-th router before it (ICMP, RFC 792). IPv4, no other program."""

import contextlib
import os
import select
import socket
import struct
import time
from typing import Protocol

from mostovi.connectivity.probe.measuring.values import Echo

_ECHO_REQUEST, _ECHO_REPLY, _TIME_EXCEEDED = 8, 0, 11
_HEADER = struct.Struct("!BBHHH")
_PADDING = bytes(48)
_IP_RECVERR = 11
_RAW_BYTES = 2_048


def send_echoes(
    host: str, *, hops: int | None = None, count: int = 20, interval: float = 0.2, timeout: float = 1.5
) -> Echo | None:
    """Packets to ``host`` or, with ``hops``, to the router so far away. Takes ``count * interval`` seconds.

    None when this user may not send such packets. Raises OSError when ``host`` has no address.
    """
    address = socket.gethostbyname(host)
    wire = _open(address, hops)
    if wire is None:
        return None
    with contextlib.closing(wire):
        return _exchange(wire, count, interval, timeout)


def checksum(packet: bytes) -> int:
    """RFC 1071."""
    padded = packet + bytes(len(packet) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    return ~total & 0xFFFF


def echo_request(identifier: int, number: int) -> bytes:
    bare = _HEADER.pack(_ECHO_REQUEST, 0, 0, identifier, number) + _PADDING
    return _HEADER.pack(_ECHO_REQUEST, 0, checksum(bare), identifier, number) + _PADDING


def read_answer(packet: bytes, identifier: int) -> int | None:
    """The number of our packet that an IP packet with ICMP answers; None when it is none of ours."""
    message = _without_ip(packet)
    if len(message) < _HEADER.size:
        return None
    kind, _, _, named, number = _HEADER.unpack_from(message)
    if kind == _TIME_EXCEEDED:
        # It returns the head of our packet.
        message = _without_ip(message[_HEADER.size :])
        if len(message) < _HEADER.size:
            return None
        kind, _, _, named, number = _HEADER.unpack_from(message)
        kind = _ECHO_REPLY if kind == _ECHO_REQUEST else kind
    return number if kind == _ECHO_REPLY and named == identifier else None


def _without_ip(packet: bytes) -> bytes:
    return packet[(packet[0] & 0x0F) * 4 :] if packet else b""


class _Wire(Protocol):
    def fileno(self) -> int: ...
    def send(self, number: int) -> None: ...
    def receive(self) -> int | None: ...
    def close(self) -> None: ...


def _open(address: str, hops: int | None) -> _Wire | None:
    for kind in (_Datagram, _Raw):
        with contextlib.suppress(PermissionError):
            return kind(address, hops)
    return None


def _exchange(wire: _Wire, count: int, interval: float, timeout: float) -> Echo:
    sent: list[float] = []
    answers: dict[int, float] = {}
    for number in range(count):
        sent.append(time.monotonic())
        with contextlib.suppress(OSError):
            wire.send(number)
        _listen(wire, sent, answers, sent[-1] + interval)
    _listen(wire, sent, answers, time.monotonic() + timeout - interval)
    return Echo(tuple(answers.get(number) for number in range(count)))


def _listen(wire: _Wire, sent: list[float], answers: dict[int, float], until: float) -> None:
    """Until then, or until all that was sent is answered and nothing is left to wait for."""
    while (left := until - time.monotonic()) > 0:
        if not select.select([wire], [], [], left)[0]:
            return
        number = wire.receive()
        if number is not None and number < len(sent) and number not in answers:
            answers[number] = 1_000 * (time.monotonic() - sent[number])


class _Raw:
    """For root. Hears all ICMP of the machine and picks out its own."""

    def __init__(self, address: str, hops: int | None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.identifier = int.from_bytes(os.urandom(2), "big")
        self.address = address
        _limit(self.socket, hops)

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, number: int) -> None:
        self.socket.sendto(echo_request(self.identifier, number), (self.address, 0))

    def receive(self) -> int | None:
        return read_answer(self.socket.recv(_RAW_BYTES), self.identifier)

    def close(self) -> None:
        self.socket.close()


class _Datagram:
    """For anybody in net.ipv4.ping_group_range: the kernel picks out what is ours."""

    def __init__(self, address: str, hops: int | None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
        self.socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        self.address = address
        _limit(self.socket, hops)

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, number: int) -> None:
        self.socket.sendto(echo_request(0, number), (self.address, 0))

    def receive(self) -> int | None:
        try:
            message = self.socket.recv(_RAW_BYTES)
        except OSError:
            # A router on the way answered: the kernel keeps our packet beside the error.
            message = self.socket.recvmsg(_RAW_BYTES, 512, socket.MSG_ERRQUEUE)[0]
        return int(_HEADER.unpack_from(message)[4]) if len(message) >= _HEADER.size else None

    def close(self) -> None:
        self.socket.close()


def _limit(wire: socket.socket, hops: int | None) -> None:
    if hops is not None:
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
