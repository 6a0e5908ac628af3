"""Small packets to a place, and which router lies before it (ICMP, RFC 792). IPv4, no other program."""

import contextlib
import os
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Protocol

from mostovi.connectivity.probe.measuring.values import Echo

_ECHO_REQUEST, _ECHO_REPLY, _TIME_EXCEEDED = 8, 0, 11
_HEADER = struct.Struct("!BBHHH")
_PADDING = bytes(48)
_IP_RECVERR = 11
# struct sock_extended_err, and behind it the router's address as struct sockaddr_in.
_EXTENDED_ERROR = struct.Struct("=IBBBBIIHH4s")
_PACKET_BYTES = 2_048
_TRIES = 3
_SECONDS_EACH = 0.7


def send_echoes(host: str, *, count: int = 20, interval: float = 0.2, timeout: float = 1.5) -> Echo | None:
    """Packets to ``host``. Takes ``count * interval`` seconds, and ``timeout`` more for the last answer.

    None when this user may not send such packets. Raises OSError when ``host`` has no address.
    """
    wire = _open(socket.gethostbyname(host), None)
    if wire is None:
        return None
    with contextlib.closing(wire):
        return _exchange(wire, count, interval, timeout)


def find_router(host: str, hops: int) -> str | None:
    """The address of the router that lies ``hops`` steps towards ``host``, or of ``host`` if it is nearer.

    Routers answer such packets rarely (Linux once a second), so they only find it; whether it loses any is
    asked of it directly. None when it says nothing. Raises OSError when ``host`` has no address.
    """
    wire = _open(socket.gethostbyname(host), hops)
    if wire is None:
        return None
    with contextlib.closing(wire):
        for number in range(_TRIES):
            wire.send(number)
            answer = _wait(wire, time.monotonic() + _SECONDS_EACH)
            if answer is not None:
                return answer.address
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """To our packet ``number``; ``has_arrived`` is false when a router on the way ended it."""

    number: int
    address: str
    has_arrived: bool


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


def read_answer(packet: bytes, identifier: int) -> tuple[int, bool] | None:
    """Which of our packets an IP packet with ICMP answers, and whether that had arrived; None for others."""
    message = _without_ip(packet)
    if len(message) < _HEADER.size:
        return None
    kind = message[0]
    if kind == _TIME_EXCEEDED:
        # It returns the head of our packet.
        message = _without_ip(message[_HEADER.size :])
    if len(message) < _HEADER.size or message[0] != (
        _ECHO_REQUEST if kind == _TIME_EXCEEDED else _ECHO_REPLY
    ):
        return None
    _, _, _, named, number = _HEADER.unpack_from(message)
    return (number, kind == _ECHO_REPLY) if named == identifier else None


def _without_ip(packet: bytes) -> bytes:
    return packet[(packet[0] & 0x0F) * 4 :] if packet else b""


class _Wire(Protocol):
    def fileno(self) -> int: ...
    def send(self, number: int) -> None: ...
    def receive(self) -> Answer | None: ...
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
        wire.send(number)
        _listen(wire, sent, answers, sent[-1] + interval)
    _listen(wire, sent, answers, time.monotonic() + timeout - interval)
    return Echo(tuple(answers.get(number) for number in range(count)))


def _listen(wire: _Wire, sent: list[float], answers: dict[int, float], until: float) -> None:
    while (answer := _wait(wire, until)) is not None:
        if answer.has_arrived and answer.number < len(sent) and answer.number not in answers:
            answers[answer.number] = 1_000 * (time.monotonic() - sent[answer.number])


def _wait(wire: _Wire, until: float) -> Answer | None:
    while (left := until - time.monotonic()) > 0:
        if select.select([wire], [], [], left)[0]:
            answer = wire.receive()
            if answer is not None:
                return answer
    return None


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
        with contextlib.suppress(OSError):  # no way there now: the packet is lost
            self.socket.sendto(echo_request(self.identifier, number), (self.address, 0))

    def receive(self) -> Answer | None:
        packet, (address, _) = self.socket.recvfrom(_PACKET_BYTES)
        found = read_answer(packet, self.identifier)
        return Answer(found[0], address, found[1]) if found is not None else None

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
        # A router's complaint about an earlier packet is reported here first, and only once.
        for _ in range(2):
            with contextlib.suppress(OSError):
                self.socket.sendto(echo_request(0, number), (self.address, 0))
                return

    def receive(self) -> Answer | None:
        try:
            message = self.socket.recv(_PACKET_BYTES, socket.MSG_DONTWAIT)
        except OSError:
            return self._receive_complaint()
        return Answer(_HEADER.unpack_from(message)[4], self.address, has_arrived=True)

    def _receive_complaint(self) -> Answer | None:
        """The kernel keeps our packet beside what a router said of it."""
        with contextlib.suppress(OSError, struct.error):
            message, control, _, _ = self.socket.recvmsg(_PACKET_BYTES, 512, socket.MSG_ERRQUEUE)
            for _, _, packed in control:
                _, _, kind, *_, address = _EXTENDED_ERROR.unpack_from(packed)
                if kind == _TIME_EXCEEDED:
                    return Answer(
                        _HEADER.unpack_from(message)[4], socket.inet_ntoa(address), has_arrived=False
                    )
        return None

    def close(self) -> None:
        self.socket.close()


def _limit(wire: socket.socket, hops: int | None) -> None:
    if hops is not None:
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
