"""Merkle trees as RFC 6962 (section 2.1) hashes them.

A leaf is hashed with 0x00 before it and an inner node with 0x01, so that neither can be taken for
the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256().digest()


@dataclass(frozen=True, slots=True)
class Path:
    """The hashes that lead from one leaf to the root, the lowest first.

    Attributes:
        index: the place of the leaf, counted from 0.
        size: how many leaves the tree has.
        hashes: the neighbours on the way up.
    """

    index: int
    size: int
    hashes: tuple[bytes, ...]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaves that are hashed already; without any, the hash of nothing."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> Path:
    """Return how one of the leaves leads to the root."""
    hashes, level, place = [], list(leaves), index
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            hashes.append(level[neighbour])
        level, place = _above(level), place // 2
    return Path(index, len(leaves), tuple(hashes))


def climb(leaf: bytes, way: Path) -> bytes:
    """Return the root to which a leaf leads.

    Raises:
        ValueError: the path is not one of a tree of this size.
    """
    place, last, hashes = way.index, way.size - 1, list(way.hashes)
    if not 0 <= place <= last:
        raise ValueError("the leaf lies outside the tree")
    found = leaf
    while last > 0:
        if place % 2 == 1 or place < last:
            if not hashes:
                raise ValueError("the path is too short")
            other = hashes.pop(0)
            pair = other + found if place % 2 == 1 else found + other
            found = sha256(b"\1" + pair).digest()
        place, last = place // 2, last // 2
    if hashes:
        raise ValueError("the path is too long")
    return found


def _above(level: list[bytes]) -> list[bytes]:
    """Hash neighbours together; one that has none rises as it is.

    Level by level this is the tree of the RFC, which cuts at the largest power of two.
    """
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    if len(level) % 2 == 1:
        above.append(level[-1])
    return above
