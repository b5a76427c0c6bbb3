"""What the test score stands beside: the default and plain models, on the same rows in the same look."""

from __future__ import annotations

from experiments.records.results import LookRecord, StudyResult
from experiments.reports.blocks import Block, Column, Figures, Picture, Row, Section, Table, note
from experiments.reports.plots.intervals import Dot, dots
from experiments.reports.wording import NOTHING, Scores, count, metric_label

COLUMNS = (
    Column("model", number=False),
    Column("test score"),
    Column("95% interval"),
    Column("what it is", number=False),
)


def beside(result: StudyResult) -> Section | None:
    """The tuned model, the default and the references; None before the look and without references."""
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
            f"All on the same {count(look.rows, 'test row')}, in one look. The plain models were fixed before the "
            "study and fitted on the development rows; no test was made of them, and intervals that overlap do not "
            "show that two models are equal."
        ),
    ]
    return Section("Beside other models", "beside others", tuple(blocks))


def _dots(look: LookRecord) -> list[Dot]:
    default = [Dot("default", look.default.score, None)] if look.default else []
    plain = [Dot(one.name, one.score, one.ci95) for one in look.references if one.score is not None]
    return [Dot("tuned", look.score, look.ci95, main=True), *default, *plain]


def _rows(result: StudyResult, look: LookRecord) -> tuple[Row, ...]:
    numbers = Scores.like(look.score)
    rows = [
        Row(("tuned", numbers.show(look.score), numbers.interval(look.ci95), f"trial {result.best.number}"), "winner")
    ]
    if look.default and result.default:
        what = f"trial {result.default.number}, fixed before the search"
        rows.append(Row(("default", numbers.show(look.default.score), NOTHING, what)))
    for one in look.references:
        interval = numbers.interval(one.ci95) if one.ci95 else NOTHING
        what = one.settings if one.score is not None else f"no score: {one.reason}"
        rows.append(
            Row((one.name, numbers.show(one.score), interval, what), "" if one.score is not None else "partial")
        )
    return tuple(rows)
