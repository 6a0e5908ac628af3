"""What Linux knows of a TCP connection: TCP_INFO and, where the connection uses BBR, TCP_CC_INFO."""

import contextlib
import socket
import struct
from typing import Protocol

from mostovi.connectivity.probe.ndt7.rules import within_json
from mostovi.connectivity.probe.ndt7.values import Sample

# Numbers of include/uapi/linux/tcp.h; the socket module does not name all of them.
_TCP_INFO = 11
_TCP_CONGESTION = 13
_TCP_NOTSENT_LOWAT = 25
_TCP_CC_INFO = 26
_MOST_UNSENT_BYTES = 1 << 17
_UNKNOWN_RTT = 2**32 - 1

# struct tcp_info, in order, with ndt7's names. A kernel returns as many bytes as it knows.
_LAYOUT = (
    ("B", "State CAState Retransmits Probes Backoff Options WScale AppLimited"),
    ("I", "RTO ATO SndMSS RcvMSS Unacked Sacked Lost Retrans Fackets LastDataSent LastAckSent LastDataRecv"),
    ("I", "LastAckRecv PMTU RcvSsThresh RTT RTTVar SndSsThresh SndCwnd AdvMSS Reordering RcvRTT RcvSpace"),
    ("I", "TotalRetrans"),
    ("Q", "PacingRate MaxPacingRate BytesAcked BytesReceived"),
    ("I", "SegsOut SegsIn NotsentBytes MinRTT DataSegsIn DataSegsOut"),
    ("Q", "DeliveryRate BusyTime RWndLimited SndBufLimited"),
    ("I", "Delivered DeliveredCE"),
    ("Q", "BytesSent BytesRetrans"),
    ("I", "DSackDups ReordSeen RcvOooPack SndWnd"),
)
_FIELDS = [(name, code) for code, names in _LAYOUT for name in names.split()]
_MOST_BYTES = struct.calcsize("=" + "".join(code for _, code in _FIELDS))


class Socket(Protocol):
    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes: ...
    def setsockopt(self, level: int, optname: int, value: int | bytes, /) -> None: ...


def prepare(connection: Socket) -> None:
    """Use BBR where the kernel has it, and hold back what is not sent yet so that a test ends in time."""
    for option, value in ((_TCP_CONGESTION, b"bbr"), (_TCP_NOTSENT_LOWAT, _MOST_UNSENT_BYTES)):
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


def sample(connection: Socket, elapsed_microseconds: int) -> Sample:
    """The figures of this moment. Raises OSError when the connection is gone."""
    tcp = parse_tcp_info(connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _MOST_BYTES))
    return Sample(elapsed_microseconds, tcp, _read_bbr(connection) or _bbr_from_tcp(tcp))


def parse_tcp_info(packed: bytes) -> dict[str, int]:
    """Name and value of each field of ``struct tcp_info`` that this kernel filled in."""
    found: dict[str, int] = {}
    offset = 0
    for name, code in _FIELDS:
        size = struct.calcsize(f"={code}")
        if offset + size > len(packed):
            break
        (found[name],) = struct.unpack_from(f"={code}", packed, offset)
        offset += size
    if found.get("MinRTT") == _UNKNOWN_RTT:
        found["MinRTT"] = found["RTT"]
    return within_json(found)


def parse_bbr_info(packed: bytes) -> dict[str, int] | None:
    """``struct tcp_bbr_info``: BW in bytes a second, MinRTT in microseconds. None without a measured RTT."""
    if len(packed) < 20:
        return None
    low, high, min_rtt, pacing_gain, cwnd_gain = struct.unpack_from("=5I", packed)
    if min_rtt in {0, _UNKNOWN_RTT}:
        return None
    figures = {"BW": high << 32 | low, "MinRTT": min_rtt, "PacingGain": pacing_gain, "CwndGain": cwnd_gain}
    return within_json(figures)


def _read_bbr(connection: Socket) -> dict[str, int] | None:
    try:
        name = connection.getsockopt(socket.IPPROTO_TCP, _TCP_CONGESTION, 16)
        if name.rstrip(b"\0") != b"bbr":
            return None
        return parse_bbr_info(connection.getsockopt(socket.IPPROTO_TCP, _TCP_CC_INFO, 20))
    except OSError:
        return None


def _bbr_from_tcp(tcp: dict[str, int]) -> dict[str, int]:
    # Giga Meter reads BBRInfo.MinRTT without asking whether it is there.
    rtt = tcp.get("MinRTT") or tcp.get("RTT", 0)
    return {"BW": tcp.get("DeliveryRate", 0), "MinRTT": rtt, "PacingGain": 0, "CwndGain": 0}
