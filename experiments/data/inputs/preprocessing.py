"""Preprocessing: fitted to training rows, and applied to any rows.

Scikit-learn's transformers are fitted. Their numbers and names are kept in plain arrays, so that a model folder can
hold them, and are applied to a few thousand rows at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.candidate import Preprocessing
from experiments.config.documents import canonical_digest
from experiments.data.features import Features, column_values, take_rows
from experiments.data.identity.hashes import fingerprint
from experiments.data.inputs.date_parts import CIRCULAR, date_part, parts_that_vary
from experiments.data.inputs.piecewise import quantile_bins, shares
from experiments.data.inputs.robust_scaling import OF_A_CONSTANT, robust_scale, smoothly_clipped
from experiments.data.raw_table import MOST_CELLS
from experiments.data.table import Kind
from experiments.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

ROWS = 4096  # at a time, so that float64 takes little memory
QUANTILES = 1000  # largest number, of each column
MOST_NAMES = 256  # largest number of inputs of a category column; beyond it the rarest categories are pooled
LIMIT = 1e18  # largest input, so that no layer of float32 overflows

Names = tuple[str | None, ...]


@dataclass(frozen=True)
class Categories:
    """The encoding of a category column: an input for each frequent value, and an input for pooled rare values.

    column: position in the features.
    names:  the frequent values; None stands for a missing value.
    pooled: whether the training rows had rare values. If not, the inputs of an unknown value are all 0.
    """

    column: int
    names: Names
    pooled: bool

    def encode(self, values: pd.Series) -> NDArray[np.float32]:
        """Encode (N,) values as (N, names) zeros and ones, with a further column if values are pooled."""
        import pandas as pd

        known = {name: number for number, name in enumerate(self.names)}
        codes, texts = pd.factorize(values, use_na_sentinel=True)
        numbers = np.array(
            [known.get(str(name), len(known)) for name in texts] + [known.get(None, len(known))], np.intp
        )
        wide = np.zeros((len(values), len(known) + 1), np.float32)
        wide[np.arange(len(values)), numbers[codes]] = 1.0
        return wide if self.pooled else wide[:, :-1]


@dataclass(frozen=True)
class Preprocessor:
    """A fitted preprocessing, from features to float32 inputs.

    The inputs are first (x - offset) / scale of the numbers, pixels and parts of dates, smoothly clipped or not, then 1
    where a number or a date was missing, then the shares of bins, then the categories. Numbers with bins have no input
    but these.

    numeric:       (k,) columns of numbers, pixels and dates; a date's column stands once for each of its parts.
    part:          (k,) position of the part in `date_parts.PARTS`; 0 is the number itself.
    fill:          (k,) medians, in place of missing numbers.
    flagged:       (m,) positions among the k of columns with missing numbers in training.
    offset, scale: (k,)
    clipped:       (c,) positions among the k of columns that are smoothly clipped once they are scaled.
    ranked:        (j,) positions among the k of columns that are mapped to a normal distribution by rank.
    quantiles:     (q, j) of these columns, at equal distances from 0 to 1.
    bin_of:        (t,) position among the k of the column of each bin, ascending.
    bin_low, bin_high: (t,) edges of the bins.
    categories:    the encodings of the category columns.
    """

    numeric: NDArray[np.int64]
    part: NDArray[np.int64]
    fill: NDArray[np.float64]
    flagged: NDArray[np.int64]
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    ranked: NDArray[np.int64]
    quantiles: NDArray[np.float64]
    clipped: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    bin_of: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    bin_low: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    bin_high: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    categories: tuple[Categories, ...] = ()

    def __post_init__(self) -> None:
        for array in self.arrays.values():
            array.setflags(write=False)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        names = [each.name for each in fields(self) if each.name != "categories"]
        return {name: getattr(self, name) for name in names}

    @cached_property
    def unbinned(self) -> NDArray[np.int64]:
        """Return the positions among the k of the columns without bins."""
        return np.setdiff1d(np.arange(len(self.numeric)), self.bin_of)

    @property
    def width(self) -> int:
        """Return the number of inputs."""
        numbers = len(self.unbinned) + len(self.flagged) + len(self.bin_of)
        return numbers + sum(len(coded.names) + coded.pooled for coded in self.categories)

    @property
    def sources(self) -> NDArray[np.int64]:
        """Return (width,) the column of each input."""
        made = [np.full(len(column.names) + column.pooled, column.column, np.int64) for column in self.categories]
        numbers = (self.numeric[which] for which in (self.unbinned, self.flagged, self.bin_of))
        return np.concatenate([*numbers, *made])

    @property
    def key(self) -> str:
        """Return a key that equal preprocessors share."""
        names = [[column.column, list(column.names), column.pooled] for column in self.categories]
        return fingerprint(*self.arrays.values()) + canonical_digest(names)

    def check(self, rows: int) -> None:
        """Refuse rows whose bins would make more inputs than fit into memory.

        Raises:
            DataError: they would.
        """
        if len(self.bin_of) and rows * self.width > MOST_CELLS:
            raise DataError(
                f"preprocessing.numbers = piecewise: {rows} rows of {self.width} inputs are more than the "
                f"{MOST_CELLS} cells that can be computed; lower preprocessing.bins, or choose other numbers with "
                "--set preprocessing.numbers=standard."
            )

    def transform(self, features: Features) -> NDArray[np.float32]:
        """Make (N, width) inputs, C-contiguous, of (N, d) features.

        Raises:
            DataError: bins would make more inputs than fit into memory.
        """
        self.check(len(features))
        x = np.empty((len(features), self.width), np.float32)
        for start in range(0, len(x), ROWS):
            rows = slice(start, start + ROWS)
            chunk: Any = take_rows(features, rows)
            encoded = [column.encode(chunk.iloc[:, column.column]) for column in self.categories]
            x[rows] = np.hstack([self._numbers(_numeric(chunk, self.numeric, self.part)), *encoded])
        return x

    def _numbers(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Make (n, k - b + m + t) inputs of (n, k) numbers, b of which have bins; NaN is a missing number."""
        given, missing = values, np.isnan(values)
        values = np.where(missing, self.fill, given)
        if self.ranked.size:
            values[:, self.ranked] = self._by_rank.transform(values[:, self.ranked])
        scaled = np.clip((values - self.offset) / self.scale, -LIMIT, LIMIT)
        if self.clipped.size:
            scaled[:, self.clipped] = smoothly_clipped(scaled[:, self.clipped])
        x = scaled.astype(np.float32)
        if not (self.flagged.size or self.bin_of.size):
            return x
        binned = shares(given[:, self.bin_of], self.bin_low, self.bin_high)
        return np.hstack([x[:, self.unbinned], missing[:, self.flagged], binned], dtype=np.float32)

    @cached_property
    def _by_rank(self) -> Any:
        """Return scikit-learn's transformer with these quantiles."""
        from sklearn.preprocessing import QuantileTransformer

        fitted = QuantileTransformer(n_quantiles=len(self.quantiles), output_distribution="normal")
        fitted.n_quantiles_, fitted.n_features_in_ = len(self.quantiles), self.quantiles.shape[1]
        fitted.quantiles_, fitted.references_ = self.quantiles, np.linspace(0, 1, len(self.quantiles))
        return fitted


