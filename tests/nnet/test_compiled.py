"""The contract of the compiled passes: the bits of the NumPy passes that they stand for, whatever the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

from nnet.activations import ReLU
from nnet.arrays import Array
from nnet.compiled import REMEMBERED, Call
from nnet.dense import Dense
from nnet.dropout import Dropout
from nnet.losses import SoftmaxCrossEntropy
from nnet.network import Architecture, Mode, Network
from nnet.optimizers import OPTIMIZERS, Optimizer
from nnet.parameters import Parameters
from nnet.rectified import RectifiedDense
from nnet.streams import RandomBits
from support.compiled import TYPES, WITH_NUMBA, compiled_passes, passes

pytestmark = [pytest.mark.slow, WITH_NUMBA]  # the first test compiles

SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan, 1e-45, -1e-45, 1e-42, 5e-324, 3e38, -3e38, 1.0, -1.0)
SHAPES = [
    (1, 1, 1),
    (1, 2, 1),
    (2, 1, 3),
    (3, 2, 2),
    (2, 3, 7),
    (1, 5, 8),
    (3, 33, 10),
    (2, 16, 16),
    (5, 9, 31),
    (2, 1, 31),
]
Kind = Callable[[np.random.Generator, tuple[int, ...], str], Array]


def plain(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    """Numbers as in training."""
    return rng.standard_normal(shape).astype(dtype)


def special(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    """Numbers of every magnitude, of which half are special."""
    with np.errstate(all="ignore"):
        numbers: Array = (rng.standard_normal(shape) * 10.0 ** rng.integers(-40, 38, shape)).astype(dtype)
        chosen = rng.random(shape) < 0.5
        numbers[chosen] = rng.choice(np.array(SPECIAL, np.float64), chosen.sum()).astype(dtype)
    return numbers


def zeros(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    """Zeros of both signs, among few other numbers."""
    return rng.choice(np.array([0.0, -0.0, 0.0, -0.0, 1.0, -1.0], dtype), shape)


NUMBERS = list(product(TYPES, (plain, special, zeros)))


def same(results: Sequence[Sequence[Array]], *case: object) -> None:
    """NaN where NaN is, and the same bytes elsewhere, in the results of NumPy's passes and of the compiled ones."""
    for numpys, ours in zip(*results, strict=True):
        known = ~np.isnan(numpys)
        assert (np.isnan(ours) != known).all(), case
        assert ours[known].tobytes() == numpys[known].tobytes(), case


@pytest.mark.parametrize("shape", [*SHAPES, (2, 0, 3)])
def test_a_rectified_layer_is_a_dense_layer_and_its_rectifier(shape: tuple[int, int, int]) -> None:
    folds, rows, units = shape
    for dtype, kind in NUMBERS:
        rng = np.random.default_rng(units)
        z, dout, values = kind(rng, shape, dtype), kind(rng, shape, dtype), kind(rng, (folds + 1, 2 * units + 3), dtype)
        results = []
        for fused in (False, True):
            parameters = Parameters((1, units, 1), False, folds + 1, np.dtype(dtype))
            parameters.values[...] = np.resize(values, parameters.values.shape)
            views = parameters.dense(0, slice(1, folds + 1))  # the bias is a block of columns of some of the folds
            passes = compiled_passes(dtype)
            layer = RectifiedDense(views, rows, passes, False) if fused else Dense(views, rows, False)
            layer._multiply = lambda x, layer=layer, z=z: np.copyto(layer._out, z)  # type: ignore[method-assign, misc]
            layer._x_transposed = np.ones((folds, 1, rows), dtype)
            after = [] if fused else [ReLU(shape, np.dtype(dtype))]
            gradient = dout.copy()
            with np.errstate(all="ignore"):
                out = layer.forward(np.zeros((folds, rows, 1), dtype))
                for activation in after:
                    out = activation.forward(out)
                out = out.copy()
                for each in [*after, layer]:
                    gradient = each.backward(gradient)
            results.append((out, gradient, parameters.gradients.copy()))
        same(results, dtype, kind)


@pytest.mark.parametrize("rule", ["adam", "adamw"])
@pytest.mark.parametrize("l2", [0.0, 0.01, 1e39])
def test_a_step_of_adam(rule: str, l2: float) -> None:
    for sizes, (dtype, kind) in product(((1, 1), (1, 3, 2), (7, 5, 3), (40, 30, 10)), NUMBERS):
        results = []
        for compiled in (False, True):
            rng = np.random.default_rng(1)
            parameters = Parameters(sizes, False, 4, np.dtype(dtype))
            parameters.values[...] = kind(rng, parameters.values.shape, dtype)
            with passes(compiled, dtype), np.errstate(all="ignore"):
                optimizer = OPTIMIZERS[rule](parameters, l2)
                for folds in (slice(0, 4), slice(1, 3), slice(3, 4), slice(0, 4)):
                    parameters.gradients[...] = kind(rng, parameters.gradients.shape, dtype)
                    optimizer.step(folds, [0.01, 0.02, 0.02, 0.01])
            results.append((parameters.value_buffer, *optimizer.state))
        same(results, sizes, dtype, kind)


