"""Hints about numbers that look odd: nothing is changed, and each line names the key that would change it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints.missing_codes import code_hints, target_hint
from experiments.data.hints.rare_class import rare_class_advice
from experiments.data.raw_table import listed
from experiments.data.table import Table

FAR = 1000  # times the distance between the quartiles
YEAR = 365.25  # days
CENTURY = 60  # years that dates with years of two digits may span without a hint
BRIGHT = 0.35  # mean of pixels, of the largest value, from which their sum outweighs what differs in a network's inputs
SKEWED = 3.0  # skewness of a target; that of an exponential distribution is 2
LARGE = 4096  # inputs of a picture
MANY = 20_000_000  # values of all pictures, from which a trial of large ones may take minutes
SQUARED = ("auto", "r2", "neg_mean_squared_error", "neg_root_mean_squared_error")
ACCURACY = ("auto", "accuracy")
MOST = 0.9  # share of a class, from which on accuracy says little of the others
RULING = 100  # the hundredth part of the rows that has more than half of the squared deviations from the mean


def hints(development: LabelledTable, ranked: bool, metric: str = "auto") -> tuple[str, ...]:
    """Point out numbers that may stand for missing ones, far values, and a target that is skewed, far or of one class.

    Args:
        ranked: whether far values are ranked already.
        metric: of the study file.
    """
    table, target, y = development.table, development.target, development.y
    present = {name: values[np.isfinite(values)] for name, _, values in table.values_of("number")}
    lines, coded = code_hints(present)
    if table.reading is not None and (hint := target_hint(table.target_name, target, y)):
        lines.append(hint)
    far = [] if ranked else [name for name, of_it in present.items() if name not in coded and _is_far(of_it)]
    if far:
        lines.append(
            f"some values of {listed(far)} are far from the others; preprocessing.numbers = quantile ranks them."
        )
    if centuries := [name for name, years in _short_years(table) if years > CENTURY]:
        lines.append(
            f"years of two digits in {listed(centuries)} are taken for 1969 to 2068; write four digits otherwise."
        )
    if target.classes and metric in ACCURACY and (counts := np.bincount(y.astype(np.intp))).max() >= MOST * len(y):
        most, share = target.classes[int(counts.argmax())], f"{counts.max():,} of {len(y):,} development rows"
        lines.append(
            f"target {table.target_name!r} is {most!r} in {share}, so accuracy says little of the others; "
            f"{rare_class_advice(len(target.classes))}."
        )
    numbers = None if target.classes or target.log else np.asarray(y, np.float64)
    if numbers is not None and _is_skewed(numbers):
        lines.append(
            f"target {table.target_name!r} is positive and skewed; data.target_transform = log learns its logarithm."
        )
    elif numbers is not None and metric in SQUARED and (ruling := _ruling_rows(numbers)):
        lines.append(
            f"target {table.target_name!r} is so far from its mean in {ruling} of {len(y):,} development rows that "
            "r2 and squared errors say little of the others; cv.metric = neg_mean_absolute_error weighs all rows alike."
        )
    return tuple(lines)


def brightness_hint(development: Table) -> tuple[str, ...]:
    """Point out bright pictures, whose pixels are not centred, and pictures without a bright pixel."""
    if development.pixel_range is None:
        return ()
    mean, largest = float(np.mean(development.features)) / development.pixel_range, float(np.max(development.features))
    if mean >= BRIGHT:
        what = f"their mean is {mean:.2f} of the largest value"
    elif largest < development.pixel_range / 2:
        what = f"none is above {largest:g} of {development.pixel_range:g}"
    else:
        return ()
    return (
        f"pixels: {what}, from which a network may learn slowly or not at all; training.batch_norm = true is often "
        "much better.",
    )


def size_hint(development: Table) -> tuple[str, ...]:
    """Point out many large pictures of a folder, which may be read smaller."""
    rows, inputs = development.features.shape
    if development.files is None or development.picture is None or inputs < LARGE or rows * inputs < MANY:
        return ()
    height, width = development.picture[:2]
    half = f"[{max(1, width // 2)}, {max(1, height // 2)}]"
    return (
        f"each of the {rows:,} development pictures has {inputs:,} inputs, so a trial may take minutes; "
        f"data.size = {half} has a quarter of them.",
    )


def _short_years(table: Table) -> Iterator[tuple[str, float]]:
    """Yield the columns of dates whose years have two digits, and the years that they span."""
    formats = {} if table.reading is None else table.reading.formats
    for name, _, days in table.values_of("date"):
        present = days[np.isfinite(days)]
        if "%y" in formats.get(name, "") and len(present):
            yield name, float(np.ptp(present)) / YEAR


def _is_far(values: NDArray[np.float64]) -> bool:
    if not len(values):
        return False
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return bool(high > low and np.abs(values - middle).max() > FAR * (high - low))


def _is_skewed(y: NDArray[np.float64]) -> bool:
    centred = y - y.mean()
    deviation = np.sqrt((centred**2).mean())
    return bool(y.min() > 0 and deviation > 0 and ((centred / deviation) ** 3).mean() > SKEWED)


def _ruling_rows(y: NDArray[np.float64]) -> int:
    """Return how many rows have more than half of all squared deviations from the mean, if a hundredth does; else 0."""
    squares = np.sort((y - y.mean()) ** 2)[::-1]
    rows = 1 + int(np.searchsorted(np.cumsum(squares), squares.sum() / 2, side="right"))
    return rows if RULING * rows <= len(y) else 0
