"""The report's tables, as facts to be set in columns: configurations, trials, counts and hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from experiments.evaluation.results import Parameters, StudyResult, TrialRecord
from experiments.reports.blocks import Code, Fact, Parts, Words, number, sentence
from experiments.reports.formatting import (
    NOTHING,
    Scores,
    all_parameters,
    hidden,
    is_active,
    is_layer,
    label,
    network,
    parameter,
)
from experiments.reports.trials_csv import fold_deviation

ALL_SHOWN: Final = 200  # a table of so many trials is shown whole,
BEST_SHOWN: Final = 100  # of a longer one the best


@dataclass(frozen=True)
class ConfigurationRow:
    """One setting of the winner and, next to it, of the default; default is "" where there is none."""

    name: Words
    best: Fact
    default: Words


@dataclass(frozen=True)
class SelectionRow:
    """A configuration's score over the folds, with its deviation over them."""

    name: str
    trial: Fact
    score: Fact
    deviation: Fact


@dataclass(frozen=True)
class TrialRow:
    """One trial; complete tells a value from a last score, role is "winner", "default", both or "" """

    number: Fact
    role: Fact
    outcome: Fact
    complete: bool
    score: Fact
    deviation: Fact
    epochs: Fact
    settings: tuple[Fact, ...]


@dataclass(frozen=True)
class TrialTable:
    """The trials that are shown, the names of the settings' columns, and a line about those that are not."""

    names: tuple[Words, ...]
    rows: tuple[TrialRow, ...]
    rest: Parts


def configurations(result: StudyResult) -> tuple[ConfigurationRow, ...]:
    """The best configuration next to the default one, setting by setting; units of absent layers are left out."""
    best, default, spec = result.best.params, result.default.params if result.default else None, result.spec
    tuned, plain = (Fact(f"{of}.network", network(params or {}, spec)) for of, params in _both(result))
    rows: list[tuple[Words, Fact, Fact]] = [("network", tuned, plain)]
    for name in all_parameters([best, default or {}]):
        pairs = [(config, config is not None and is_active(name, config, spec)) for config in (best, default)]
        if name != "hidden_layers" and any(use for _, use in pairs):
            ours, theirs = (
                Fact(f"{of}.params.{name}", parameter(config[name]) if config and use else NOTHING)
                for (of, _), (config, use) in zip(_both(result), pairs, strict=True)
            )
            rows.append((Fact(f"names.{name}", label(name)), ours, theirs))
    of_default = result.trials[result.default.number] if result.default else None
    epochs = Fact(f"trials[{of_default.number}].epochs", str(of_default.epochs)) if of_default else tuned
    rows.append(("epochs of the refit", Fact("best.epochs", str(result.best.epochs)), epochs))
    return tuple(ConfigurationRow(name, ours, theirs if default is not None else "") for name, ours, theirs in rows)


def _both(result: StudyResult) -> tuple[tuple[str, Parameters | None], ...]:
    return ("best", result.best.params), ("default", result.default.params if result.default else None)


def selection(result: StudyResult) -> tuple[SelectionRow, ...]:
    """The selection scores of the winner and of the default."""
    numbers = Scores.like(result.best.cv_mean)
    named = [("tuned", "best", result.best), ("default", "default", result.default)]
    return tuple(
        SelectionRow(
            name,
            Fact(f"{key}.number", str(config.number)),
            Fact(f"{key}.cv_mean", numbers.show(config.cv_mean)),
            Fact(f"{key}.cv_std", numbers.show(config.cv_std)),
        )
        for name, key, config in named
        if config is not None
    )


def trial_table(result: StudyResult) -> TrialTable:
    """All trials in the order of their numbers, or of many the best ones, best first."""
    if len(result.trials) > ALL_SHOWN:
        words = f"The best {BEST_SHOWN} of {{}} trials, best first; the rest are in trials.csv."
        rest = sentence(words, number("trials.count", len(result.trials)))
        return _table(result, sorted(result.trials, key=_rank)[:BEST_SHOWN], rest)
    return _table(result, sorted(result.trials, key=lambda trial: trial.number), ())


