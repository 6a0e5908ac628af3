"""The append-only tree of RFC 9162 §2.1 (the hashes of RFC 6962) over SHA-256.

Appending needs only the frontier, the roots of the full subtrees: O(log n) of memory and, amortised, two
hashes a leaf. Proofs are made from stored nodes: the root of each full subtree of 2**level leaves, numbered
from the left.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

ReadNode = Callable[[int, int], bytes]
"""From (level, index) to the stored root of that full subtree; level 0 are the leaf hashes."""


class MalformedProof(ProtocolRefusal):
    """Sizes, positions or hashes that no tree can have."""

    fault = Fault.MALFORMED_PROOF


class InclusionNotProved(ProtocolRefusal):
    """The proof does not lead from this leaf to this root."""

    fault = Fault.INCLUSION_NOT_PROVED


class LogRewritten(ProtocolRefusal):
    """The new tree does not begin with the old one."""

    fault = Fault.LOG_REWRITTEN


@dataclass(frozen=True, slots=True)
class Node:
    """The root of a full subtree, to be stored for proofs."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that appending needs: the size and the roots of the full subtrees, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise MalformedProof("a frontier has one peak for each bit of its size")

    def extend(self, leaves: Sequence[bytes], lowest_level: int = 0) -> tuple["Frontier", list[Node]]:
        """The frontier after these leaf hashes, and every node of ``lowest_level`` or above that became full.

        Leaves are level 0.
        """
        peaks, size, made = list(self.peaks), self.size, []
        for leaf in leaves:
            level, index, current = 0, size, leaf
            if lowest_level == 0:
                made.append(Node(0, size, leaf))
            while index & 1:
                current = node_hash(peaks.pop(), current)
                level, index = level + 1, index >> 1
                if level >= lowest_level:
                    made.append(Node(level, index, current))
            peaks.append(current)
            size += 1
        return Frontier(size, tuple(peaks)), made

    def root(self) -> bytes:
        """MTH of everything appended so far (RFC 9162 §2.1.1)."""
        if not self.peaks:
            return EMPTY_ROOT
        current = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            current = node_hash(peak, current)
        return current


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_at(read_node: ReadNode, size: int) -> bytes:
    """The root when the tree had ``size`` leaves."""
    return _range_hash(read_node, 0, size) if size else EMPTY_ROOT


def inclusion_proof(read_node: ReadNode, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 9162 §2.1.3.1, from the leaf upwards. Raises MalformedProof."""
    if not 0 <= index < size:
        _malformed("no such leaf in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(read_node, middle, end))
            end = middle
        else:
            path.append(_range_hash(read_node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(read_node: ReadNode, old_size: int, new_size: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 9162 §2.1.4.1; empty when ``old_size`` is 0 or ``new_size``.

    Raises MalformedProof.
    """
    if not 0 <= old_size <= new_size:
        _malformed("the old tree is larger than the new one")
    if old_size in (0, new_size):
        return []
    path: list[bytes] = []
    start, end, old_is_left_edge = 0, new_size, True
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_range_hash(read_node, middle, end))
            end = middle
        else:
            path.append(_range_hash(read_node, start, middle))
            start, old_is_left_edge = middle, False
    if not old_is_left_edge:
        path.append(_range_hash(read_node, start, end))
    return path[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 §2.1.3.2. ``leaf`` is a leaf hash. Raises MalformedProof or InclusionNotProved."""
    if not 0 <= index < size:
        _malformed("no such leaf in a tree of this size")
    _check_hashes([leaf, root, *proof])
    node, last, current = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise InclusionNotProved("the proof is too long")
        if node & 1 or node == last:
            current = node_hash(step, current)
            node, last = _up_to_left_turn(node, last)
        else:
            current = node_hash(current, step)
        node, last = node >> 1, last >> 1
    if last != 0 or current != root:
        raise InclusionNotProved("the proof leads to another root")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162 §2.1.4.2: the new tree begins with the old one. Raises MalformedProof or LogRewritten."""
    if not 0 <= old_size <= new_size:
        _malformed("the old tree is larger than the new one")
    _check_hashes([old_root, new_root, *proof])
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if proof or old_root != expected or (new_size == 0 and new_root != EMPTY_ROOT):
            raise LogRewritten("trees of this size cannot have these roots")
        return
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        raise LogRewritten("the proof is empty")
    if _climb(path, old_size - 1, new_size - 1) != (old_root, new_root):
        raise LogRewritten("the proof leads to other roots")


def _climb(path: list[bytes], node: int, last: int) -> tuple[bytes, bytes]:
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            raise LogRewritten("the proof is too long")
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            node, last = _up_to_left_turn(node, last)
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise LogRewritten("the proof is too short")
    return old, new


def _up_to_left_turn(node: int, last: int) -> tuple[int, int]:
    while not node & 1 and node != 0:
        node, last = node >> 1, last >> 1
    return node, last


def _range_hash(read_node: ReadNode, start: int, end: int) -> bytes:
    """MTH of the leaves from ``start`` to ``end``.

    A stored node when it is a full subtree, else put together.
    """
    size = end - start
    if size & (size - 1) == 0:
        return read_node(size.bit_length() - 1, start // size)
    middle = start + _split(size)
    return node_hash(_range_hash(read_node, start, middle), _range_hash(read_node, middle, end))


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        _malformed("a hash that is not 32 bytes long")


def _malformed(detail: str) -> NoReturn:
    raise MalformedProof(detail)
