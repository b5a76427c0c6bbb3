"""All trials: their outcomes, and a table of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Facts,
    Heading,
    Row,
    Section,
    Table,
    Words,
    counted,
    joined,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.formatting import all_parameters, hidden_sizes, is_active, is_layer, label, parameter
from experiments.reports.metrics import Scores, metric_label
from experiments.reports.trial_lengths import ending_of
from experiments.reports.trials_csv import fold_deviation

ALL_SHOWN = 200  # most trials that are all in the table
BEST_SHOWN = 100  # trials in the table of a longer study
ODD = 30  # most diverged and failed trials that are listed


def trials(result: StudyResult) -> Section:
    """Count the outcomes, list diverged and failed trials, and show the table."""
    ends = Counter(ending_of(trial.state, trial.reason) for trial in result.trials)
    outcomes = [(number(f"trials.{end}", ends[end]), f" {end}") for end in ("complete", "pruned", "diverged", "failed")]
    if len(result.trials) > ALL_SHOWN:
        shown, words = ranked(result.trials)[:BEST_SHOWN], f"The best {BEST_SHOWN} of {{}}; trials.csv has them all."
    else:
        shown, words = sorted(result.trials, key=lambda trial: trial.number), "All {}, in the order of their numbers."
    if len(result.trials) == 1:
        words = "{}, and no other."
    blocks: list[Block] = [
        text("{}.", joined(outcomes)),
        *_odd(result),
        trial_table("Trials", result, shown),
        note(
            words + " The epoch is that of the score. Grey italics: the trial did not complete, and the score is its "
            "last one.",
            counted("trials.count", len(result.trials), "trial"),
        ),
    ]
    return Section("Trials", "trials", tuple(blocks))


def ranked(trials: Iterable[TrialRecord]) -> list[TrialRecord]:
    """Sort complete trials by value, best first, and the others behind them by number."""
    return sorted(trials, key=lambda trial: (trial.value is None, -(trial.value or 0.0), trial.number))


def trial_table(title: str, result: StudyResult, trials: Sequence[TrialRecord]) -> Table:
    """Make a table of trials, with the winner and incomplete trials marked."""
    scores = Scores.of_selection(result)
    names = all_parameters(trial.params for trial in trials)
    single = [name for name in names if not is_layer(name)]
    layered = len(single) < len(names)
    columns = [
        Column("trial"),
        Column("outcome", number=False),
        Column(Fact("spec.cv.metric", metric_label(scores.metric))),
        *map(Column, ("sd of folds", "epoch", *(["hidden layers"] if layered else []))),
        *(Column(Fact(f"names.{name}", label(name))) for name in single),
    ]
    rows = tuple(_row(result, trial, scores, single, layered) for trial in trials)
    return Table(title, tuple(columns), rows, wide=True)


def _row(result: StudyResult, trial: TrialRecord, scores: Scores, names: list[str], layered: bool) -> Row:
    key, complete = f"trials[{trial.number}]", trial.state == "COMPLETE"
    roles = {"winner": result.best.number, "default": result.default.number if result.default else 0}
    role = ", ".join(role for role, number in roles.items() if number == trial.number)
    ended: Words = Fact(f"{key}.outcome", outcome(trial))
    deviation = fold_deviation(trial.fold_scores) if complete else None
    used = {name: value for name, value in trial.params.items() if is_active(name, trial.params, result.spec)}
    return Row(
        Fact(f"{key}.number", str(trial.number)),
        sentence("{} ({})", ended, Fact(f"{key}.role", role)) if role else ended,
        Fact(f"{key}.value", scores.show(trial.value)) if complete else Fact(f"{key}.last", scores.show(trial.last)),
        Fact(f"{key}.deviation", scores.size(deviation)),
        Fact(f"{key}.epochs", str(trial.epochs)),
        *([Fact(f"{key}.hidden", hidden_sizes(trial.params, result.spec))] if layered else []),
        *(Fact(f"{key}.params.{name}", parameter(used.get(name))) for name in names),
        kind="winner" if trial.number == result.best.number else "" if complete else "partial",
    )


def outcome(trial: TrialRecord) -> str:
    """Name how a trial ended, with the reason.

    >>> outcome(TrialRecord(number=0, state="FAIL", reason="worker died", params={}, value=None, last=None, epochs=0,
    ...                     fold_scores=()))
    'failed, worker died'
    """
    if trial.state == "FAIL" and trial.reason:
        return f"failed, {trial.reason}"
    return trial.reason or ending_of(trial.state, trial.reason)


def _odd(result: StudyResult) -> list[Block]:
    """List trials that diverged or failed, and outcomes that a time limit or a crash caused."""
    odd = [trial for trial in result.trials if ending_of(trial.state, trial.reason) in ("diverged", "failed")]
    odd.sort(key=lambda trial: trial.number)
    facts: list[tuple[Words, Words]] = []
    for trial in odd[:ODD]:
        key = f"trials[{trial.number}]"
        ended = Fact(f"{key}.outcome", outcome(trial))
        epochs = counted(f"{key}.epochs", trial.epochs, "epoch")
        name = sentence("trial {}", Fact(f"{key}.number", str(trial.number)))
        facts.append((name, sentence("{} after {}", ended, epochs)))
    if len(odd) > ODD:
        facts.append(("and", sentence("{} more, in trials.csv", number("trials.odd.rest", len(odd) - ODD))))
    blocks: list[Block] = [Heading("Diverged and failed trials"), Facts(tuple(facts))] if odd else []
    forced = [
        sentence(
            "trial {} ({})",
            Fact(f"interventions[{at}].trial", str(failure.trial)),
            Fact(f"interventions[{at}].kind", failure.kind),
        )
        for at, failure in enumerate(result.interventions)
    ]
    if forced:
        return [*blocks, text("Ended by a time limit or a crashed worker: {}.", joined(forced))]
    return [*blocks, text("No trial was ended by a time limit or a crashed worker.")]
