"""Every trial and how it ended."""

from __future__ import annotations

from experiments.evaluation.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Facts,
    Heading,
    Row,
    RowKind,
    Section,
    Table,
    Words,
    counted,
    joined,
    note,
    number,
    plain,
    sentence,
    text,
)

ODD = 30  # trials named one by one


def trials(result: StudyResult) -> Section:
    """Counts, the trials that did not end by themselves, and the table."""
    table = tables.trial_table(result)
    blocks: list[Block] = [
        text(*joined([(number(f"trials.{name}", many), f" {name}") for name, many in tables.counts(result)]), "."),
        *_odd(result),
        trial_rows("Trials", table),
        note(
            *(table.rest or ("All trials, by number.",)),
            " The epoch is that of the score. In grey italics: not completed; the score is the last one seen.",
        ),
    ]
    return Section("Trials", "trials", tuple(blocks))


def trial_rows(title: str, table: tables.TrialTable) -> Table:
    """Trials as a table, the winner and the unfinished ones marked."""
    fixed = (Column("trial"), Column("outcome", number=False), *map(Column, ("score", "sd of folds", "epoch")))
    return Table(title, (*fixed, *map(Column, table.names)), tuple(map(_row, table.rows)), wide=True)


def _row(row: tables.TrialRow) -> Row:
    kind: RowKind = "" if row.complete else "partial"
    role = sentence("{} ({})", row.outcome, row.role) if row.role.text else row.outcome
    cells = (row.number, role, row.score, row.deviation, row.epochs, *row.settings)
    return Row(cells, "winner" if "winner" in plain(row.role) else kind)


def _odd(result: StudyResult) -> list[Block]:
    """Trials that diverged or failed, with where; outcomes that a clock or a death caused."""
    odd = [one for one in sorted(result.trials, key=lambda one: one.number) if tables.is_odd(one)]
    blocks: list[Block] = []
    if odd:
        facts: list[tuple[Words, Words]] = []
        for one in odd[:ODD]:
            key = f"trials[{one.number}]"
            ended = Fact(f"{key}.outcome", tables.outcome(one)), counted(f"{key}.epochs", one.epochs, "epoch")
            facts.append(
                (sentence("trial {}", Fact(f"{key}.number", str(one.number))), sentence("{} after {}", *ended))
            )
        more = number("trials.odd.rest", len(odd) - ODD)
        rest: list[tuple[Words, Words]] = [("and", sentence("{} more, in trials.csv", more))] if len(odd) > ODD else []
        blocks += [Heading("Diverged and failed"), Facts((*facts, *rest))]
    if result.interventions:
        named = [
            sentence(
                "trial {} ({})",
                Fact(f"interventions[{at}].trial", str(one.trial)),
                Fact(f"interventions[{at}].kind", one.kind),
            )
            for at, one in enumerate(result.interventions)
        ]
        return [*blocks, text(*sentence("Outcomes that a clock or a death caused: {}.", joined(named)))]
    return [*blocks, text("No intervention: no outcome was caused by a clock or a death.")]
