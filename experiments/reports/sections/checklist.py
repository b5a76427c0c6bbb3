"""What a study by machine learning should tell: what the platform knows is filled in, the rest stays open.

Source: Kapoor et al. (2024), REFORMS: Consensus-based Recommendations for Machine-learning-based Science, Science
Advances 10(18). The items are ours, shortened from its 32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import (
    Column,
    Fact,
    Names,
    Parts,
    Row,
    Section,
    Table,
    Words,
    counted,
    joined,
    note,
    number,
    sentence,
)
from experiments.reports.formatting import metric_of
from experiments.reports.methods import difference_method, interval_method, reference_name
from experiments.reports.sections.transformations import transformations

OPEN: Final = "not answered"
UNSCORED: Final[Parts] = (": this result has no test score",)
COLUMNS: Final = (Column("", number=False), Column("what", number=False), Column("answer", number=False))


@dataclass(frozen=True)
class Item:
    """answer is empty where only the author can give it."""

    group: str
    what: str
    answer: Words = ""


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
                *sentence(
                    "After REFORMS (Kapoor et al. 2024). {} of {} items are answered by the study itself; the other {} "
                    "only its author can answer.",
                    number("checklist.answered", answered),
                    number("checklist.items", len(items)),
                    number("checklist.open", len(items) - answered),
                )
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
    yield Item(group, "The data, identified", _identified(result))
    yield Item(group, "Code, versions and machine", "under “This run”")
    yield Item(group, "A script for all the numbers", "under “The same again”")


def _data(result: StudyResult) -> Iterator[Item]:
    group, data, split = "Data", result.data, result.split
    yield Item(group, "How, when and by whom rows and labels were collected")
    yield Item(group, "Whether the rows stand for the population")
    yield Item(group, "What is predicted", _target(result))
    size = sentence(
        "{}, {}; {} to learn, {} to test",
        counted("data.rows", data.rows, "row"),
        counted("data.features", data.features, "feature"),
        number("split.development", split.development),
        number("split.test", split.test),
    )
    yield Item(group, "Size", size)
    yield Item(group, "Rows left out before the study, impossible and missing values")
    yield Item(group, "Transformations", transformations(result))


def _identified(result: StudyResult) -> Parts:
    name = Names((Fact("data.name", result.data.name),))
    return sentence("{}, fingerprint {}", name, Fact("data.fingerprint", f"{result.data.fingerprint[:12]}…"))


def _target(result: StudyResult) -> Words:
    if result.data.task == "regression":
        return "a number"
    found = result.analysis.out_of_fold if result.analysis else None
    classes = counted("data.classes.count", len(result.data.classes), "class", "classes")
    if found is None or not found.confusion:
        return classes
    shares = sorted(sum(line) / sum(map(sum, found.confusion)) for line in found.confusion)
    least, most = (
        Fact(f"classes.share.{name}", f"{100 * share:.3g}%")
        for name, share in (("least", shares[0]), ("most", shares[-1]))
    )
    return sentence("{}, of {} to {} of the rows", classes, least, most)


def _modelling(result: StudyResult) -> Iterator[Item]:
    group, cv = "Models", result.spec.get("cv", {})
    yield Item(
        group,
        "Every model that was tried",
        (*counted("trials.count", len(result.trials), "trial"), ", all in trials.csv"),
    )
    chosen = sentence(
        "highest mean {} over {}{} of the development rows",
        Fact("spec.cv.metric", metric_of(result.spec)),
        counted("best.fold_scores.count", len(result.best.fold_scores), "fold"),
        sentence(" by {}", Fact("spec.cv.splitter", cv["splitter"])) if "splitter" in cv else "",
    )
    yield Item(group, "How the final one was chosen", chosen)
    look = result.test
    beside = [
        Fact(f"test.references[{at}].id", reference_name(one))
        for at, one in enumerate(look.references if look else ())
        if one.score is not None
    ]
    compared = joined([*(["the default configuration"] if look and look.default else []), *beside])
    yield Item(group, "What it is compared with", compared or ("nothing", *UNSCORED))


def _leakage(result: StudyResult) -> Iterator[Item]:
    group, look, source = "Leakage", result.test, result.spec.get("data", {})
    yield Item(
        group, "Test rows kept apart", ("split off first, not readable to the search", *(() if look else UNSCORED))
    )
    groups, time = source.get("groups"), source.get("time")
    known: Words = ""
    if groups:
        known = sentence("groups of {} stay together", Names((Fact("spec.data.groups", groups),)))
    elif time:
        known = sentence("rows in the order of {}", Names((Fact("spec.data.time", time),)))
    yield Item(group, "Rows that depend on each other, duplicates", known)
    yield Item(group, "Whether every feature is known when a prediction is made, and none stands for the answer")


def _uncertainty(result: StudyResult) -> Iterator[Item]:
    group, look = "Metrics", result.test
    yield Item(group, "The metric", Fact("spec.cv.metric", metric_of(result.spec)))
    yield Item(group, "Why this metric")
    yield Item(
        group,
        "Uncertainty of the score",
        sentence("95% interval, {}", interval_method(look)) if look else ("no score", *UNSCORED),
    )
    compared = look.difference if look else None
    test: Words = "none was made"
    if compared:
        test = sentence("{}, two-sided, fixed beforehand", difference_method(compared))
    yield Item(group, "The test behind the comparison", test)
