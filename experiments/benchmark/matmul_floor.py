"""The floor: the matrix products of a row's training steps, and nothing else.

Same shapes, same number of steps, same BLAS kernel; each product writes into an array that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmark.cases import Data, Row
from experiments.benchmark.timing import seconds_of

Product = Callable[[], object]


def products(row: Row, batch: int, folds: int) -> list[Product]:
    """Return the products forward and backward of one step of some folds.

    Backward are the gradients with respect to the weights and, but for the first layer, to the inputs.
    """
    rng = np.random.default_rng(0)

    def numbers(*shape: int) -> NDArray[Any]:
        return rng.standard_normal((folds, *shape), np.float32)

    def product(a: NDArray[Any], b: NDArray[Any], out: NDArray[Any]) -> Product:
        return lambda: np.matmul(a, b, out=out)

    forward, backward = list[Product](), list[Product]()
    for index, (inputs, outputs) in enumerate(row.shapes):
        x, weights, z = numbers(batch, inputs), numbers(inputs, outputs), numbers(batch, outputs)
        dz = numbers(batch, outputs)
        forward.append(product(x, weights, z))
        if index:
            backward.append(product(dz, weights.transpose(0, 2, 1), numbers(batch, inputs)))
        backward.append(product(x.transpose(0, 2, 1), dz, numbers(inputs, outputs)))
    return forward + backward[::-1]


def run_products(row: Row, steps: int, batch: int, folds: int) -> None:
    """Run the products of a number of steps with equal batches."""
    order = products(row, batch, folds)
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
