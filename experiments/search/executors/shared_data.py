"""The folds' arrays, shared once with every worker and never sent with a task."""

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
    """An array whose bytes every worker can open."""

    content: Shared
    dtype: str
    shape: tuple[int, ...]

    def open(self) -> NDArray[Any]:
        """The array, read-only and without a copy."""
        return np.frombuffer(self.content.open(), self.dtype).reshape(self.shape)


@dataclass(frozen=True)
class DataReference:
    """Where the arrays of some folds lie. Folds that share their features share one array.

    features: of each fold.
    rows:     the row numbers of all folds one after another, each fold's training rows before its validation rows.
    ends:     for each fold, where its training and its validation rows end.
    """

    features: tuple[SharedArray, ...]
    labels: SharedArray
    rows: SharedArray
    ends: tuple[tuple[int, int], ...]
    target: Target
    weights: SharedArray | None


def share_array(array: NDArray[Any], share: Share) -> SharedArray:
    """Share an array of any layout."""
    content = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return SharedArray(share(content.data), array.dtype.str, array.shape)


def share_folds(folds: Sequence[FoldData], target: Target, share: Share) -> DataReference:
    """Share the arrays of folds that have their labels and weights in common."""
    features = {id(fold.x): fold.x for fold in folds}
    shared = {key: share_array(x, share) for key, x in features.items()}
    rows = [rows for fold in folds for rows in (fold.train, fold.validation)]
    ends = np.cumsum([len(one) for one in rows]).tolist()
    weights = folds[0].weights
    return DataReference(
        features=tuple(shared[id(fold.x)] for fold in folds),
        labels=share_array(folds[0].y, share),
        rows=share_array(np.concatenate(rows), share),
        ends=tuple(zip(ends[::2], ends[1::2], strict=True)),
        target=target,
        weights=None if weights is None else share_array(weights, share),
    )


@lru_cache(maxsize=16)  # one for each way of preprocessing
def open_folds(reference: DataReference) -> tuple[FoldData, ...]:
    """The folds, without a copy; a process opens them once."""
    features = {shared: shared.open() for shared in set(reference.features)}
    labels, rows = reference.labels.open(), reference.rows.open()
    weights = None if reference.weights is None else reference.weights.open()
    starts = (0, *(end for _, end in reference.ends))
    return tuple(
        FoldData(features[shared], labels, rows[start:train_end], rows[train_end:end], weights)
        for shared, start, (train_end, end) in zip(reference.features, starts, reference.ends, strict=False)
    )
