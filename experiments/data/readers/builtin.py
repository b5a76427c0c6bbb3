"""Datasets by name: scikit-learn's bundled ones, and tables made on the spot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.readers.idx import read_idx_folder
from experiments.data.table import Table
from experiments.errors import DataError

Loader = Callable[[Path | None], Table]


def fingerprint(*arrays: NDArray[Any]) -> str:
    """sha256 of arrays: their types, shapes and bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def load_builtin(source: str, folder: Path | None = None) -> Table:
    """The rows of the built-in source of that name.

    Args:
        folder: where the files of mnist and fashion_mnist lie; without it they come from OpenML.

    Raises:
        DataError: there is none; the message lists those that are.
    """
    if source not in SOURCES:
        raise DataError(
            f"data.source: must be one of {', '.join(sorted(SOURCES))}, openml:ID, a file or a folder/, "
            f"but got {source!r}."
        )
    return SOURCES[source](folder)


def _bundled(
    name: str, target: str = "class", pixel_range: float | None = None, picture: tuple[int, ...] | None = None
) -> Loader:
    def load(_: Path | None) -> Table:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")()
        classes = tuple(str(one) for one in bunch.target_names) if "target_names" in bunch else None
        return Table(
            name=name,
            features=np.ascontiguousarray(bunch.data, np.float64),
            kinds=("number" if pixel_range is None else "pixel",) * bunch.data.shape[1],
            columns=tuple(str(one) for one in bunch.feature_names),
            target=np.asarray(bunch.target, np.float64 if classes is None else np.int64),
            target_name=target,
            classes=classes,
            pixel_range=pixel_range,
            picture=picture,
        )

    return load


def _points(name: str, features: NDArray[np.float64], labels: NDArray[Any], classes: tuple[str, ...]) -> Table:
    return Table(
        name=name,
        features=np.asarray(features, np.float64),
        kinds=("number", "number"),
        columns=("x", "y"),
        target=np.asarray(labels, np.int64),
        target_name="class",
        classes=classes,
    )


def _moons(_: Path | None) -> Table:
    """400 points of two interleaved half circles with noise 0.25."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(n_samples=400, noise=0.25, random_state=0)
    return _points("moons", points, labels, ("upper", "lower"))


def _xor(_: Path | None) -> Table:
    """400 points around the corners of a square, with noise 0.25: one class where the corner's coordinates differ."""
    rng = np.random.default_rng(0)
    corners = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (100, 1))
    features = corners + rng.normal(0.0, 0.25, corners.shape)
    return _points("xor", features, corners[:, 0] != corners[:, 1], ("same", "different"))


def _idx(name: str, openml: str, classes: tuple[str, ...]) -> Loader:
    """60,000 pictures of 28 x 28 pixels to learn from, and then 10,000 to be tested on."""

    def load(folder: Path | None) -> Table:
        pixels, labels = _from_openml(name, openml) if folder is None else _from_folder(folder)
        return Table(
            name=name,
            features=pixels,
            kinds=("pixel",) * pixels.shape[1],
            columns=tuple(map(str, range(pixels.shape[1]))),
            target=labels,
            target_name="class",
            classes=classes,
            pixel_range=255.0,
            picture=(28, 28),
            own_test=TEST,
        )

    return load


def _from_folder(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    table = read_idx_folder(folder)
    if table.features.shape != (LEARN + TEST, 784) or table.own_test != TEST or table.classes != tuple("0123456789"):
        raise DataError(
            f"{folder}: {LEARN} pictures of 28 x 28 to learn from and {TEST} to be tested on, with labels 0 to 9, are "
            f"expected, but there are {len(table.target)}, {table.own_test} of them for the test, with "
            f"{table.features.shape[1]} pixels."
        )
    return np.asarray(table.features), table.target


def _from_openml(name: str, openml: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from experiments.data.readers.openml import fetched

    try:
        bunch = fetched(name=openml, version=1, as_frame=False, parser="liac-arff")
    except Exception as error:  # whatever the network, the cache or the server does
        raise DataError(
            f"data.source: {name} cannot be had from OpenML ({type(error).__name__}); name a folder with its IDX files "
            f"in data.folder or in {FOLDER_VARIABLE}."
        ) from None
    return np.asarray(bunch.data, np.uint8), np.asarray(bunch.target, np.int64)


FOLDER_VARIABLE = "MNIST_FOLDER"
LEARN, TEST = 60_000, 10_000  # pictures of MNIST and of its kin
CLOTHES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
SOURCES: dict[str, Loader] = {
    "breast_cancer": _bundled("breast_cancer"),
    "diabetes": _bundled("diabetes", target="progression"),
    "digits": _bundled("digits", pixel_range=16.0, picture=(8, 8)),
    "fashion_mnist": _idx("fashion_mnist", "Fashion-MNIST", CLOTHES),
    "iris": _bundled("iris"),
    "mnist": _idx("mnist", "mnist_784", tuple("0123456789")),
    "moons": _moons,
    "wine": _bundled("wine"),
    "xor": _xor,
}
