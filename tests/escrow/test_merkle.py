from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escrow.merkle import EMPTY, Path, climb, leaf_hash, path, root

# The reference tree of Certificate Transparency's own tests: its leaves, and its roots by size.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.integers(1, 70)


def tree(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tree(size: int) -> None:
    assert root([leaf_hash(data) for data in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY == sha256().digest()


@given(sizes, st.data())
def test_every_leaf_leads_to_the_root(size: int, data: st.DataObject) -> None:
    leaves = tree(size)
    index = data.draw(st.integers(0, size - 1))

    assert climb(leaves[index], path(leaves, index)) == root(leaves)


@given(sizes, st.data())
def test_no_other_leaf_and_no_other_place_leads_there(size: int, data: st.DataObject) -> None:
    leaves = tree(size)
    index = data.draw(st.integers(0, size - 1))
    way = path(leaves, index)

    assert climb(leaf_hash(b"another"), way) != root(leaves)
    for other in range(size):
        if other != index and len(path(leaves, other).hashes) == len(way.hashes):
            assert climb(leaves[index], Path(other, size, way.hashes)) != root(leaves)


def test_a_path_of_another_length_leads_nowhere() -> None:
    leaves = tree(5)
    way = path(leaves, 1)

    for hashes in (way.hashes[:-1], (*way.hashes, leaves[0])):
        with pytest.raises(ValueError, match="the path is too"):
            climb(leaves[1], Path(1, 5, hashes))
    with pytest.raises(ValueError, match="outside the tree"):
        climb(leaves[1], Path(5, 5, way.hashes))
