"""The rows of the network benchmark: a network, its data and how long it trains, for each of five folds.

The data is scikit-learn's own or made from a fixed seed, so every row runs without a download.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.batches import FoldData
from nnet.network import Architecture

FOLDS = 5
L2 = 1e-4
SEED = 0


@dataclass(frozen=True)
class Row:
    """A network and how it is trained: Adam, cross-entropy, L2 of 1e-4.

    sizes:   units from the inputs to the outputs.
    batch:   rows of a mini-batch.
    samples: rows of the data.
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    samples: int
    epochs: int
    dropout: float = 0.0
    input_dropout: float = 0.0

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Return (in, out) of each layer."""
        return list(pairwise(self.sizes))

    @property
    def architecture(self) -> Architecture:
        """Return the row's network as this program describes it."""
        inputs, *hidden, outputs = self.sizes
        return Architecture(inputs, tuple(hidden), outputs, dropout=self.dropout, input_dropout=self.input_dropout)

    @property
    def title(self) -> str:
        """Return the row's name with its network.

        >>> ROWS["digits"].title
        'digits 64-64-10, batch 32'
        """
        dropout = ", dropout" if self.dropout or self.input_dropout else ""
        return f"{self.name} {'-'.join(map(str, self.sizes))}, batch {self.batch}{dropout}"


ROWS = {
    row.name: row
    for row in (
        Row("digits", (64, 64, 10), 32, 1797, 20),
        Row("tabular", (30, 128, 128, 2), 64, 4000, 10),
        Row("mnist", (784, 256, 128, 10), 128, 12_000, 3),
        Row("wide", (784, 1024, 1024, 10), 256, 6_000, 2, dropout=0.5, input_dropout=0.2),
    )
}


@dataclass(frozen=True)
class Data:
    """The x (N, inputs) and labels y (N,), as a user has them in hand, and the training rows of each fold."""

    x: NDArray[Any]
    y: NDArray[np.int64]
    folds: tuple[NDArray[np.intp], ...]

    @property
    def fold_data(self) -> list[FoldData]:
        """Return the folds as this network takes them: in float32, without validation rows."""
        x = self.x.astype(np.float32)
        return [FoldData(x, self.y, rows, np.empty(0, np.intp)) for rows in self.folds]


def data_of(row: Row) -> Data:
    """Make the data of a row: float64 from scikit-learn's loaders, float32 where it is made here."""
    rng = np.random.default_rng(SEED)
    if row.name == "digits":
        x, y = _digits(row.samples)
    elif row.name == "tabular":
        x, y = _tabular(row.samples, rng)
    else:
        x, y = _pixels(row, rng)
    return Data(x, y, folds_of(len(x), rng))


def folds_of(samples: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], ...]:
    """Return the rows outside each of five shuffled parts."""
    parts = np.array_split(rng.permutation(samples), FOLDS)
    return tuple(np.concatenate([*parts[:fold], *parts[fold + 1 :]]) for fold in range(FOLDS))


def _digits(samples: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x[:samples] / 16, y[:samples].astype(np.int64)


def _tabular(samples: int, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the breast cancer table, standardised, its rows drawn with a little noise until there are enough."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    drawn = rng.integers(len(x), size=samples)
    x = ((x - x.mean(axis=0)) / x.std(axis=0))[drawn]
    return x + rng.normal(0, 0.1, x.shape), y[drawn].astype(np.int64)


def _pixels(row: Row, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return pictures that are like MNIST's to the processor.

    A fifth of the pixels are not zero, and labels follow from the pixels.
    """
    shape = row.samples, row.sizes[0]
    x = rng.random(shape, np.float32) * (rng.random(shape, np.float32) < 0.2)
    y = (x @ rng.standard_normal((row.sizes[0], row.sizes[-1]), np.float32)).argmax(axis=1)
    return x, y.astype(np.int64)


def save(file: Path, row: Row, data: Data) -> None:
    """Write a row and its data to an npz file, for another process."""
    folds: dict[str, Any] = {f"fold_{index}": rows for index, rows in enumerate(data.folds)}
    with file.open("wb") as stream:
        np.savez(stream, row=np.array(json.dumps(asdict(row))), x=data.x, y=data.y, **folds)


def load(file: Path) -> tuple[Row, Data]:
    """Read what `save` wrote; nothing is unpickled."""
    with np.load(file, allow_pickle=False) as arrays:
        fields = json.loads(str(arrays["row"]))
        folds = tuple(arrays[f"fold_{index}"] for index in range(len(arrays.files) - 3))
        return Row(**fields | {"sizes": tuple(fields["sizes"])}), Data(arrays["x"], arrays["y"], folds)
