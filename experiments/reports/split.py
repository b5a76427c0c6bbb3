"""The words for the split: where the test rows come from, what is drawn together, and the folds."""

from __future__ import annotations

from typing import Literal

from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Fact, Parts, Words, counted, number, sentence
from experiments.reports.formatting import columns_named


def origin(result: StudyResult, rows: Words) -> Parts:
    """Say where the test rows of a study without outer folds come from."""
    given, known = result.spec.get("data", {}), result.holdout
    if known is not None and known.origin == "drawn":
        whole = known.test_groups is not None or not result.data.classes
        return sentence(f"{{}}, drawn at random{'' if whole else ' from each class'} and split off first", rows)
    if known is None or known.origin not in ("own", "last"):
        return sentence("{}, split off first", rows)
    if known.origin == "last":
        name = Fact("spec.data.time", columns_named(given.get("time")))
        by = sentence(" by {}", name) if given.get("time") else " in time"
        return sentence("the last {}{}, split off first", rows, by)
    if given.get("test"):
        return sentence("{} of {}, a file of its own", rows, Fact("spec.data.test", given["test"]))
    if given.get("test_rows"):
        return sentence("{}, those with {}", rows, Fact("spec.data.test_rows", given["test_rows"]))
    return sentence("{}, the test part of the data", rows)


def both_sides(result: StudyResult) -> Parts:
    """Count the rows for development and those for the test, which outer folds take from among them."""
    words = "{} for development, {} for the test"
    if result.outer is not None:
        words = "{} in all, {} of them tested in outer folds"
    split = result.split
    return sentence(words, number("split.development", split.development), number("split.test", split.test))


def in_groups(result: StudyResult, rows: Words, side: Literal["development_groups", "test_groups"]) -> Parts:
    """Add to a number of rows the number of their groups, where they have groups."""
    groups = None if result.holdout is None else getattr(result.holdout, side)
    if groups is None:
        return sentence("{}", rows)
    column = result.spec.get("data", {}).get("groups")
    named = sentence(" of {}", Fact("spec.data.groups", column)) if column else ()
    return sentence("{} in {}{}", rows, counted(f"holdout.{side}", groups, "group"), named)


def drawn_together(result: StudyResult, rows: Words) -> Parts:
    """Add to a number of test rows what statistics draw as a whole: groups, or blocks of rows in time order."""
    groups = None if result.holdout is None else result.holdout.test_groups
    if groups is None and result.spec.get("data", {}).get("time"):
        return sentence("{} in blocks of consecutive ones", rows)
    return in_groups(result, rows, "test_groups")


def folds(result: StudyResult) -> Parts:
    """Count the folds, and name their splitter where the study does."""
    cv, repeated = result.spec.get("cv", {}), repeats(result)
    count = len(result.best.fold_scores)
    many = counted("best.fold_scores.count", count, "fold")
    if repeated > 1:
        each = Fact("folds.of_repeat", f"{count // repeated:,}")
        many = sentence("{}, {} times {},", many, Fact("spec.cv.n_repeats", f"{repeated:,}"), each)
    return sentence("{} by {}", many, Fact("spec.cv.splitter", cv["splitter"])) if "splitter" in cv else many


def drawn_for_folds(result: StudyResult) -> Words:
    """Count the development rows that the folds have, where they are fewer than all; "" where they have all."""
    rows = result.spec.get("cv", {}).get("fold_rows")
    return Fact("spec.cv.fold_rows", f"{rows:,}") if rows else ""


def repeats(result: StudyResult) -> int:
    """Return how often every development row is predicted out of fold."""
    often: int = result.spec.get("cv", {}).get("n_repeats", 1)
    return often


def is_forward(result: StudyResult) -> bool:
    """Return whether each fold is validated by rows later than those it learns from."""
    return bool(result.spec.get("cv", {}).get("splitter") == "TimeSeriesSplit")