def top(result: StudyResult, most: int) -> TrialTable:
    """At most so many complete trials, best first."""
    complete = [trial for trial in result.trials if trial.state == "COMPLETE"]
    return _table(result, sorted(complete, key=_rank)[:most], ())


def is_odd(trial: TrialRecord) -> bool:
    """Whether it neither completed nor was pruned by the pruner."""
    return trial.state == "FAIL" or trial.reason == "diverged"


def _table(result: StudyResult, trials: Sequence[TrialRecord], rest: Parts) -> TrialTable:
    names = all_parameters(trial.params for trial in trials)
    single = [name for name in names if not is_layer(name)]
    layered = len(single) < len(names)
    return TrialTable(
        names=(*(["hidden layers"] if layered else []), *(Fact(f"names.{name}", label(name)) for name in single)),
        rows=tuple(_trial_row(result, trial, single, layered) for trial in trials),
        rest=rest,
    )


def outcome(trial: TrialRecord) -> str:
    """How a trial ended, in a word or three.

    >>> outcome(TrialRecord(number=0, state="FAIL", reason="worker died", params={}, value=None, last=None, epochs=0,
    ...                     fold_scores=()))
    'failed, worker died'
    """
    if trial.state == "COMPLETE":
        return "complete"
    if trial.state == "PRUNED":
        return trial.reason or "pruned"
    return f"failed, {trial.reason}" if trial.reason else "failed"


def counts(result: StudyResult) -> tuple[tuple[str, int], ...]:
    """How many trials ended in which way; the four sum to all of them."""
    states = [(trial.state, trial.reason) for trial in result.trials]
    diverged = states.count(("PRUNED", "diverged"))
    complete, pruned, failed = (sum(state == one for state, _ in states) for one in ("COMPLETE", "PRUNED", "FAIL"))
    return ("complete", complete), ("pruned", pruned - diverged), ("diverged", diverged), ("failed", failed)


def fingerprints(result: StudyResult) -> tuple[tuple[str, Fact], ...]:
    """Return the hashes of the data, of the test rows and of the folds, by name; the first digits stand for each."""
    named = [
        ("data", "data.fingerprint", result.data.fingerprint),
        ("test rows", "split.test_fingerprint", result.split.test_fingerprint),
        ("folds", "split.folds_fingerprint", result.split.folds_fingerprint),
    ]
    return tuple(
        (name, Fact(key, Code(text, f"{text[:12]}…" if len(text) > 13 else text))) for name, key, text in named
    )


def _trial_row(result: StudyResult, trial: TrialRecord, names: list[str], layered: bool) -> TrialRow:
    numbers, key = Scores.like(result.best.cv_mean), f"trials[{trial.number}]"
    roles = [("winner", result.best.number), ("default", result.default.number if result.default else 0)]
    units = hidden(trial.params, result.spec)
    shown = NOTHING if units is None else "-".join(map(str, units)) or "none"
    layers = [Fact(f"{key}.hidden", shown)] if layered else []
    complete = trial.state == "COMPLETE"
    return TrialRow(
        number=Fact(f"{key}.number", str(trial.number)),
        role=Fact(f"{key}.role", ", ".join(role for role, number in roles if number == trial.number)),
        outcome=Fact(f"{key}.outcome", outcome(trial)),
        complete=complete,
        score=Fact(f"{key}.{'value' if complete else 'last'}", numbers.show(trial.value if complete else trial.last)),
        deviation=Fact(f"{key}.deviation", numbers.show(fold_deviation(trial.fold_scores) if complete else None)),
        epochs=Fact(f"{key}.epochs", str(trial.epochs)),
        settings=(*layers, *(Fact(f"{key}.params.{name}", parameter(trial.params.get(name))) for name in names)),
    )


def _rank(trial: TrialRecord) -> tuple[bool, float, int]:
    """Complete trials first, by value; then the others by number."""
    return trial.value is None, 0.0 if trial.value is None else -trial.value, trial.number
