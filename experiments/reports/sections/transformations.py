"""The transformations of the columns before training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from experiments.data.table import REASONS
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Fact, Parts, Words, counted, joined, number, percent, sentence

SCALINGS: Final = {
    "standard": "scaled to mean zero and variance one",
    "robust": "scaled by their median and quartiles, far values brought near",
    "piecewise": "spread over bins that hold equally many rows",
    "quantile": "mapped to a normal distribution by rank",
    "none": "left as they are",
}
COPIES: Final[dict[str, str]] = {
    "together": "kept on one side of every split",
    "free": "split like other rows",
    "groups": "split by their groups",
    "time": "split by their time",
}
FITTED: Final = "everything fitted is fitted on training rows only"


def transformations(result: StudyResult) -> Parts:
    """Name the transformations that were made, with the winner's choices where they were searched."""
    columns, missing = result.data.columns, result.data.missing
    if columns is None or missing is None:
        return (FITTED,)
    done = [*_left_out(result), *_copies(result)]
    if missing.number:
        holes = counted("data.missing.number", missing.number, "column")
        binned = _setting(result, "numbers", "standard")[1] == "piecewise"
        filled = "in no bin" if binned else "filled with the median"
        done.append(sentence("missing numbers in {} {}, and an indicator for each", holes, filled))
    if columns.number:
        numbers = counted("data.columns.number", columns.number, "column of numbers", "columns of numbers")
        done.append(sentence("{} {}", numbers, _scaling(result)))
    dates = 0 if result.reading is None else sum(one.kind == "date" for one in result.reading.columns)
    if dates:
        counts = counted("reading.columns.dates", dates, "column of dates", "columns of dates")
        done.append(sentence("{} split into elapsed days, year, month, weekday and hour", counts))
    if columns.category:
        categories = counted("data.columns.category", columns.category, "column of categories", "columns of categories")
        done.append(sentence("{} one-hot coded{}", categories, _rare(result)))
    if missing.category:
        holes = counted("data.missing.category", missing.category, "of these columns", "of these columns")
        done.append(sentence("a missing category in {} as a category of its own", holes))
    if columns.pixel:
        pixels = counted("data.columns.pixel", columns.pixel, "pixel")
        done.append(sentence("{} divided by their largest possible value", pixels))
    return joined([*done, FITTED], "; ")


def _left_out(result: StudyResult) -> Iterator[Words]:
    """Name the rows, columns and cells of the file that are not used."""
    data = result.reading
    if data is None:
        return
    if data.no_target:
        yield sentence("{} without a target left out", counted("reading.no_target", data.no_target, "row"))
    if data.dropped:
        rows = counted("reading.dropped", data.dropped, "row")
        yield sentence("{} of the classes of data.drop_classes left out", rows)
    if data.left_out:
        columns = [
            sentence("{} ({})", Fact(f"reading.left_out[{at}].name", one.name), REASONS[one.reason])
            for at, one in enumerate(data.left_out)
        ]
        yield sentence("left out: {}", joined(columns, ", "))
    if data.unread:
        cells = counted("reading.unread", data.unread, "cell")
        why = "it does not fit its column" if data.unread == 1 else "they do not fit their column"
        yield sentence(f"{{}} taken for missing, as {why}", cells)
    if data.large:
        numbers = counted("reading.large", data.large, "infinite or enormous number")
        yield sentence("{} taken for missing", numbers)


def _copies(result: StudyResult) -> Iterator[Words]:
    """Count the rows that are copies of other rows."""
    copies = result.copies
    if copies is None:
        return
    if copies.rows:
        rows = counted("copies.rows", copies.rows, "copy of an earlier row", "copies of earlier rows")
        yield sentence("{} {}", rows, Fact("copies.split", COPIES[copies.split]))
    if copies.test:
        rows = counted("copies.test", copies.test, "test row", "test rows")
        yield sentence("{} equal to rows to learn from", rows)


def _setting(result: StudyResult, name: str, default: object) -> tuple[str, object]:
    """Return the key and the value of a setting, from the winner where it was searched."""
    if name in result.best.params:
        return f"best.params.{name}", result.best.params[name]
    return f"spec.preprocessing.{name}", result.spec.get("preprocessing", {}).get(name, default)


def _scaling(result: StudyResult) -> Parts:
    key, value = _setting(result, "numbers", "standard")
    searched = " (chosen by the search)" if key.startswith("best") and len(result.trials) > 1 else ""
    return sentence("{}{}", Fact(key, SCALINGS.get(str(value), str(value))), searched)


def _rare(result: StudyResult) -> Words:
    key, rare = _setting(result, "rare", 0.0)
    if isinstance(rare, int) and rare >= 1:
        return sentence(", those in fewer than {} rows as one", number(key, rare)) if rare > 1 else ""
    return sentence(", those in less than {} of the rows as one", percent(key, float(str(rare)))) if rare else ""
