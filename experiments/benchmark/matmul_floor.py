"""The floor: the matrix products of a row's training steps, and nothing else.

Same shapes, same number of steps, same BLAS kernel; each product writes into an array that is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmark.cases import Data, Row

Product = Callable[[], object]


@dataclass(frozen=True)
class LayerProducts:
    """One dense layer's products; nobody needs the first layer's gradient with respect to its input."""

    forward: Product
    weight_gradient: Product
    input_gradient: Product | None


def products(row: Row, batch: int, folds: int) -> list[LayerProducts]:
    """The products of one step of some folds, layer by layer."""
    rng = np.random.default_rng(0)

    def numbers(*shape: int) -> NDArray[Any]:
        return rng.standard_normal((folds, *shape), np.float32)

    def product(a: NDArray[Any], b: NDArray[Any], out: NDArray[Any]) -> Product:
        return lambda: np.matmul(a, b, out=out)

    layers = []
    for index, (inputs, outputs) in enumerate(row.shapes):
        x, weights, z, dz = (
            numbers(*shape) for shape in ((batch, inputs), (inputs, outputs), (batch, outputs), (batch, outputs))
        )
        layers.append(
            LayerProducts(
                forward=product(x, weights, z),
                weight_gradient=product(x.transpose(0, 2, 1), dz, numbers(inputs, outputs)),
                input_gradient=product(dz, weights.transpose(0, 2, 1), numbers(batch, inputs)) if index else None,
            )
        )
    return layers


def run_products(row: Row, steps: int, batch: int, folds: int) -> None:
    """The products of a number of steps with equal batches."""
    layers = products(row, batch, folds)
    forwards = [layer.forward for layer in layers]
    backwards = [one for layer in layers[::-1] for one in (layer.weight_gradient, layer.input_gradient) if one]
    order = [*forwards, *backwards]
    for _ in range(steps):
        for one in order:
            one()


def floor(row: Row, data: Data) -> float:
    """Seconds of all products of a row: all folds in one batched product, or one by one, whichever is faster."""
    rows, count = len(data.folds[0]), len(data.folds)
    full, rest = divmod(rows, row.batch)
    seconds = []
    for together in (count, 1):
        start = time.perf_counter()
        for _ in range(count // together):
            run_products(row, full * row.epochs, row.batch, together)
            if rest:
                run_products(row, row.epochs, rest, together)
        seconds.append(time.perf_counter() - start)
    return min(seconds)
