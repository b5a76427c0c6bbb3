"""A checklist for studies by machine learning: the study's own answers, and items that only the author can answer.

Source: Kapoor et al. (2024), REFORMS: Consensus-based Recommendations for Machine-learning-based Science, Science
Advances 10(18). The items are ours, shortened from its 32.
"""

from __future__ import annotations

from typing import Final

from experiments.evaluation.final_model.final_kind import holds_default, keeps_smallest
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Code,
    Column,
    Fact,
    Folded,
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
from experiments.reports.formatting import columns_named
from experiments.reports.headline import scored_baselines
from experiments.reports.methods import difference_method, interval_method
from experiments.reports.metrics import metric_label, metric_of
from experiments.reports.outer_fold import searched
from experiments.reports.sections.transformations import transformations
from experiments.reports.split import both_sides, drawn_for_folds, folds, origin

OPEN: Final = "not answered"
KEYS: Final = ("purpose", "intended_use", "source", "limits")  # of [report], each the answer to an item
UNSCORED: Final = ": this result has no test score"
COLUMNS: Final = (Column("item", number=False), Column("answer", number=False))


def checklist(result: StudyResult) -> Section:
    """List every item with its answer, and mark the open ones."""
    rows = [Row(item, answer or OPEN, kind="" if answer else "open") for item, answer in _items(result).items()]
    still_open = sum(row.kind == "open" for row in rows)
    answers = [_said(result, key) for key in KEYS]
    by_author = len([answer for answer in answers if answer])
    explanation = note(
        "After REFORMS (Kapoor et al. 2024). The study itself answers {} of {} items{}; {}.",
        number("checklist.answered", len(rows) - still_open - by_author),
        number("checklist.items", len(rows)),
        sentence(", its author {}", number("checklist.by_author", by_author)) if by_author else "",
        sentence("only its author can answer the other {}", number("checklist.open", still_open))
        if still_open
        else "none is open",
    )
    table = Table("Checklist", COLUMNS, tuple(rows), prose=True)
    blocks: list[Block] = [explanation, table if by_author else Folded("All items", (table,))]
    if by_author < len(KEYS):
        keys = joined([Code(key) for key, answer in zip(KEYS, answers, strict=True) if not answer])
        blocks.append(note("In {} of the study file, {} answer open items.", Code("[report]"), keys))
    return Section("Checklist", "checklist", tuple(blocks))


def _said(result: StudyResult, key: str) -> Words:
    """Return the author's text of a key; "" without one."""
    said: str = "" if result.report is None else getattr(result.report, key)
    return Fact(f"report.{key}", said) if said else ""


def _items(result: StudyResult) -> dict[str, Words]:
    """Map each item to its answer; "" where only the author can answer."""
    data = result.data
    return {
        "Population that the result is about, and why": _said(result, "purpose"),
        "Reason for a learning method, and use of its predictions": _said(result, "intended_use"),
        "Data, identified": sentence(
            "{}, fingerprint {}",
            Fact("data.name", data.name),
            Fact("data.fingerprint", f"{data.fingerprint[:12]}…"),
        ),
        "Code, versions and machine": "under “This run”",
        "Script for all the numbers": "under “Reproduce this study”",
        **_about_data(result),
        "Every model that was tried": _tried(result),
        "Choice of the final model": _chosen(result),
        "Comparison": _compared(result),
        "Test rows kept apart": sentence("{}{}", _apart(result), "" if result.test else UNSCORED),
        "Rows that depend on each other": _dependence(result),
        "Is every feature known when a prediction is made, and none a substitute for the answer?": "",
        **_about_metrics(result),
        "Evidence on data from elsewhere or from later": "",
        "Cases in which the result should not be expected to hold": _said(result, "limits"),
    }


def _about_data(result: StudyResult) -> dict[str, Words]:
    data = result.data
    source = "Origin of rows and labels: by whom, when and how; what was left out before the study"
    return {
        source: _said(result, "source"),
        "Do the rows represent the population?": "",
        "Target": _target(result),
        "Size": sentence(
            "{}, {}; {}",
            counted("data.rows", data.rows, "row"),
            counted("data.features", data.features, "feature"),
            both_sides(result),
        ),
        "Missing values and duplicates": _counted(result),
        "Transformations": transformations(result),
    }


