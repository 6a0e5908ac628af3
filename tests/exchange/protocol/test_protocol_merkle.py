"""The tree of RFC 9162, against a naive recursive one and the vectors of RFC 6962's first implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.exchange.protocol.merkle import (
    EMPTY_ROOT,
    Frontier,
    InclusionNotProved,
    LogRewritten,
    MalformedProof,
    Node,
    ReadNode,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)

KNOWN_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes([number])) for number in range(130)]
sizes = st.integers(0, 130)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH, word for word as RFC 9162 §2.1.1 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH, word for word as §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF, word for word as §2.1.4.1."""
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], known=False), naive_root(leaves[:k])]


def naive_split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def stored(nodes: list[Node]) -> ReadNode:
    by_place = {(node.level, node.index): node.hash for node in nodes}
    return lambda level, index: by_place[level, index]


FRONTIER, NODES = Frontier().extend(LEAVES)
READ = stored(NODES)


@pytest.mark.parametrize("size", range(9))
def test_known_roots_of_rfc_6962(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in KNOWN_LEAVES[:size]]
    assert Frontier().extend(leaves)[0].root().hex() == KNOWN_ROOTS[size]


@given(st.lists(st.integers(0, 20), max_size=8))
def test_appending_in_any_portions_gives_the_same_tree(portions: list[int]) -> None:
    frontier, made, done = Frontier(), [], 0
    for portion in portions:
        frontier, nodes = frontier.extend(LEAVES[done : done + portion])
        done = min(done + portion, len(LEAVES))
        made += nodes
    assert frontier.root() == naive_root(LEAVES[:done])
    assert Frontier(frontier.size, frontier.peaks) == frontier
    assert root_at(stored(made), done) == frontier.root()


@given(sizes)
def test_old_roots_can_be_computed_again(size: int) -> None:
    assert root_at(READ, size) == naive_root(LEAVES[:size])


@given(st.data(), st.integers(1, 130))
def test_inclusion_is_proved_as_the_rfc_defines_it(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(READ, index, size)
    assert proof == naive_path(index, LEAVES[:size])
    verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=naive_root(LEAVES[:size]))


@given(sizes, sizes)
def test_consistency_is_proved_as_the_rfc_defines_it(one: int, other: int) -> None:
    old, new = sorted((one, other))
    proof = consistency_proof(READ, old, new)
    if 0 < old < new:
        assert proof == naive_subproof(old, LEAVES[:new], known=True)
    old_root, new_root = naive_root(LEAVES[:old]), naive_root(LEAVES[:new])
    verify_consistency(old_size=old, old_root=old_root, new_size=new, new_root=new_root, proof=proof)


@given(st.data(), st.integers(1, 130))
def test_a_changed_inclusion_proof_proves_nothing(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(READ, index, size), naive_root(LEAVES[:size])
    change = data.draw(st.sampled_from(["leaf", "index", "size", "longer", "shorter", "step"]))
    leaf, place, count = LEAVES[index], index, size
    if change == "leaf":
        leaf = LEAVES[(index + 1) % 130]
    elif change == "index":
        place = data.draw(st.integers(0, size - 1).filter(lambda each: each != index)) if size > 1 else 1
    elif change == "size":
        count = size + 2 ** data.draw(st.integers(8, 10))
    elif change == "longer":
        proof = [*proof, EMPTY_ROOT]
    elif change == "shorter" and proof:
        proof = proof[1:]
    elif proof:
        position = data.draw(st.integers(0, len(proof) - 1))
        proof[position] = EMPTY_ROOT
    else:
        root = EMPTY_ROOT
    with pytest.raises((InclusionNotProved, MalformedProof)):
        verify_inclusion(leaf=leaf, index=place, size=count, proof=proof, root=root)


@given(st.data())
def test_a_rewritten_log_is_not_consistent(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 130))
    old = data.draw(st.integers(1, new - 1))
    rewritten_at = data.draw(st.integers(0, old - 1))
    leaves = list(LEAVES[:new])
    leaves[rewritten_at] = EMPTY_ROOT
    frontier, nodes = Frontier().extend(leaves)
    with pytest.raises(LogRewritten):
        verify_consistency(
            old_size=old,
            old_root=naive_root(LEAVES[:old]),
            new_size=new,
            new_root=frontier.root(),
            proof=consistency_proof(stored(nodes), old, new),
        )


@given(
    st.integers(-1, 40),
    st.integers(-1, 40),
    st.lists(st.binary(min_size=31, max_size=33), max_size=6),
    st.binary(min_size=32, max_size=32),
)
def test_any_proof_is_right_or_refused(one: int, other: int, proof: list[bytes], root: bytes) -> None:
    with pytest.raises((InclusionNotProved, MalformedProof)):
        verify_inclusion(leaf=LEAVES[0], index=one, size=other, proof=proof, root=root)
    with pytest.raises((LogRewritten, MalformedProof)):
        verify_consistency(old_size=one, old_root=LEAVES[1], new_size=other, new_root=root, proof=proof)


def test_the_empty_log_is_the_beginning_of_every_log() -> None:
    verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=5, new_root=naive_root(LEAVES[:5]), proof=[])
    with pytest.raises(LogRewritten):
        verify_consistency(old_size=0, old_root=LEAVES[0], new_size=5, new_root=LEAVES[1], proof=[])
    with pytest.raises(LogRewritten):
        verify_consistency(
            old_size=4, old_root=naive_root(LEAVES[:4]), new_size=5, new_root=LEAVES[1], proof=[]
        )


def test_a_log_does_not_shrink() -> None:
    with pytest.raises(MalformedProof):
        consistency_proof(READ, 5, 4)
    with pytest.raises(MalformedProof):
        inclusion_proof(READ, 5, 5)


def test_a_frontier_must_fit_its_size() -> None:
    with pytest.raises(MalformedProof):
        Frontier(3, (LEAVES[0],))


def test_a_leaf_can_never_be_taken_for_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != naive_root(LEAVES[:2])
