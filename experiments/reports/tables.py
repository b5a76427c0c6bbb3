"""The report's tables, as text to be set in columns: configurations, trials, counts and facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from experiments.records.results import StudyResult, TrialRecord
from experiments.reports.trials_csv import fold_deviation
from experiments.reports.wording import (
    NOTHING,
    Scores,
    all_parameters,
    count,
    hidden,
    is_active,
    is_layer,
    label,
    network,
    parameter,
)

ALL_SHOWN: Final = 200  # a table of so many trials is shown whole,
BEST_SHOWN: Final = 100  # of a longer one the best


@dataclass(frozen=True)
class ConfigurationRow:
    """One setting of the winner and, next to it, of the default; default is "" where there is none."""

    name: str
    best: str
    default: str


@dataclass(frozen=True)
class SelectionRow:
    """A configuration's score over the folds, with its deviation over them."""

    name: str
    trial: str
    score: str
    deviation: str


@dataclass(frozen=True)
class TrialRow:
    """One trial; complete tells a value from a last score, role is "winner", "default", both or "" """

    number: int
    role: str
    outcome: str
    complete: bool
    score: str
    deviation: str
    epochs: str
    settings: tuple[str, ...]


@dataclass(frozen=True)
class TrialTable:
    """The trials that are shown, the names of the settings' columns, and a line about those that are not."""

    names: tuple[str, ...]
    rows: tuple[TrialRow, ...]
    rest: str


@dataclass(frozen=True)
class Fingerprint:
    """A hash that identifies rows: its first digits, and all of it."""

    name: str
    short: str
    full: str


def configurations(result: StudyResult) -> tuple[ConfigurationRow, ...]:
    """The best configuration next to the default one, setting by setting; units of absent layers are left out."""
    best, default, spec = result.best.params, result.default.params if result.default else None, result.spec
    rows = [("network", network(best, spec), network(default, spec) if default is not None else "")]
    for name in all_parameters([best, default or {}]):
        pairs = [(config, config is not None and is_active(name, config, spec)) for config in (best, default)]
        if name != "hidden_layers" and any(use for _, use in pairs):
            ours, theirs = (parameter(config[name]) if config and use else NOTHING for config, use in pairs)
            rows.append((label(name), ours, theirs))
    theirs = "" if result.default is None else str(result.trials[result.default.number].epochs)
    rows.append(("epochs of the refit", str(result.best.epochs), theirs))
    return tuple(ConfigurationRow(name, ours, theirs if default is not None else "") for name, ours, theirs in rows)


def selection(result: StudyResult) -> tuple[SelectionRow, ...]:
    """The selection scores of the winner and of the default."""
    numbers = Scores.like(result.best.cv_mean)
    named = [("tuned", result.best), ("default", result.default)]
    return tuple(
        SelectionRow(name, str(config.number), numbers.show(config.cv_mean), numbers.show(config.cv_std))
        for name, config in named
        if config is not None
    )


def trial_table(result: StudyResult) -> TrialTable:
    """All trials in the order of their numbers, or of many the best ones, best first."""
    if len(result.trials) > ALL_SHOWN:
        rest = f"The best {BEST_SHOWN} of {count(len(result.trials), 'trial')}, best first; the rest are in trials.csv."
        return _table(result, sorted(result.trials, key=_rank)[:BEST_SHOWN], rest)
    return _table(result, sorted(result.trials, key=lambda trial: trial.number), "")


def top(result: StudyResult, most: int) -> TrialTable:
    """At most so many complete trials, best first."""
    complete = [trial for trial in result.trials if trial.state == "COMPLETE"]
    return _table(result, sorted(complete, key=_rank)[:most], "")


def is_odd(trial: TrialRecord) -> bool:
    """Whether it neither completed nor was pruned by the pruner."""
    return trial.state == "FAIL" or trial.reason == "diverged"


def _table(result: StudyResult, trials: Sequence[TrialRecord], rest: str) -> TrialTable:
    names = all_parameters(trial.params for trial in trials)
    single = [name for name in names if not is_layer(name)]
    layered = len(single) < len(names)
    return TrialTable(
        names=(*(["hidden layers"] if layered else []), *map(label, single)),
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


def fingerprints(result: StudyResult) -> tuple[Fingerprint, ...]:
    """The hashes of the data, of the test rows and of the folds."""
    named = [
        ("data", result.data.fingerprint),
        ("test rows", result.split.test_fingerprint),
        ("folds", result.split.folds_fingerprint),
    ]
    return tuple(Fingerprint(name, f"{text[:12]}…" if len(text) > 13 else text, text) for name, text in named)


def _trial_row(result: StudyResult, trial: TrialRecord, names: list[str], layered: bool) -> TrialRow:
    numbers = Scores.like(result.best.cv_mean)
    roles = [("winner", result.best.number), ("default", result.default.number if result.default else 0)]
    units = hidden(trial.params, result.spec)
    layers = ["-".join(map(str, units)) or "none" if units is not None else NOTHING] if layered else []
    complete = trial.state == "COMPLETE"
    return TrialRow(
        number=trial.number,
        role=", ".join(role for role, number in roles if number == trial.number),
        outcome=outcome(trial),
        complete=complete,
        score=numbers.show(trial.value if complete else trial.last),
        deviation=numbers.show(fold_deviation(trial.fold_scores) if complete else None),
        epochs=str(trial.epochs),
        settings=(*layers, *(parameter(trial.params.get(name)) for name in names)),
    )


def _rank(trial: TrialRecord) -> tuple[bool, float, int]:
    """Complete trials first, by value; then the others by number."""
    return trial.value is None, 0.0 if trial.value is None else -trial.value, trial.number
