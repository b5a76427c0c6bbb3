"""Fixtures of the network's tests: gradients by central differences, folds of random data, and a saved network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import DTypeLike

from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.layer import Layer
from nnet.losses import LOSSES
from nnet.parameters import Parameters
from nnet.saving import save
from support.saved_networks import ARCHITECTURES, trained

CheckGradient = Callable[..., None]
MakeFolds = Callable[..., list[FoldData]]
MakeSeeds = Callable[..., list[np.random.SeedSequence]]


@pytest.fixture
def check_gradient() -> CheckGradient:
    """Return check(f, at, gradient), which compares a gradient of f() with respect to the float64 array `at`.

    f reads `at`. If f returns (F,) values of F folds, fold k of `at` (F, ...) must act on value k alone: all folds are
    then changed at once, and their gradients are compared fold by fold.
    """

    def check(f: Callable[[], float | Array], at: Array, gradient: Array, h: float = 1e-5) -> None:
        assert at.dtype == gradient.dtype == np.float64
        assert at.shape == gradient.shape
        folds = at.ndim > 1 and np.ndim(f()) == 1
        numeric = np.empty(at.shape)
        for index in np.ndindex(at.shape[folds:]):
            here = (slice(None), *index) if folds else index
            kept = np.copy(at[here])
            at[here] = kept + h
            above = f()
            at[here] = kept - h
            numeric[here] = (above - f()) / (2 * h)
            at[here] = kept
        for exact, approximate in zip(gradient, numeric, strict=True) if folds else [(gradient, numeric)]:
            assert np.abs(exact - approximate).max() < 1e-6 * np.abs(approximate).max()

    return check


@pytest.fixture
def check_layer(check_gradient: CheckGradient) -> Callable[..., None]:
    """Return check(layer, parameters, x, dout, changed), which compares both gradients of a layer.

    Only `changed` parameters of each fold have one: no other layer's.
    """

    def check(layer: Layer, parameters: Parameters, x: Array, dout: Array, changed: int) -> None:
        layer.forward(x.copy())
        of_input, of_parameters = layer.backward(dout.copy()).copy(), parameters.gradients.copy()
        assert of_parameters.any(axis=0).sum() == changed
        for at, gradient in ((x, of_input), (parameters.values, of_parameters)):
            check_gradient(lambda: float((dout * layer.forward(x.copy())).sum()), at, gradient)

    return check


@pytest.fixture
def make_folds() -> MakeFolds:
    """Return make(rows, ...), which makes folds of random data from the (train, validation) rows of each fold.

    The targets suit the loss: labels, or numbers for each output. A sixth of the weights are 0.
    """

    def make(
        rows: Sequence[tuple[int, int]],
        inputs: int | Sequence[int] = 6,
        outputs: int = 3,
        dtype: DTypeLike = np.float32,
        seed: int = 0,
        loss: str = "cross_entropy",
        weighted: bool = False,
    ) -> list[FoldData]:
        rng = np.random.default_rng(seed)
        widths = [inputs] * len(rows) if isinstance(inputs, int) else inputs
        folds = []
        for (train, validation), width in zip(rows, widths, strict=True):
            count = train + validation
            x = rng.normal(size=(count, width)).astype(dtype)
            order = rng.permutation(count)
            if LOSSES[loss].classifies:
                y = rng.integers(0, outputs if outputs > 1 else 2, count)
            else:
                y = rng.normal(0, 2, (count, outputs))
            weights = rng.integers(0, 6, count) / 4 if weighted else None
            folds.append(FoldData(x, y, order[:train], order[train:], weights))
        return folds

    return make


@pytest.fixture
def make_seeds() -> MakeSeeds:
    """Return make(count, entropy), which makes a seed for each fold."""

    def make(count: int, entropy: int = 7) -> list[np.random.SeedSequence]:
        return np.random.SeedSequence(entropy).spawn(count)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Save a network with a batch normalisation and an extra array."""
    save(tmp_path, trained(ARCHITECTURES["batch norm"]), extra={"offset": np.arange(6.0)}, about={"trial": 3})
    return tmp_path
