"""The passes of a training step that can be compiled, for layers and optimizers that use them where they are installed.

The network needs NumPy alone. A program that has compiled these functions installs them here; without that, layers and
optimizers make the same passes with NumPy, and come to the same bits.

Each function below is written for a compiler: its arrays are flat memory, counted in elements, and `real` arguments have
the type of the elements. As Python it computes the same bits, slowly, from flat NumPy arrays and NumPy's scalars.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnet.arrays import Array

Pass = Callable[..., None]
REMEMBERED = 4096  # arrays, of which a training run has a few hundred


@dataclass(frozen=True)
class Passes:
    """The compiled passes for one type of numbers, which take the addresses of arrays in their place."""

    adam: Pass
    rectify: Pass
    rectify_gradient: Pass
    shift: Pass
    softmax_gradient: Pass


_installed: dict[np.dtype[Any], Passes] = {}


def install(dtype: np.dtype[Any], passes: Passes | None) -> None:
    """Let the networks that are made from now on use these passes; None takes them away."""
    if passes is None:
        _installed.pop(dtype, None)
    else:
        _installed[dtype] = passes


def passes_for(dtype: np.dtype[Any]) -> Passes | None:
    """Return the passes that are installed for a type of numbers."""
    return _installed.get(dtype)


class Addresses:
    """The addresses of arrays that come again in every step; each array is kept alive while its address is known."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Array, int]] = {}

    def of(self, array: Array) -> int:
        """Return the address of the first element."""
        known = self._known.get(id(array))
        if known is None:
            if len(self._known) == REMEMBERED:
                self._known.clear()
            known = self._known[id(array)] = (array, array.ctypes.data)
        return known[1]


# arguments of each function: a for an array, n for a count or a position, r for a real number
ARGUMENTS = {
    "adam": "aaaannnnrrrrr",
    "rectify": "aannnnr",
    "rectify_gradient": "aanrr",
    "shift": "aaaannnnn",
    "softmax_gradient": "aaannnr",
}


def adam(
    values: Any, gradients: Any, m: Any, v: Any, folds: Any, columns: Any, stride: Any, decayed: Any,
    l2: Any, beta1: Any, beta2: Any, rate: Any, epsilon: Any,
) -> None:  # fmt: skip
    """Make a step of Adam, with a penalty on the first `decayed` columns; a fold begins every `stride` elements."""
    for fold in range(folds):
        start = fold * stride
        for column in range(columns):
            at = start + column
            g = gradients[at]
            if column < decayed:
                g = g + values[at] * l2
            m[at] = m[at] * beta1 + g
            v[at] = v[at] * beta2 + g * g
            values[at] = values[at] - m[at] / (np.sqrt(v[at]) + epsilon) * rate


def rectify(out: Any, bias: Any, folds: Any, rows: Any, units: Any, stride: Any, zero: Any) -> None:
    """Add a bias to outputs (F, B, units), and take the maximum with 0; a fold's bias begins every `stride` elements."""
    for fold in range(folds):
        for row in range(rows):
            start = (fold * rows + row) * units
            for unit in range(units):
                z = out[start + unit] + bias[fold * stride + unit]
                out[start + unit] = z if z > zero or z != z else zero


def rectify_gradient(dout: Any, out: Any, size: Any, zero: Any, one: Any) -> None:
    """Multiply gradients by 1 where the output is positive, and by 0 elsewhere."""
    for at in range(size):
        dout[at] = dout[at] * (one if out[at] > zero else zero)


def shift(
    outputs: Any, targets: Any, taken: Any, largest: Any, folds: Any, classes: Any, rows: Any,
    fold_stride: Any, row_stride: Any,
) -> None:  # fmt: skip
    """Subtract from outputs (F, classes, B) the largest of each row, and take targets (F, B, classes) in their layout."""
    for fold in range(folds):
        first, row_start = fold * classes * rows, fold * rows
        for row in range(rows):
            largest[row_start + row] = outputs[first + row]
        for unit in range(1, classes):
            for row in range(rows):
                z, top = outputs[first + unit * rows + row], largest[row_start + row]
                largest[row_start + row] = top if top > z or top != top else z
        for unit in range(classes):
            for row in range(rows):
                at = first + unit * rows + row
                outputs[at] = outputs[at] - largest[row_start + row]
                taken[at] = targets[fold * fold_stride + row * row_stride + unit]


def softmax_gradient(outputs: Any, targets: Any, sums: Any, folds: Any, classes: Any, rows: Any, share: Any) -> None:
    """Sum exponentials (F, classes, B) over the classes, and turn them into the gradient of a mean over rows."""
    for fold in range(folds):
        first, row_start = fold * classes * rows, fold * rows
        for row in range(rows):
            sums[row_start + row] = outputs[first + row]
        for unit in range(1, classes):
            for row in range(rows):
                sums[row_start + row] = sums[row_start + row] + outputs[first + unit * rows + row]
        for unit in range(classes):
            for row in range(rows):
                at = first + unit * rows + row
                outputs[at] = (outputs[at] / sums[row_start + row] - targets[at]) * share
