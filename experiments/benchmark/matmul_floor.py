"""The floor: the matrix products of a row's training steps, and nothing else.

Same shapes, same number of steps, same BLAS kernel; each product writes into an array that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmark.cases import Data, Row
from experiments.benchmark.timing import seconds_of

Product = Callable[[], object]


@dataclass(frozen=True)
class LayerProducts:
    """The products of one dense layer; nobody needs the first layer's gradient with respect to its input."""

    forward: Product
    weight_gradient: Product
    input_gradient: Product | None


def products(row: Row, batch: int, folds: int) -> list[LayerProducts]:
    """Return the products of one step of some folds, layer by layer."""
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
    """Run the products of a number of steps with equal batches."""
    layers = products(row, batch, folds)
    order = [layer.forward for layer in layers]
    for layer in reversed(layers):
        order.append(layer.weight_gradient)
        if layer.input_gradient:
            order.append(layer.input_gradient)
    for _ in range(steps):
        for product in order:
            product()


def floor(row: Row, data: Data) -> float:
    """Return the seconds of all products of a row.

    All folds go in one batched product or one after the other, whichever is faster.
    """
    count = len(data.folds)
    full, rest = divmod(len(data.folds[0]), row.batch)

    def run_epochs(together: int) -> None:
        for _ in range(count // together):
            run_products(row, full * row.epochs, row.batch, together)
            if rest:
                run_products(row, row.epochs, rest, together)

    return min(seconds_of(partial(run_epochs, together)) for together in (count, 1))
