"""Identifiers: UUID version 7, so that new rows land at the end of their index."""

import os
import time
from uuid import UUID

_VERSION_AND_VARIANT = (0x7 << 76) | (0x2 << 62)


def new_id() -> UUID:
    """Mint a UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[UUID]:
    """Mint `count` ids of one millisecond, ascending, for rows that are written in bulk."""
    stamp = (time.time_ns() // 1_000_000) << 80
    noise = os.urandom(10 * count)
    tails = sorted(_tail(noise[i : i + 10]) for i in range(0, 10 * count, 10))
    return [UUID(int=stamp | tail) for tail in tails]


def _tail(noise: bytes) -> int:
    """Shape 80 random bits into version, 12 bits, variant and 62 bits."""
    bits = int.from_bytes(noise, "big")
    high, low = (bits >> 64) & 0xFFF, bits & ((1 << 62) - 1)
    return _VERSION_AND_VARIANT | (high << 64) | low
