"""The test score beside those of the default and of the baselines, on the same rows."""

from __future__ import annotations

from experiments.evaluation.records.results import BaselineRecord, StudyResult
from experiments.reports.blocks import (
    Column,
    Fact,
    Figures,
    Picture,
    Row,
    Section,
    Table,
    Words,
    counted,
    note,
    number,
    sentence,
)
from experiments.reports.formatting import NOTHING
from experiments.reports.methods import baseline_name, baseline_settings, reason
from experiments.reports.metrics import Scores, label_of_class
from experiments.reports.outer_fold import tuned
from experiments.reports.plots.intervals import Dot, dots, has_arrow


def baselines(result: StudyResult) -> Section | None:
    """Compare the tuned model with the default and the baselines; None without a test score or baselines."""
    test = result.test
    if test is None or not test.references:
        return None
    scores, label = Scores.like(test.metric, test.score), label_of_class(test.metric, result.data.classes)
    metric = Fact("test.metric", label)
    model = sentence("trial {}", Fact("best.number", str(result.best.number)))
    score = Fact("test.score", scores.show(test.score))
    rows = [Row(tuned(result), score, Fact("test.ci95", scores.interval(test.ci95)), model, kind="winner")]
    drawn = [Dot(tuned(result), test.score, test.ci95, main=True, key="test.score")]
    if test.default and result.default:
        model = sentence(
            "trial {}, fixed before the search{}", Fact("default.number", str(result.default.number)), _fitted(result)
        )
        score = Fact("test.default.score", scores.show(test.default.score))
        limits = test.default.ci95
        interval = NOTHING if limits is None else Fact("test.default.ci95", scores.interval(limits))
        rows.append(Row("default", score, interval, model))
        drawn.append(Dot("default", test.default.score, limits, key="test.default.score"))
    for at, baseline in enumerate(test.references):
        key = f"test.references[{at}]"
        rows.append(_row(key, baseline, scores))
        if baseline.score is not None:
            drawn.append(Dot(baseline_name(baseline), baseline.score, baseline.ci95, key=f"{key}.score"))
    names = ", ".join(row.name for row in drawn)
    picture = Picture(
        "baselines",
        dots(drawn, test.metric, "test"),
        f"Test {label} with 95% intervals: {names}",
        f"Lines are 95% intervals; the dotted line marks the {tuned(result)} model."
        + (" An arrow on the edge is a score far off the scale." if has_arrow(drawn) else ""),
    )
    columns = (
        Column("model", number=False),
        Column(sentence("test {}", metric)),
        Column("95% interval"),
        Column("description", number=False),
    )
    return Section(
        "Baselines",
        "baselines",
        (
            Figures((picture,)),
            Table("Scores on the test set", columns, tuple(rows), prose=True),
            note(
                "All models were scored on the same {}. The baselines were fixed before the study and fitted on the "
                "development rows. They were not compared by a test, and overlapping intervals do not show that two "
                "models are equal.",
                counted("test.rows", test.rows, "test row"),
            ),
        ),
    )


def _fitted(result: StudyResult) -> Words:
    """Describe the networks of the default that were tested."""
    final = result.final
    if final is None or final.default_epochs is None:
        return ""
    epochs = counted("final.default_epochs", final.default_epochs, "epoch")
    mean = sentence("the mean of {} networks, ", number("final.members", final.members)) if final.members > 1 else ""
    return sentence("; {}trained for {}", mean, epochs)


def _row(key: str, baseline: BaselineRecord, scores: Scores) -> Row:
    score = Fact(f"{key}.score", scores.show(baseline.score))
    interval = Fact(f"{key}.ci95", scores.interval(baseline.ci95) if baseline.ci95 else NOTHING)
    if baseline.reason:
        model = sentence("no score: {}", reason(f"{key}.reason", baseline.reason))
    else:
        model = baseline_settings(key, baseline)
    name = Fact(f"{key}.id", baseline_name(baseline))
    return Row(name, score, interval, model, kind="partial" if baseline.reason else "")
