"""Protocol buffers as the vector tile specification 2.1 uses them (vector_tile.proto), written by hand.

Field numbers and types are those of the specification, section 4 and annex A.
"""

from collections.abc import Iterable, Sequence
from struct import pack

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches.buckets import Integers
from mostovi.connectivity.tiles.mercator import EXTENT

Bytes = npt.NDArray[np.uint8]
Value = str | bool | int | float

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
POINT, LINE, POLYGON = 1, 2, 3
_ONE_BYTE = [bytes((value,)) for value in range(128)]


def number(value: int) -> bytes:
    """One number, seven bits a byte, the lowest first."""
    if value <= 0x7F:
        return _ONE_BYTE[value]
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def numbers(values: npt.ArrayLike) -> bytes:
    """Many numbers, one after the other."""
    columns, used = spread_numbers(np.asarray(values, np.int64))
    return columns[used].tobytes()


def spread_numbers(values: Integers) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """The bytes of each number in a row, and which of the row's are used."""
    most = max(-(-int(values.max(initial=0)).bit_length() // 7), 1)
    shifts = 7 * np.arange(most)
    left = values[:, None] >> shifts
    used = (left > 0) | (shifts == 0)
    more = np.zeros_like(used)
    more[:, :-1] = used[:, 1:]
    return ((left & 0x7F) | (more * 0x80)).astype(np.uint8), used


def zigzag(values: Integers) -> Integers:
    """Small numbers of either sign as small numbers without one."""
    return (values << 1) ^ (values >> 63)


def field(place: int, content: bytes) -> bytes:
    """A field whose content has a length: text, packed numbers, a message."""
    return number(place << 3 | 2) + number(len(content)) + content


def layer_frame(name: str, keys: Iterable[str], values: Iterable[Value]) -> tuple[bytes, bytes]:
    """What stands before and after the features of a layer."""
    before = number(15 << 3) + number(2) + field(1, name.encode())
    after = b"".join(field(3, key.encode()) for key in keys)
    after += b"".join(field(4, _value(value)) for value in values)
    return before, after + number(5 << 3) + number(EXTENT)


def layer(frame: tuple[bytes, bytes], features: bytes) -> bytes:
    """A layer as a field of a tile; a tile is nothing but its layers one after the other."""
    before, after = frame
    return field(3, b"".join((before, features, after)))


def feature(identifier: int, tags: Sequence[int], kind: int, geometry: bytes) -> bytes:
    """One feature as a field of a layer."""
    content = number(1 << 3) + number(identifier)
    if tags:
        content += field(2, b"".join(map(number, tags)))
    return field(2, content + bytes((3 << 3, kind)) + field(4, geometry))


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return bytes((7 << 3, value))
    if isinstance(value, str):
        return field(1, value.encode())
    if isinstance(value, int):
        return number(6 << 3) + number(int(zigzag(np.int64(value))))  # type: ignore[arg-type]
    return number(3 << 3 | 1) + pack("<d", value)
