"""A random order of a million numbers without a list of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 4
_MIX = 0x9E3779B97F4A7C15  # odd, from the golden ratio: spreads small differences over all bits


def shuffled(size: int, seed: int) -> Iterator[int]:
    """Every number below `size` once, in an order that `seed` decides; memory does not grow.

    A Feistel network permutes the smallest square of a power of two that holds them all, and what
    falls outside is permuted again until it falls inside.
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2) if size else 1
    mask = (1 << half) - 1
    chance = random.Random(seed)  # noqa: S311 - spreads load, guards nothing
    keys = [chance.getrandbits(64) for _ in range(ROUNDS)]
    for number in range(size):
        value = number
        while True:
            left, right = value >> half, value & mask
            for key in keys:
                mixed = (right + 1) * _MIX + key & 0xFFFFFFFFFFFFFFFF
                left, right = right, left ^ ((mixed ^ mixed >> 29) * _MIX >> 32 & mask)
            value = left << half | right
            if value < size:
                break
        yield value
