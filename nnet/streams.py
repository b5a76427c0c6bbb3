"""Random streams: every fold has its own, one for each purpose, so that no fold's numbers depend on another fold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

INITIALIZATION, SHUFFLING, DROPOUT = range(3)


def stream(seed: np.random.SeedSequence, purpose: int) -> np.random.Generator:
    """The generator of one fold for one purpose; the same seed and purpose give the same numbers."""
    key = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, purpose))
    return np.random.Generator(np.random.SFC64(key))


class RandomBits:
    """Raw random 16-bit words of one fold, drawn in large blocks because a dropout mask needs many and each is cheap.

    What `take` returns depends only on the sizes asked for before, never on when or with which other folds.
    """

    BLOCK = 1 << 16  # 64-bit draws at a time: 512 kB

    def __init__(self, rng: np.random.Generator):
        self._source = rng.bit_generator
        self._words: NDArray[np.uint16] = np.empty(0, np.uint16)
        self._next = 0

    def take(self, count: int) -> NDArray[np.uint16]:
        """(count,) uniform words; the array is the stream's own and valid until the next call."""
        if self._next + count > self._words.size:
            draws: NDArray[Any] = self._source.random_raw(max(self.BLOCK, -(-count // 4)))
            self._words = draws.view(np.uint16)
            self._next = 0
        self._next += count
        return self._words[self._next - count : self._next]
