"""Every trial and how it ended."""

from __future__ import annotations

from experiments.records.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import Block, Column, Facts, Heading, Row, RowKind, Section, Table, note, text
from experiments.reports.wording import count

ODD = 30  # trials named one by one


def trials(result: StudyResult) -> Section:
    """Counts, the trials that did not end by themselves, and the table."""
    table = tables.trial_table(result)
    blocks: list[Block] = [
        text(", ".join(f"{number} {name}" for name, number in tables.counts(result)) + "."),
        *_odd(result),
        trial_rows("Trials", table),
        note(
            f"{table.rest or 'All trials, by number.'} The epoch is that of the score. "
            "In grey italics: not completed; the score is the last one seen."
        ),
    ]
    return Section("Trials", "trials", tuple(blocks))


def trial_rows(title: str, table: tables.TrialTable) -> Table:
    """Trials as a table, the winner and the unfinished ones marked."""
    fixed = (Column("trial"), Column("outcome", number=False), *map(Column, ("score", "sd of folds", "epoch")))
    return Table(title, (*fixed, *map(Column, table.names)), tuple(map(_row, table.rows)), wide=True)


def _row(row: tables.TrialRow) -> Row:
    kind: RowKind = "" if row.complete else "partial"
    role = f"{row.outcome} ({row.role})" if row.role else row.outcome
    cells = (str(row.number), role, row.score, row.deviation, row.epochs, *row.settings)
    return Row(cells, "winner" if "winner" in row.role else kind)


def _odd(result: StudyResult) -> list[Block]:
    """Trials that diverged or failed, with where; outcomes that a clock or a death caused."""
    odd = [one for one in sorted(result.trials, key=lambda one: one.number) if tables.is_odd(one)]
    blocks: list[Block] = []
    if odd:
        facts = [
            (f"trial {one.number}", f"{tables.outcome(one)} after {count(one.epochs, 'epoch')}") for one in odd[:ODD]
        ]
        rest = [("and", f"{len(odd) - ODD} more, in trials.csv")] if len(odd) > ODD else []
        blocks += [Heading("Diverged and failed"), Facts((*facts, *rest))]
    if result.interventions:
        named = ", ".join(f"trial {one.trial} ({one.kind})" for one in result.interventions)
        return [*blocks, text(f"Outcomes that a clock or a death caused: {named}.")]
    return [*blocks, text("No intervention: no outcome was caused by a clock or a death.")]