def fit_preprocessor(
    training: Features, kinds: tuple[Kind, ...], pixel_range: float | None, preprocessing: Preprocessing
) -> Preprocessor:
    """Fit a preprocessing to training rows; nothing is fitted to pixels.

    A number that never differs in training is an input of 0 for every row, if numbers are scaled: no training row says
    how large another value is, and left as it is, it could be thousands.

    Args:
        training:    (N, d) training rows and no others.
        kinds:       kinds of the d columns.
        pixel_range: largest value of a pixel.
    """
    columns, part = _columns(training, kinds)
    values = _numeric(training, columns, part)
    is_number = np.array([kinds[column] != "pixel" for column in columns], bool)
    fill, holes = _missing(values, is_number)
    filled = np.where(np.isnan(values), fill, values) if holes.size else values
    offset, scale = np.zeros(len(columns)), np.ones(len(columns))
    scale[~is_number] = pixel_range or 1.0
    quantiles = np.empty((0, 0))
    free = is_number & ~np.isin(part, CIRCULAR)
    by_rank, robust, binned = (free & (preprocessing.numbers == way) for way in ("quantile", "robust", "piecewise"))
    is_date = np.array([kinds[column] == "date" for column in columns], bool)  # too far from 0 to be left as they are
    scaled = is_number & ~by_rank & ~robust & (is_date | (preprocessing.numbers != "none"))
    if scaled.any():
        offset[scaled], scale[scaled] = _standard_scale(filled[:, scaled])
    if robust.any():
        offset[robust], scale[robust] = robust_scale(filled[:, robust])
    if by_rank.any():
        quantiles = _quantiles(filled[:, by_rank])
        scale[by_rank] = np.where(quantiles[0] < quantiles[-1], 1.0, OF_A_CONSTANT)
    bin_of, low, high = quantile_bins(values[:, binned], preprocessing.bins)
    return Preprocessor(
        numeric=columns,
        part=part,
        fill=fill,
        flagged=holes[part[holes] == 0],  # a missing date is told once
        offset=offset,
        scale=scale,
        ranked=np.flatnonzero(by_rank),
        quantiles=quantiles,
        clipped=np.flatnonzero(robust),
        bin_of=np.flatnonzero(binned)[bin_of],
        bin_low=low,
        bin_high=high,
        categories=_categories(training, kinds, preprocessing.rare),
    )


