"""The preprocessor of a saved model, from arrays that are not trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.inputs.date_parts import PARTS
from experiments.data.inputs.preprocessing import Categories, Preprocessor
from experiments.data.table import Kind
from experiments.errors import DataError

Arrays = Mapping[str, NDArray[Any]]


def read_preprocessor(folder: Path, arrays: Arrays, categories: tuple[Categories, ...]) -> Preprocessor:
    """Read the preprocessor of a model.

    Args:
        folder: the model's, for messages.

    Raises:
        DataError: an array is missing, or has another type or shape than it must have.
    """
    count = len(arrays.get("numeric", ()))
    parts = {"part": np.zeros(count, np.int64)}  # of a model without dates, before version 0.2
    for name, dtype in (("clipped", np.int64), ("bin_of", np.int64), ("bin_low", np.float64), ("bin_high", np.float64)):
        parts[name] = np.empty(0, dtype)  # of a model of the same time
    arrays = {**parts, **arrays}
    numeric = array_of(folder, arrays, "numeric", np.int64, (count,))
    ranked = _positions(folder, arrays, "ranked", count)
    quantiles, bins = arrays.get("quantiles", np.empty(0)), arrays["bin_of"].size
    return Preprocessor(
        numeric=numeric,
        part=array_of(folder, arrays, "part", np.int64, (count,)),
        fill=array_of(folder, arrays, "fill", np.float64, (count,)),
        flagged=_positions(folder, arrays, "flagged", count),
        offset=array_of(folder, arrays, "offset", np.float64, (count,)),
        scale=array_of(folder, arrays, "scale", np.float64, (count,)),
        ranked=ranked,
        quantiles=array_of(folder, arrays, "quantiles", np.float64, (len(quantiles), len(ranked))),
        clipped=_positions(folder, arrays, "clipped", count),
        bin_of=array_of(folder, arrays, "bin_of", np.int64, (bins,)),
        bin_low=array_of(folder, arrays, "bin_low", np.float64, (bins,)),
        bin_high=array_of(folder, arrays, "bin_high", np.float64, (bins,)),
        categories=categories,
    )


def rules_of(fitted: Preprocessor, kinds: Sequence[Kind]) -> dict[str, bool]:
    """Return what must hold of a preprocessor of columns of these kinds, and whether it does."""
    categories = [at for at, kind in enumerate(kinds) if kind == "category"]
    others = [at for at, kind in enumerate(kinds) if kind != "category"]
    numeric, part = fitted.numeric, fitted.part
    return {
        "preprocesses every column once, by its kind": sorted(one.column for one in fitted.categories) == categories
        and numeric[part == 0].tolist() == others,
        "has the parts of dates alone": _are_parts(numeric, part, np.array([kind == "date" for kind in kinds], bool)),
        "has ascending bins of its numbers": _are_bins(fitted),
    }


def array_of(folder: Path, arrays: Arrays, name: str, dtype: type, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an array of finite numbers.

    Raises:
        DataError: it is missing, or has another type or shape.
    """
    array = arrays.get(name)
    if array is None or array.dtype != dtype or array.shape != shape or not np.isfinite(array).all():
        given = "none" if array is None else f"{array.dtype} of shape {array.shape}"
        raise DataError(f"{folder}: {name} must be finite numbers of shape {shape}, but there is {given}.")
    return array


def _positions(folder: Path, arrays: Arrays, name: str, end: int) -> NDArray[np.int64]:
    """Return an array of increasing positions below an end."""
    shape = arrays.get(name, np.empty(0)).shape or (0,)
    array = array_of(folder, arrays, name, np.int64, shape[:1])
    if array.size and not (array[0] >= 0 and array[-1] < end and (np.diff(array) > 0).all()):
        raise DataError(f"{folder}: {name} must be increasing positions below {end}, but they are not.")
    return array


def _are_parts(numeric: NDArray[np.int64], part: NDArray[np.int64], is_date: NDArray[np.bool_]) -> bool:
    """Return whether parts are known, of dates, and each follows another of its column in their order."""
    inside = bool(((numeric >= 0) & (numeric < len(is_date)) & (part >= 0) & (part < len(PARTS))).all())
    places = numeric * len(PARTS) + part
    return inside and bool(is_date[numeric[part > 0]].all()) and bool((np.diff(places) > 0).all())


def _are_bins(fitted: Preprocessor) -> bool:
    """Tell whether bins are of known columns, in their order, and each begins where the one before it ends."""
    column, low, high = fitted.bin_of, fitted.bin_low, fitted.bin_high
    known = bool(((column >= 0) & (column < len(fitted.numeric))).all() and (np.diff(column) >= 0).all())
    together = np.diff(column) == 0
    return known and bool((low < high).all() and (high[:-1][together] == low[1:][together]).all())
