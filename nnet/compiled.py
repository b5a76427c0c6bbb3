"""The passes of a training step that can be compiled, for layers and optimizers that use them where they are installed.

The network needs NumPy alone. A program that has compiled the functions below installs them here. Without them, layers
and optimizers make the same passes with NumPy, and come to the same bits.

The functions are written for a compiler. Each takes the addresses of its arrays, which are flat memory, then its counts
and positions, in elements, then its real numbers, of the type of the elements, and last the addresses of random 16-bit
words, which dropout alone reads. Run by Python, on flat NumPy arrays and NumPy's scalars, they compute the same bits,
slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnet.arrays import Array

Pass = Callable[[Any, Any, Any, Any], None]
REMEMBERED = 4096  # arrays, of which a training run has a few hundred


@dataclass(frozen=True)
class Passes:
    """The compiled passes for one type of numbers."""

    adam: Pass
    dropout: Pass
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


class Call:
    """A compiled pass with its arguments. It reads them where they lie in this object, which must outlive the runs.

    Args:
        arrays: the arrays, or views of them, whose first elements it is given; they are kept alive.
        counts: the counts and positions.
        reals:  the real numbers.
        words:  number of addresses of random words, which are given before a run.

    Attributes:
        counts, reals, words: those arguments, which may be changed before a run.
        run:                  runs the pass.
    """

    def __init__(
        self, function: Pass, arrays: Sequence[Array], counts: Sequence[int], reals: Sequence[Any] = (), words: int = 0
    ):
        self._arrays, self._known = list(arrays), {id(array): (array, array.ctypes.data) for array in arrays}
        self._addresses = np.array([array.ctypes.data for array in arrays], np.uintp)
        self.counts = np.array(counts, np.intp)
        self.reals: Array = np.array(reals, arrays[0].dtype)
        self.words = np.zeros(words, np.uintp)
        given = (self._addresses, self.counts, self.reals, self.words)
        self.run = partial(function, *(array.ctypes.data for array in given))

    def give(self, position: int, array: Array) -> None:
        """Put another array in the place of one. Its address is asked for once, because the same arrays come again."""
        known = self._known.get(id(array))
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[id(array)] = (array, array.ctypes.data)
        self._arrays[position], self._addresses[position] = known


def adam(arrays: Any, counts: Any, reals: Any, words: Any) -> None:
    """Make a step of Adam, with a penalty on the first `decayed` columns; a fold begins every `stride` elements."""
    values, gradients, m, v = arrays[0], arrays[1], arrays[2], arrays[3]
    folds, columns, stride, decayed = counts[0], counts[1], counts[2], counts[3]
    l2, beta1, beta2, rate, epsilon = reals[0], reals[1], reals[2], reals[3], reals[4]
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


def dropout(arrays: Any, counts: Any, reals: Any, words: Any) -> None:
    """Multiply inputs (F, B * units) by a factor, or by 0 where a random word is below a number; keep the factors."""
    x, factors, out = arrays[0], arrays[1], arrays[2]
    folds, size, dropped = counts[0], counts[1], counts[2]
    zero, scale = reals[0], reals[1]
    for fold in range(folds):
        start, drawn = fold * size, words[fold]
        for at in range(size):
            factor = scale if drawn[at] >= dropped else zero
            factors[start + at] = factor
            out[start + at] = x[start + at] * factor


def rectify(arrays: Any, counts: Any, reals: Any, words: Any) -> None:
    """Add a bias to outputs (F, B, units), and take the maximum with 0; a fold's bias begins every `stride`."""
    out, bias = arrays[0], arrays[1]
    folds, rows, units, stride = counts[0], counts[1], counts[2], counts[3]
    zero = reals[0]
    for fold in range(folds):
        for row in range(rows):
            start = (fold * rows + row) * units
            for unit in range(units):
                z = out[start + unit] + bias[fold * stride + unit]
                out[start + unit] = z if z > zero or z != z else zero


def rectify_gradient(arrays: Any, counts: Any, reals: Any, words: Any) -> None:
    """Multiply gradients by 1 where the output is positive, and by 0 elsewhere."""
    dout, out = arrays[0], arrays[1]
    zero, one = reals[0], reals[1]
    for at in range(counts[0]):
        dout[at] = dout[at] * (one if out[at] > zero else zero)


def shift(arrays: Any, counts: Any, reals: Any, words: Any) -> None:
    """Subtract each row's largest from outputs (F, classes, B), and copy targets (F, B, classes) in that layout."""
    outputs, targets, copied, largest = arrays[0], arrays[1], arrays[2], arrays[3]
    folds, classes, rows, fold_stride, row_stride = counts[0], counts[1], counts[2], counts[3], counts[4]
    for fold in range(folds):
        first, row_start, target_start = fold * classes * rows, fold * rows, fold * fold_stride
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
                copied[at] = targets[target_start + row * row_stride + unit]


def softmax_gradient(arrays: Any, counts: Any, reals: Any, words: Any) -> None:
    """Sum exponentials (F, classes, B) over the classes, and turn them into the gradient of a mean over rows."""
    outputs, targets, sums = arrays[0], arrays[1], arrays[2]
    folds, classes, rows = counts[0], counts[1], counts[2]
    share = reals[0]
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
