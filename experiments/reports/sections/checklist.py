"""What a study by machine learning should tell: what the platform knows is filled in, the rest stays open.

Source: Kapoor et al. (2024), REFORMS: Consensus-based Recommendations for Machine-learning-based Science, Science
Advances 10(18). The items are ours, shortened from its 32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from experiments.records.results import StudyResult
from experiments.reports.blocks import Column, Row, Section, Table, note
from experiments.reports.wording import count, metric_of

OPEN: Final = "not answered"
COLUMNS: Final = (Column("", number=False), Column("what", number=False), Column("answer", number=False))


@dataclass(frozen=True)
class Item:
    """answer is empty where only the author can give it."""

    group: str
    what: str
    answer: str = ""


def checklist(result: StudyResult) -> Section:
    """Every item with its answer; the open ones cannot be missed."""
    items = list(_items(result))
    answered = sum(bool(one.answer) for one in items)
    rows, group = [], ""
    for one in items:
        rows.append(
            Row((one.group if one.group != group else "", one.what, one.answer or OPEN), "" if one.answer else "open")
        )
        group = one.group
    return Section(
        "Checklist",
        "checklist",
        (
            note(
                f"After REFORMS (Kapoor et al. 2024). {answered} of {len(items)} items are answered by the study "
                f"itself; the other {len(items) - answered} only its author can answer."
            ),
            Table("Checklist", COLUMNS, tuple(rows), prose=True),
        ),
    )


def _items(result: StudyResult) -> Iterator[Item]:
    yield Item("Goal", "The population that the result speaks of, and why")
    yield Item("Goal", "Why a learning method, and what its predictions are for")
    yield from _reproducibility(result)
    yield from _data(result)
    yield from _modelling(result)
    yield from _leakage(result)
    yield from _uncertainty(result)
    yield Item("Limits", "Evidence on data from elsewhere or from later")
    yield Item("Limits", "Where the result should not be expected to hold")


def _reproducibility(result: StudyResult) -> Iterator[Item]:
    group = "Repeat"
    yield Item(group, "The data, identified", f"{result.data.name}, fingerprint {result.data.fingerprint[:12]}")
    yield Item(group, "Code, versions and machine", "under “This run”")
    yield Item(group, "A script for all the numbers", "under “The same again”")


def _data(result: StudyResult) -> Iterator[Item]:
    group, data, split = "Data", result.data, result.split
    yield Item(group, "How, when and by whom rows and labels were collected")
    yield Item(group, "Whether the rows stand for the population")
    yield Item(group, "What is predicted", _target(result))
    parts = f"{split.development:,} to learn, {split.test:,} to test"
    yield Item(group, "Size", f"{count(data.rows, 'row')}, {count(data.features, 'feature')}; {parts}")
    yield Item(group, "Rows left out before the study, impossible and missing values")
    numbers = result.spec.get("preprocessing", {}).get("numbers")
    scaling = f"numbers scaled ({numbers}), pixels by their known range; " if numbers else ""
    yield Item(group, "Transformations", f"{scaling}whatever is fitted is fitted on training rows only")


def _target(result: StudyResult) -> str:
    if result.data.task == "regression":
        return "a number"
    found = result.analysis.out_of_fold if result.analysis else None
    classes = count(len(result.data.classes), "class", "classes")
    if found is None or not found.confusion:
        return classes
    shares = sorted(sum(line) / sum(map(sum, found.confusion)) for line in found.confusion)
    return f"{classes}, of {100 * shares[0]:.3g}% to {100 * shares[-1]:.3g}% of the rows"


def _modelling(result: StudyResult) -> Iterator[Item]:
    group, cv = "Models", result.spec.get("cv", {})
    yield Item(group, "Every model that was tried", f"{count(len(result.trials), 'trial')}, all in trials.csv")
    by = f" by {cv['splitter']}" if "splitter" in cv else ""
    folds = f"{count(len(result.best.fold_scores), 'fold')}{by} of the development rows"
    yield Item(group, "How the final one was chosen", f"highest mean {metric_of(result.spec)} over {folds}")
    look = result.test
    beside = [*(["the default configuration"] if look and look.default else []),
              *(one.name for one in (look.references if look else ()) if one.score is not None)]  # fmt: skip
    yield Item(group, "What it is compared with", ", ".join(beside) or "nothing: the test set has not been looked at")


def _leakage(result: StudyResult) -> Iterator[Item]:
    group, look, source = "Leakage", result.test, result.spec.get("data", {})
    sealed = "split off first, not readable to the search, "
    yield Item(
        group, "Test rows kept apart", sealed + (f"scored {_times(look.times_scored)}" if look else "not looked at")
    )
    groups, time = source.get("groups"), source.get("time")
    known = f"groups of {groups} stay together" if groups else f"rows in the order of {time}" if time else ""
    yield Item(group, "Rows that depend on each other, duplicates", known)
    yield Item(group, "Whether every feature is known when a prediction is made, and none stands for the answer")


def _uncertainty(result: StudyResult) -> Iterator[Item]:
    group, look = "Metrics", result.test
    yield Item(group, "The metric", metric_of(result.spec))
    yield Item(group, "Why this metric")
    yield Item(
        group,
        "Uncertainty of the score",
        f"95% interval, {look.ci_method}" if look else "no score: the test set is sealed",
    )
    test = f"{look.difference.method}, two-sided, fixed beforehand" if look and look.difference else "none was made"
    yield Item(group, "The test behind the comparison", test)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