def _standard_scale(values: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and the standard deviation of each column, (k,) each."""
    from sklearn.preprocessing import StandardScaler

    fitted = StandardScaler().fit(values)
    varies = fitted.scale_ == np.sqrt(fitted.var_)  # of a constant number the scale is 1
    return fitted.mean_, np.where(varies, fitted.scale_, OF_A_CONSTANT)


def _quantiles(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return (q, k) quantiles of the columns, at equal distances from 0 to 1."""
    from sklearn.preprocessing import QuantileTransformer

    count = min(QUANTILES, len(values))
    transformer = QuantileTransformer(n_quantiles=count, output_distribution="normal", random_state=0)
    quantiles: NDArray[np.float64] = transformer.fit(values).quantiles_
    return quantiles


def _columns(training: Features, kinds: tuple[Kind, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the column and the part of each input that is a number."""
    pairs = [
        (column, part)
        for column, kind in enumerate(kinds)
        if kind != "category"
        for part in (parts_that_vary(column_values(training, column)) if kind == "date" else (0,))
    ]
    return np.array([column for column, _ in pairs], np.int64), np.array([part for _, part in pairs], np.int64)


def _numeric(features: Features, columns: NDArray[np.int64], part: NDArray[np.int64]) -> NDArray[Any]:
    """Return (N, k) numbers, pixels and parts of dates."""
    if isinstance(features, np.ndarray):
        values = features if np.array_equal(columns, np.arange(features.shape[1])) else features[:, columns]
    else:
        values = features.iloc[:, columns].to_numpy(np.float64)
    if part.any():
        values = values.copy()
        for at in np.flatnonzero(part):
            values[:, at] = date_part(values[:, at], int(part[at]))
    return values


def _missing(values: NDArray[Any], is_number: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the median of each column of numbers, and the columns with missing numbers."""
    fill = np.zeros(values.shape[1])
    if not is_number.any():
        return fill, np.empty(0, np.int64)
    fill[is_number] = medians(values[:, is_number])
    return fill, np.flatnonzero(np.isnan(values).any(axis=0) & is_number)


def medians(values: NDArray[Any]) -> NDArray[Any]:
    """Return (k,) the median of each column's numbers; 0 of a column without any.

    Args:
        values: (N, k); NaN is missing.

    >>> medians(np.array([[1.0, np.nan], [4.0, np.nan], [np.nan, np.nan]])).tolist()
    [2.5, 0.0]
    """
    present = (column[~np.isnan(column)] for column in values.T)
    return np.array([np.median(numbers) if numbers.size else 0.0 for numbers in present])


def _categories(training: Features, kinds: tuple[Kind, ...], rare: int | float) -> tuple[Categories, ...]:
    """Fit the encodings of the category columns."""
    columns = [index for index, kind in enumerate(kinds) if kind == "category"]
    if not columns or isinstance(training, np.ndarray):
        return ()
    from sklearn.preprocessing import OneHotEncoder

    values = [_numbered(training.iloc[:, column]) for column in columns]  # a hundred times as fast as Python's objects
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=rare or None, max_categories=MOST_NAMES + 1
    ).fit(np.column_stack([numbers for numbers, _ in values]))
    encodings = []
    for column, (_, names), found, rest in zip(
        columns, values, encoder.categories_, encoder.infrequent_categories_, strict=True
    ):
        pooled = set() if rest is None else set(rest.tolist())
        frequent = tuple(names[number] for number in found.tolist() if number not in pooled)
        encodings.append(Categories(column, frequent, bool(pooled)))
    return tuple(encodings)


def _numbered(values: pd.Series) -> tuple[NDArray[np.intp], Names]:
    """Return (N,) the number of each value, and the names that have these numbers: ascending, a missing one last."""
    import pandas as pd

    codes, texts = pd.factorize(values, use_na_sentinel=True)
    found = list(texts)
    order = sorted(range(len(found)), key=found.__getitem__)
    numbers = np.empty(len(found) + 1, np.intp)
    numbers[[*order, -1]] = np.arange(len(numbers))
    return numbers[codes], (*(str(found[at]) for at in order), None)
