"""The folds' arrays as files that every worker maps into its memory: written once, never sent with a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from experiments.target import Target
from nnet.batches import FoldData


@dataclass(frozen=True)
class DataReference:
    """Where the arrays of some folds lie. Folds that share their features share one file.

    features: for each fold, the number of its features file.
    weighted: whether rows have weights.
    """

    folder: Path
    features: tuple[int, ...]
    target: Target
    weighted: bool


def write_folds(folder: Path, folds: Sequence[FoldData], target: Target) -> DataReference:
    """Write the arrays of folds that have their labels and weights in common into a new folder."""
    folder.mkdir(parents=True)
    numbers: dict[int, int] = {}
    for fold, data in enumerate(folds):
        if id(data.x) not in numbers:
            numbers[id(data.x)] = len(numbers)
            np.save(folder / f"features_{numbers[id(data.x)]}.npy", data.x)
        np.save(folder / f"train_{fold}.npy", data.train)
        np.save(folder / f"validation_{fold}.npy", data.validation)
    np.save(folder / "labels.npy", folds[0].y)
    weights = folds[0].weights
    if weights is not None:
        np.save(folder / "weights.npy", weights)
    return DataReference(folder, tuple(numbers[id(data.x)] for data in folds), target, weights is not None)


@lru_cache(maxsize=4)
def open_folds(reference: DataReference) -> tuple[FoldData, ...]:
    """The folds, memory-mapped; a process opens them once."""

    def array(name: str) -> np.ndarray:
        path = reference.folder / f"{name}.npy"
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        return np.asarray(mapped)  # a plain view: indexing a memmap costs more

    features = {number: array(f"features_{number}") for number in set(reference.features)}
    labels, weights = array("labels"), array("weights") if reference.weighted else None
    return tuple(
        FoldData(features[number], labels, array(f"train_{fold}"), array(f"validation_{fold}"), weights)
        for fold, number in enumerate(reference.features)
    )
