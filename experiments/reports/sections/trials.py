"""The trials: their outcomes, and tables of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from experiments.evaluation.records.results import StudyResult, TrialRecord
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Folded,
    Heading,
    Parts,
    Row,
    Table,
    Text,
    Words,
    counted,
    joined,
    note,
    number,
    sentence,
)
from experiments.reports.formatting import all_parameters, hidden_sizes, is_active, is_layer, label, parameter
from experiments.reports.metrics import Scores, metric_label, metric_of
from experiments.reports.trials_csv import fold_deviation

ALL_SHOWN: Final = 200  # most trials that are all in the table
BEST_SHOWN: Final = 100  # trials in the table of a longer study
TOP: Final = 5
INCOMPLETE: Final = (
    "The epoch is that of the score. Grey italics: the trial did not complete, and the score is its last one."
)


def outcomes(result: StudyResult, trained: Mapping[int, int]) -> Text:
    """Count the trials by their outcome, and their epochs.

    Args:
        trained: number of a trial -> its last epoch; of no trial where that is unknown.
    """
    ends = Counter(ending_of(trial.state, trial.reason) for trial in result.trials)
    pruner = str(result.spec.get("search", {}).get("pruner", "none"))
    by: Words = " (no pruner was used)"
    if pruner != "none":
        by = sentence(" by the {} pruner", Fact("spec.search.pruner", pruner.replace("_", " ")))
    said = sentence(
        "{}: {} complete, {} pruned{}, {} diverged, {} failed.",
        counted("trials.count", len(result.trials), "trial"),
        number("trials.complete", ends["complete"]),
        number("trials.pruned", ends["pruned"]),
        by,
        number("trials.diverged", ends["diverged"]),
        number("trials.failed", ends["failed"]),
    )
    if trained:
        epochs = sum(trained.values())
        longest = max(int(result.spec.get("training", {}).get("epochs", 0)), *trained.values(), 1)
        said += sentence(
            " Together they trained {}, {} of the {} possible ones.",
            counted("stopped.epochs", epochs, "epoch"),
            Fact("stopped.share", f"{100 * epochs / (len(trained) * longest):.0f}%"),
            number("stopped.possible", len(trained) * longest),
        )
    return Text((*said, *_interventions(result)))


def _interventions(result: StudyResult) -> Parts:
    """Name the outcomes that a time limit or a crash caused."""
    forced = [
        sentence(
            "trial {} ({})",
            Fact(f"interventions[{at}].trial", str(failure.trial)),
            Fact(f"interventions[{at}].kind", failure.kind),
        )
        for at, failure in enumerate(result.interventions)
    ]
    if forced:
        return sentence(" Ended by a time limit or a crashed worker: {}.", joined(forced))
    return (" No trial was ended by a time limit or a crashed worker.",)


def trial_tables(result: StudyResult) -> list[Block]:
    """Tabulate the best trials, winner and default always; all of them, or of many the best hundred, are folded."""
    always = {result.best.number, *([result.default.number] if result.default else [])}
    order = enumerate(ranked(trial for trial in result.trials if trial.state == "COMPLETE"))
    best = [trial for place, trial in order if place < TOP or trial.number in always]
    blocks: list[Block] = []
    if len(best) > 1:
        blocks += [
            Heading("Best trials"),
            trial_table("Best trials", result, best),
            note(
                "By selection score, the mean {} over the folds, which is optimistic. The order of close scores may be "
                "chance. Values are rounded; trials.csv has the exact ones.",
                Fact("spec.cv.metric", metric_label(metric_of(result.spec))),
            ),
        ]
    shown, title = sorted(result.trials, key=lambda trial: trial.number), "All trials"
    notes = [INCOMPLETE]
    if len(result.trials) > ALL_SHOWN:
        shown, title = ranked(result.trials)[:BEST_SHOWN], f"The best {BEST_SHOWN} trials"
        notes.append("trials.csv has all trials.")
    blocks.append(Folded(title, (trial_table("Trials", result, shown), note(" ".join(notes)))))
    return blocks


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


def ending_of(state: str, reason: str) -> str:
    """Name how a trial ended.

    >>> ending_of("PRUNED", "diverged"), ending_of("PRUNED", "pruned"), ending_of("FAIL", "worker died")
    ('diverged', 'pruned', 'failed')
    """
    if state == "PRUNED" and reason == "diverged":
        return "diverged"
    return {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}[state]