def test_adam_leaves_l1_to_numpy() -> None:
    parameters = Parameters((2, 3), False, 1, np.dtype("float32"))
    with passes(True):
        assert _uses_passes(OPTIMIZERS["adam"](parameters, 0.1))
        assert not _uses_passes(OPTIMIZERS["adam"](parameters, 0.1, l1=0.1))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_step_of_softmax_and_cross_entropy(shape: tuple[int, int, int]) -> None:
    folds, rows, units = shape
    for dtype, kind in NUMBERS:
        rng = np.random.default_rng(units)
        outputs = kind(rng, (folds, units, rows), dtype)
        targets = rng.random((folds + 1, rows + 9, units)).astype(dtype)[1:, 4 : 4 + rows]  # as a gatherer cuts them
        results = []
        for compiled in (False, True):
            with passes(compiled, dtype), np.errstate(all="ignore"):
                loss = SoftmaxCrossEntropy(shape, np.dtype(dtype))
                z, total = outputs.copy().transpose(0, 2, 1), np.ones(folds, dtype)
                results.append((loss.step(z, targets, total), total))
        same(results, dtype, kind)


@pytest.mark.parametrize("shape", SHAPES)
def test_dropout(shape: tuple[int, int, int]) -> None:
    folds, rows, units = shape
    for p, (dtype, kind) in product((0.0, 0.3, 1 - 2**-16), NUMBERS):
        rng = np.random.default_rng(units)
        x, dout = kind(rng, shape, dtype), kind(rng, shape, dtype)
        results = []
        for compiled in (False, True):
            with passes(compiled, dtype), np.errstate(all="ignore"):
                bits = [RandomBits(np.random.Generator(np.random.SFC64(fold))) for fold in range(folds)]
                layer = Dropout(p, bits, rows, units, np.dtype(dtype))
                outputs = [layer.forward(x).copy() for _ in range(3)]
                results.append((*outputs, layer.backward(dout.copy())))
        same(results, p, dtype, kind)


def test_dropout_draws_new_words_where_a_block_ends_and_leaves_other_layouts_to_numpy() -> None:
    x = np.random.default_rng(0).standard_normal((2, 300, 100)).astype("float32")
    results = []
    for compiled in (False, True):
        with passes(compiled):
            bits = [RandomBits(np.random.Generator(np.random.SFC64(fold))) for fold in range(2)]
            layer = Dropout(0.5, bits, 300, 100, np.dtype("float32"))
            inputs = [x, np.asfortranarray(x), *[x] * (RandomBits.BLOCK * 4 // 30_000 + 1)]
            results.append([layer.forward(each).copy() for each in inputs])
    same(results)


@pytest.mark.parametrize("mode", Mode)
def test_a_network_has_rectified_layers_where_passes_are_installed(mode: Mode) -> None:
    def layers(**settings: Any) -> list[str]:
        network = Network(Architecture(4, (3, 2), 2, **settings), [np.random.SeedSequence(0)])
        return [type(layer).__name__ for layer in network.stack(slice(0, 1), 5, mode).layers]

    with passes(False):
        assert layers() == ["Dense", "ReLU", "Dense", "ReLU", "Dense"]
    with passes(True):
        assert layers() == ["RectifiedDense", "RectifiedDense", "Dense"]
        assert layers(activation="tanh") == ["Dense", "Tanh", "Dense", "Tanh", "Dense"]
        assert "RectifiedDense" not in layers(batch_norm=True)


@pytest.mark.parametrize("dtype", TYPES)
def test_nothing_is_written_for_no_rows_or_folds(dtype: str) -> None:
    numbers, it = np.arange(8).astype(dtype), compiled_passes(dtype)
    for function, counts in (
        *((it.adam, (0, 4, 4, 4)), (it.adam, (2, 0, 4, 0)), (it.rectify, (2, 0, 2, 2)), (it.rectify_gradient, (0,))),
        *((it.shift, (0, 2, 2, 2, 2)), (it.softmax_gradient, (2, 2, 0)), (it.dropout, (0, 4, 9))),
    ):
        Call(function, [numbers] * 4, counts, [1.0] * 5).run()
    assert numbers.tolist() == list(range(8))


def test_a_call_knows_the_addresses_of_many_arrays_and_keeps_the_one_that_it_needs() -> None:
    out = np.array([1.0, -1.0], np.float32)
    call = Call(compiled_passes("float32").rectify_gradient, (out, out), (2,), (0, 1))
    for number in range(REMEMBERED + 9):
        call.give(0, gradient := np.array([number, number], np.float32))
        call.run()
        assert gradient.tolist() == [number, 0]
        assert len(call._known) <= REMEMBERED


def _uses_passes(optimizer: Optimizer) -> bool:
    return getattr(optimizer, "_passes", None) is not None