def _about_metrics(result: StudyResult) -> dict[str, Words]:
    test = result.test
    interval: Words = f"no score{UNSCORED}"
    comparison: Words = "none"
    if test is not None:
        interval = sentence("95% interval, {}", interval_method(test))
    if test is not None and test.difference is not None:
        fixed = ", fixed beforehand" if test.times_scored == 1 else "; these rows had been scored before"
        comparison = sentence("{}, two-sided{}", difference_method(test.difference), fixed)
    return {
        "Metric": _metric(result),
        "Reason for this metric": "",
        "Uncertainty of the score": interval,
        "Statistical test of the comparison": comparison,
    }


def _metric(result: StudyResult) -> Fact:
    return Fact("spec.cv.metric", metric_label(metric_of(result.spec)))


def _chosen(result: StudyResult) -> Parts:
    kept = "the best, whose networks are averaged with the default's" if holds_default(result) else "the best"
    if keeps_smallest(result):
        kept = "the smallest network within one standard error of the best"
    if len(result.trials) == 1:
        kept = "the epoch of the only trial"
    some = sentence("{} of ", drawn) if (drawn := drawn_for_folds(result)) else ""
    words = "by the mean {} over {} of {}the development rows: {}"
    return sentence(words, _metric(result), folds(result), some, kept)


def _tried(result: StudyResult) -> Parts:
    trials, searches = len(result.trials), searched(result)
    if result.outer is None:
        return sentence("{}, all in trials.csv", counted("trials.count", trials, "trial"))
    return sentence(
        "{} in {}: {} in trials.csv, the others in the folders of the outer folds",
        counted("searches.trials", sum(searches), "trial"),
        counted("searches.count", len(searches), "search", "searches"),
        number("trials.count", trials),
    )


def _apart(result: StudyResult) -> Parts:
    if result.outer is not None:
        return ("each outer fold split off first, not readable to the search whose choice it scores",)
    rows = counted("split.test", result.split.test, "row")
    return sentence("{}, not readable to the search", origin(result, rows))


def _target(result: StudyResult) -> Words:
    if result.data.task == "regression":
        return "a number"
    classes = counted("data.classes.count", len(result.data.classes), "class", "classes")
    predictions = result.analysed.out_of_fold
    if predictions is None or not predictions.confusion:
        return classes
    sizes = [sum(line) for line in predictions.confusion]
    least = percent("classes.share.least", min(sizes) / sum(sizes))
    most = percent("classes.share.most", max(sizes) / sum(sizes))
    return sentence("{}, with {} to {} of the rows each", classes, least, most)


def _compared(result: StudyResult) -> Parts:
    if (test := result.test) is None:
        return ("nothing", UNSCORED)
    baselines = [one.name for one in scored_baselines(result, test)]
    return joined(["the default configuration" if test.default else "", *baselines]) or ("nothing",)


def _counted(result: StudyResult) -> Parts:
    """Count missing cells of the development rows and copies of rows; nothing of what older results did not record."""
    reading, missing, copies = result.reading, result.data.missing, result.copies
    parts: list[Words] = []
    holes = [one.missing for one in reading.columns if one.missing] if reading is not None else []
    if holes:
        cells = counted("missing.cells", sum(holes), "missing cell")
        columns = counted("missing.columns", len(holes), "column")
        parts.append(sentence("{} in {} of the development rows", cells, columns))
    elif missing is not None and not (missing.number or missing.category):
        parts.append("no cell is missing in the development rows")
    if copies is not None:
        parts.append(
            counted("copies.rows", copies.rows, "row is a copy of an earlier one", "rows are copies of earlier ones")
            if copies.rows
            else "no row is equal to another in the columns that are compared; near copies were not looked for"
        )
    return joined(parts, "; ")


def _dependence(result: StudyResult) -> Words:
    source = result.spec.get("data", {})
    if source.get("groups"):
        return sentence("groups of {} stay together", Fact("spec.data.groups", source["groups"]))
    if not source.get("time"):
        return ""
    return sentence("rows in the order of {}", Fact("spec.data.time", columns_named(source["time"])))
