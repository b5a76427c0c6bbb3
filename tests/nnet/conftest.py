"""What the tests of the network share: gradients by central differences, and folds of data made up from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import DTypeLike

from nnet.arrays import Array
from nnet.batches import FoldData

CheckGradient = Callable[[Callable[[], float], Array, Array], None]
MakeFolds = Callable[..., list[FoldData]]
MakeSeeds = Callable[..., list[np.random.SeedSequence]]


@pytest.fixture
def check_gradient() -> CheckGradient:
    """check(f, at, gradient): is `gradient` that of f() with respect to the float64 array `at`, which f reads?"""

    def check(f: Callable[[], float], at: Array, gradient: Array, h: float = 1e-5) -> None:
        assert at.dtype == gradient.dtype == np.float64
        numeric = np.empty(at.shape)
        for index in np.ndindex(at.shape):
            kept = at[index]
            at[index] = kept + h
            above = f()
            at[index] = kept - h
            numeric[index] = (above - f()) / (2 * h)
            at[index] = kept
        assert np.abs(gradient - numeric).max() / np.abs(numeric).max() < 1e-6

    return check


@pytest.fixture
def make_folds() -> MakeFolds:
    """make((train, validation) rows of each fold, inputs, classes, dtype, seed): each fold with data of its own."""

    def make(
        rows: Sequence[tuple[int, int]],
        inputs: int | Sequence[int] = 6,
        classes: int = 3,
        dtype: DTypeLike = np.float32,
        seed: int = 0,
    ) -> list[FoldData]:
        rng = np.random.default_rng(seed)
        widths = [inputs] * len(rows) if isinstance(inputs, int) else inputs
        folds = []
        for (train, validation), width in zip(rows, widths, strict=True):
            count = train + validation
            x = rng.normal(size=(count, width)).astype(dtype)
            order = rng.permutation(count)
            folds.append(FoldData(x, rng.integers(0, classes, count), order[:train], order[train:]))
        return folds

    return make


@pytest.fixture
def make_seeds() -> MakeSeeds:
    """make(count, entropy): one seed a fold."""

    def make(count: int, entropy: int = 7) -> list[np.random.SeedSequence]:
        return np.random.SeedSequence(entropy).spawn(count)

    return make
