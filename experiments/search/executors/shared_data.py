"""The arrays of the folds, shared once with every worker and never sent with a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.search.trial import Shared
from nnet.batches import FoldData

Share = Callable[[memoryview], Shared]


@dataclass(frozen=True)
class SharedArray:
    """A reference to an array that every worker can open."""

    content: Shared
    dtype: str
    shape: tuple[int, ...]

    def open(self) -> NDArray[Any]:
        """Return the array, read-only and without a copy."""
        return np.frombuffer(self.content.open(), self.dtype).reshape(self.shape)


@dataclass(frozen=True)
class DataReference:
    """References to the arrays of the folds. Folds that share their features share an array.

    features: array of each fold.
    rows:     row numbers of all folds in a row, each fold's training rows before its validation rows.
    ends:     positions in `rows` at which each of these arrays of row numbers ends, but the last.
    """

    features: tuple[SharedArray, ...]
    labels: SharedArray
    rows: SharedArray
    ends: tuple[int, ...]
    target: Target
    weights: SharedArray | None

    @property
    def contents(self) -> set[Shared]:
        """Return the shared contents that the arrays lie in."""
        arrays = {*self.features, self.labels, self.rows, self.weights}
        return {array.content for array in arrays if array is not None}


def share_array(array: NDArray[Any], share: Share) -> SharedArray:
    """Share an array of any memory layout."""
    content = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return SharedArray(share(content.data), array.dtype.str, array.shape)


def share_folds(folds: Sequence[FoldData], target: Target, share: Share) -> DataReference:
    """Share the arrays of folds that have the same labels and weights."""
    features = {id(fold.x): fold.x for fold in folds}
    shared = {key: share_array(x, share) for key, x in features.items()}
    rows = [numbers for fold in folds for numbers in (fold.train, fold.validation)]
    ends = np.cumsum([len(numbers) for numbers in rows[:-1]]).tolist()
    weights = folds[0].weights
    return DataReference(
        features=tuple(shared[id(fold.x)] for fold in folds),
        labels=share_array(folds[0].y, share),
        rows=share_array(np.concatenate(rows), share),
        ends=tuple(ends),
        target=target,
        weights=None if weights is None else share_array(weights, share),
    )


@lru_cache(maxsize=16)  # a study has a reference for each preprocessing
def open_folds(reference: DataReference) -> tuple[FoldData, ...]:
    """Return the folds without a copy; a process opens them once."""
    features = {shared: shared.open() for shared in set(reference.features)}
    labels, rows = reference.labels.open(), np.split(reference.rows.open(), reference.ends)
    weights = None if reference.weights is None else reference.weights.open()
    return tuple(
        FoldData(features[shared], labels, train, validation, weights)
        for shared, train, validation in zip(reference.features, rows[::2], rows[1::2], strict=True)
    )
