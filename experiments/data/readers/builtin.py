"""Built-in data sets: those of scikit-learn, MNIST and its like, and two that are generated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.near_files import near_files
from experiments.data.readers.idx import read_idx_folder
from experiments.data.table import Table, array_columns
from experiments.errors import DataError
from nnet.near import did_you_mean, near

Loader = Callable[[Path | None], Table]


def load_builtin(source: str, folder: Path | None = None) -> Table:
    """Load the built-in data set of that name.

    Args:
        folder: folder with the files of mnist or fashion_mnist; None: they are fetched from OpenML.

    Raises:
        DataError: there is no such data set, or it cannot be loaded.
    """
    if source not in SOURCES:
        raise DataError(
            f"data.source: must be {', '.join(sorted(SOURCES))}, openml:ID, a file or a folder/, but got {source!r}"
            f"{did_you_mean(near(source, SOURCES)) or near_files(Path(source))}."
        )
    return SOURCES[source](folder)


def _bundled(
    name: str, target: str = "class", pixel_range: float | None = None, picture: tuple[int, ...] | None = None
) -> Loader:
    def load(_: Path | None) -> Table:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")()
        classes = tuple(map(str, bunch.target_names)) if "target_names" in bunch else None
        return Table(
            name=name,
            features=np.ascontiguousarray(bunch.data, np.float64),
            kinds=("number" if pixel_range is None else "pixel",) * bunch.data.shape[1],
            columns=tuple(map(str, bunch.feature_names)),
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
    """Generate 400 points of two interleaved half circles, with noise 0.25."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(n_samples=400, noise=0.25, random_state=0)
    return _points("moons", points, labels, ("upper", "lower"))


def _xor(_: Path | None) -> Table:
    """Generate 400 points at a square's corners, with noise 0.25; the class says if the corner's coordinates differ."""
    rng = np.random.default_rng(0)
    corners = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (100, 1))
    features = corners + rng.normal(0.0, 0.25, corners.shape)
    return _points("xor", features, corners[:, 0] != corners[:, 1], ("same", "different"))


def _idx(name: str, openml: str, classes: tuple[str, ...]) -> Loader:
    """Return a loader of 60,000 images of 28 x 28 pixels, and of 10,000 for testing."""

    def load(folder: Path | None) -> Table:
        pixels, labels = _from_openml(name, openml) if folder is None else _from_folder(folder)
        return Table(
            name=name,
            target=labels,
            target_name="class",
            classes=classes,
            own_test=TEST,
            **array_columns(pixels.reshape(-1, 28, 28), name),
        )

    return load


def _from_folder(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    table = read_idx_folder(folder)
    if table.features.shape != (LEARN + TEST, 784) or table.own_test != TEST or table.classes != tuple("0123456789"):
        raise DataError(
            f"{folder}: must have {LEARN} images of 28 x 28 to learn from and {TEST} to test on, labelled 0 to 9, but "
            f"has {len(table.target)} images, {table.own_test} of them to test on, of {table.features.shape[1]} pixels."
        )
    return np.asarray(table.features), table.target


def _from_openml(name: str, openml: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from experiments.data.readers.openml import fetched

    try:
        bunch = fetched(name=openml, version=1, as_frame=False, parser="liac-arff")
    except Exception as error:  # whatever the network, the cache or the server does
        raise DataError(
            f"data.source: {name} cannot be fetched from OpenML ({type(error).__name__}); name a folder with its IDX "
            f"files in data.folder or in the environment variable {FOLDER_VARIABLE}."
        ) from None
    return np.asarray(bunch.data, np.uint8), np.asarray(bunch.target, np.int64)


FOLDER_VARIABLE = "MNIST_FOLDER"
LEARN, TEST = 60_000, 10_000  # images of MNIST and Fashion-MNIST
CLOTHES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
GENERATED_BY = {  # the libraries whose versions decide the rows
    **dict.fromkeys(("breast_cancer", "diabetes", "digits", "iris", "wine"), ("scikit-learn",)),
    "moons": ("scikit-learn", "numpy"),
    "xor": ("numpy",),
}
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
