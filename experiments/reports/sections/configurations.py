"""The best configuration beside the default, and the next best ones."""

from __future__ import annotations

from experiments.evaluation.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import Block, Fact, Heading, Row, Section, Table, columns, note, sentence
from experiments.reports.formatting import metric_of
from experiments.reports.sections.trials import trial_rows

TOP = 5


def configurations(result: StudyResult) -> Section:
    """Setting by setting the winner and the default, then the highest scores."""
    rows = tables.configurations(result)
    named = ["tuned", "default"] if result.default else ["tuned"]
    cells = tuple(Row((row.name, row.best, row.default)[: 1 + len(named)]) for row in rows)
    blocks: list[Block] = [
        Table("Best configuration", columns(*named), cells),
        note("Rounded; the exact values are in results.json."),
    ]
    table = tables.top(result, TOP)
    if len(table.rows) > 1:
        blocks += [
            Heading("The highest scores"),
            trial_rows("The highest scores", table),
            note(
                *sentence(
                    "By selection score, mean {} over the folds (optimistic).",
                    Fact("spec.cv.metric", metric_of(result.spec)),
                ),
                " Close ones may owe their order to luck.",
            ),
        ]
    return Section("Best configuration", "configuration", tuple(blocks))
