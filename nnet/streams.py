"""Random streams, separate for each fold and purpose, so that no fold's numbers depend on another fold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.checks import whole
from nnet.errors import SettingError

Seed = np.random.SeedSequence | int
INITIALIZATION, SHUFFLING, DROPOUT, STATISTICS = range(4)


def stream(seed: Seed, purpose: int) -> np.random.Generator:
    """Return a fold's generator for a purpose; the same seed and purpose give the same numbers.

    Raises:
        SettingError: the seed is neither a SeedSequence nor an integer of at least 0.
    """
    if not isinstance(seed, np.random.SeedSequence):
        if (entropy := whole("a seed", seed)) < 0:
            raise SettingError(f"`seed >= 0` must hold, but got seed={entropy}.")
        seed = np.random.SeedSequence(entropy)
    key = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, purpose))
    return np.random.Generator(np.random.SFC64(key))


class RandomBits:
    """A fold's raw random 16-bit words, drawn in large blocks, which is faster.

    The words that `take` returns depend only on the sizes of the calls before, never on other folds. A copy or a pickle
    holds no words, but the state of the generator before it drew them.
    """

    BLOCK = 1 << 16  # 64-bit draws at a time: 512 kB

    def __init__(self, rng: np.random.Generator):
        self._source = rng.bit_generator
        self._before: Any = self._source.state  # that of the generator before it drew the words
        self._words: NDArray[np.uint16] = np.empty(0, np.uint16)
        self._address = self._words.ctypes.data
        self._next = 0

    def __getstate__(self) -> dict[str, Any]:
        """Return the generator, and how to draw the words again."""
        draws = self._words.size // 4
        return {"source": self._source, "before": self._before, "draws": draws, "next": self._next}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Draw the words of another stream again, which leaves the generator as it was."""
        self._source, self._before = state["source"], state["before"]
        self._source.state = self._before
        self._draw(state["draws"])
        self._next = state["next"]

    def take(self, count: int) -> NDArray[np.uint16]:
        """Return (count,) uniform words, in an array of the stream's own that is valid until the next call."""
        begin = self._advance(count)
        return self._words[begin : begin + count]

    def address(self, count: int) -> int:
        """Return the address of the words that `take` would return."""
        begin = self._advance(count)
        return self._address + begin * self._words.itemsize

    def _advance(self, count: int) -> int:
        """Return the position of the next words, which are drawn if they are not there."""
        if self._next + count > self._words.size:
            self._before = self._source.state
            self._draw(max(self.BLOCK, -(-count // 4)))
            self._next = 0
        self._next += count
        return self._next - count

    def _draw(self, count: int) -> None:
        """Draw 64 bits so many times, as four words each."""
        draws: NDArray[Any] = self._source.random_raw(count)
        self._words = draws.view(np.uint16)
        self._address = self._words.ctypes.data
