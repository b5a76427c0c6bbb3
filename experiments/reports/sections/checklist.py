"""A checklist for studies by machine learning: the study's own answers, and items that only the author can answer.

Source: Kapoor et al. (2024), REFORMS: Consensus-based Recommendations for Machine-learning-based Science, Science
Advances 10(18). The items are ours, shortened from its 32.
"""

from __future__ import annotations

from typing import Final

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import (
    Column,
    Fact,
    Parts,
    Row,
    Section,
    Table,
    Words,
    counted,
    joined,
    note,
    number,
    percent,
    sentence,
)
from experiments.reports.headline import keeps_smallest
from experiments.reports.methods import baseline_name, difference_method, interval_method
from experiments.reports.metrics import metric_label, metric_of
from experiments.reports.sections.data import folds
from experiments.reports.sections.transformations import transformations

OPEN: Final = "not answered"
UNSCORED: Final = ": this result has no test score"
COLUMNS: Final = (Column("", number=False), Column("item", number=False), Column("answer", number=False))


def checklist(result: StudyResult) -> Section:
    """List every item with its answer, and mark the open ones."""
    rows = []
    for group, items in _items(result).items():
        for at, (item, answer) in enumerate(items.items()):
            rows.append(Row(("" if at else group, item, answer or OPEN), "" if answer else "open"))
    still_open = sum(row.kind == "open" for row in rows)
    explanation = note(
        "After REFORMS (Kapoor et al. 2024). The study itself answers {} of {} items; only its author can answer the "
        "other {}.",
        number("checklist.answered", len(rows) - still_open),
        number("checklist.items", len(rows)),
        number("checklist.open", still_open),
    )
    return Section("Checklist", "checklist", (explanation, Table("Checklist", COLUMNS, tuple(rows), prose=True)))


def _items(result: StudyResult) -> dict[str, dict[str, Words]]:
    """Map each group to its items, and each item to its answer; "" where only the author can answer."""
    data, split, test, outer = result.data, result.split, result.test, result.outer
    metric = Fact("spec.cv.metric", metric_label(metric_of(result.spec)))
    return {
        "Goal": {
            "Population that the result is about, and why": "",
            "Reason for a learning method, and use of its predictions": "",
        },
        "Reproducibility": {
            "Data, identified": sentence(
                "{}, fingerprint {}",
                Fact("data.name", data.name),
                Fact("data.fingerprint", f"{data.fingerprint[:12]}…"),
            ),
            "Code, versions and machine": "under “This run”",
            "Script for all the numbers": "under “Reproduce this study”",
        },
        "Data": {
            "Origin of rows and labels: by whom, when and how": "",
            "Do the rows represent the population?": "",
            "Target": _target(result),
            "Size": sentence(
                "{}, {}; {} for development, {} for the test" + ("" if outer is None else ", in outer folds"),
                counted("data.rows", data.rows, "row"),
                counted("data.features", data.features, "feature"),
                number("split.development", split.development),
                number("split.test", split.test),
            ),
            "Rows left out before the study, impossible and missing values": "",
            "Transformations": transformations(result),
        },
        "Models": {
            "Every model that was tried": (
                *counted("trials.count", len(result.trials), "trial"),
                ", all in trials.csv",
            ),
            "Choice of the final model": sentence(
                "{} mean {} over {} of the development rows", _chosen(result), metric, folds(result)
            ),
            "Comparison": _compared(result),
        },
        "Leakage": {
            "Test rows kept apart": f"{_apart(result)}{'' if test else UNSCORED}",
            "Rows that depend on each other, duplicates": _dependence(result),
            "Is every feature known when a prediction is made, and none a substitute for the answer?": "",
        },
        "Metrics": {
            "Metric": metric,
            "Reason for this metric": "",
            "Uncertainty of the score": sentence("95% interval, {}", interval_method(test))
            if test
            else f"no score{UNSCORED}",
            "Statistical test of the comparison": sentence(
                "{}, two-sided, fixed beforehand", difference_method(test.difference)
            )
            if test and test.difference
            else "none",
        },
        "Limits": {
            "Evidence on data from elsewhere or from later": "",
            "Cases in which the result should not be expected to hold": "",
        },
    }


def _chosen(result: StudyResult) -> str:
    return "smallest network within one standard error of the best" if keeps_smallest(result) else "best"


def _apart(result: StudyResult) -> str:
    if result.outer is not None:
        return "each outer fold split off first, not readable to the search whose choice it scores"
    return "split off first, not readable to the search"


def _target(result: StudyResult) -> Words:
    if result.data.task == "regression":
        return "a number"
    classes = counted("data.classes.count", len(result.data.classes), "class", "classes")
    predictions = result.analysis.out_of_fold if result.analysis else None
    if predictions is None or not predictions.confusion:
        return classes
    sizes = [sum(line) for line in predictions.confusion]
    least = percent("classes.share.least", min(sizes) / sum(sizes))
    most = percent("classes.share.most", max(sizes) / sum(sizes))
    return sentence("{}, with {} to {} of the rows each", classes, least, most)


def _compared(result: StudyResult) -> Parts:
    if (test := result.test) is None:
        return ("nothing", UNSCORED)
    baselines = [
        Fact(f"test.references[{at}].id", baseline_name(baseline))
        for at, baseline in enumerate(test.references)
        if baseline.score is not None
    ]
    return joined(["the default configuration" if test.default else "", *baselines]) or ("nothing",)


def _dependence(result: StudyResult) -> Words:
    source = result.spec.get("data", {})
    if source.get("groups"):
        return sentence("groups of {} stay together", Fact("spec.data.groups", source["groups"]))
    return sentence("rows in the order of {}", Fact("spec.data.time", source["time"])) if source.get("time") else ""
