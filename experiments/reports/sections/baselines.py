"""What the test score stands beside: the default and plain models, on the same rows."""

from __future__ import annotations

from experiments.evaluation.results import FinalScore, StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Picture,
    Row,
    Section,
    Table,
    counted,
    note,
    sentence,
)
from experiments.reports.formatting import NOTHING, Scores, metric_label
from experiments.reports.methods import reason, reference_name, reference_settings
from experiments.reports.plots.intervals import Dot, dots

COLUMNS = (
    Column("model", number=False),
    Column("test score"),
    Column("95% interval"),
    Column("what it is", number=False),
)


def beside(result: StudyResult) -> Section | None:
    """The tuned model, the default and the references; None without a test score or references."""
    look = result.test
    if look is None or not look.references:
        return None
    metric = metric_label(look.metric)
    alt = f"Test {metric} of the tuned model and of the models beside it, with their 95% intervals"
    picture = Picture("beside", dots("beside", _dots(look), f"test {metric}"), alt)
    blocks: list[Block] = [
        Figures((picture,)),
        Table("Scores on the test set", COLUMNS, _rows(result, look), prose=True),
        note(
            *sentence("All were scored on the same {}.", counted("test.rows", look.rows, "test row")),
            " The plain models were fixed before the study and fitted on the development rows; no test was made of "
            "them, and intervals that overlap do not show that two models are equal.",
        ),
    ]
    return Section("Beside other models", "beside others", tuple(blocks))


def _dots(look: FinalScore) -> list[Dot]:
    default = [Dot("default", look.default.score, None, key="test.default.score")] if look.default else []
    plain = [
        Dot(reference_name(one), one.score, one.ci95, key=f"test.references[{at}].score")
        for at, one in enumerate(look.references)
        if one.score is not None
    ]
    return [Dot("tuned", look.score, look.ci95, main=True, key="test.score"), *default, *plain]


def _rows(result: StudyResult, look: FinalScore) -> tuple[Row, ...]:
    numbers = Scores.like(look.score)
    score, interval = Fact("test.score", numbers.show(look.score)), Fact("test.ci95", numbers.interval(look.ci95))
    won = result.default is not None and result.default.number == result.best.number
    words = "trial {}, the default itself" if won else "trial {}"
    trial = sentence(words, Fact("best.number", str(result.best.number)))
    rows = [Row(("tuned", score, interval, trial), "winner")]
    if look.default and result.default:
        what = sentence("trial {}, fixed before the search", Fact("default.number", str(result.default.number)))
        rows.append(Row(("default", Fact("test.default.score", numbers.show(look.default.score)), NOTHING, what)))
    for at, one in enumerate(look.references):
        key = f"test.references[{at}]"
        name = Fact(f"{key}.id", reference_name(one))
        score = Fact(f"{key}.score", numbers.show(one.score))
        interval = Fact(f"{key}.ci95", numbers.interval(one.ci95) if one.ci95 else NOTHING)
        what = (
            sentence("no score: {}", reason(f"{key}.reason", one.reason))
            if one.reason
            else reference_settings(key, one)
        )
        rows.append(Row((name, score, interval, what), "partial" if one.reason else ""))
    return tuple(rows)
