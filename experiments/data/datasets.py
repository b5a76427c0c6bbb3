"""Datasets by name: scikit-learn's bundled ones, and tables made on the spot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.errors import DataError

Features = NDArray[np.float64]
Labels = NDArray[np.intp]


@dataclass(frozen=True)
class Dataset:
    """Rows to learn from, as they came; arrays are read-only.

    features:    (N, d).
    labels:      (N,) indices into classes.
    pixel_range: the largest value a pixel can have; None where features are not pixels.
    """

    name: str
    features: Features
    labels: Labels
    classes: tuple[str, ...]
    pixel_range: float | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(self.features).all():
            row, column = np.argwhere(~np.isfinite(self.features))[0]
            value = self.features[row, column]
            raise DataError(f"{self.name}: every feature must be finite, but row {row}, column {column} is {value}.")
        self.features.setflags(write=False)
        self.labels.setflags(write=False)


def fingerprint(*arrays: NDArray[Any]) -> str:
    """sha256 of arrays: their types, shapes and bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def load_dataset(source: str) -> Dataset:
    """The dataset of that name.

    Raises:
        DataError: there is none; the message lists those that are.
    """
    if source not in SOURCES:
        raise DataError(f"data.source: must be one of {', '.join(sorted(SOURCES))}, but got {source!r}.")
    return SOURCES[source]()


def _bundled(name: str, pixel_range: float | None = None) -> Callable[[], Dataset]:
    def load() -> Dataset:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")()
        return Dataset(
            name=name,
            features=np.ascontiguousarray(bunch.data, np.float64),
            labels=np.asarray(bunch.target, np.intp),
            classes=tuple(str(one) for one in bunch.target_names),
            pixel_range=pixel_range,
        )

    return load


def _moons() -> Dataset:
    """400 points of two interleaved half circles with noise 0.25."""
    from sklearn.datasets import make_moons

    features, labels = make_moons(n_samples=400, noise=0.25, random_state=0)
    return Dataset("moons", np.asarray(features, np.float64), np.asarray(labels, np.intp), ("upper", "lower"))


SOURCES: dict[str, Callable[[], Dataset]] = {
    "breast_cancer": _bundled("breast_cancer"),
    "digits": _bundled("digits", pixel_range=16.0),
    "iris": _bundled("iris"),
    "moons": _moons,
    "wine": _bundled("wine"),
}
