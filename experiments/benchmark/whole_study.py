"""A whole study beside its peer: --study [STUDY], or --study --data FILE --target COLUMN.

Our side is the tune command in an empty folder with everything on: tracking, baselines, test evaluation and report. The
peer is a script with the same search as a user would write it with Optuna and scikit-learn, without any of that. Both
are timed from the start of their processes to the exit, in turn.
"""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console

from experiments.benchmark.peer_study import PeerStudy
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timed_command import WHOLE, Seconds, machine, time_module, time_study
from experiments.benchmark.timing import measure_in_turn
from experiments.config.default_study import own_study
from experiments.config.spec import StudySpec
from experiments.config.study_file import read_spec
from experiments.errors import SpecError
from experiments.search.context import prepare_study
from experiments.study.folders.lookup import study_file

DEFAULT = "digits"
OURS, AT_TERMINAL, THEIRS = "tune", "tune at a terminal", "the peer"
Key = tuple[int, str]  # number of trials, side
PEER = "Optuna + scikit-learn"
WHOLE_SEARCH = ("search.patience=0", "search.budget_minutes=0")  # the peer has neither
COLUMNS = {
    "row": "row",
    "peer": "peer",
    "ratio": "ratio:.2f",
    "range": "range",
    "seconds": "seconds:.1f",
    "peer's seconds": "peer_seconds:.1f",
}
STAGE_COLUMNS = {"row": "row", "stage": "stage", "seconds": "seconds:.2f", "share": "share:.1%"}


def run(options: Namespace) -> Iterator[Line]:
    """Yield the whole study and the cost of more trials beside the peer's, then the stages of our side.

    Raises:
        ExperimentError: the study breaks a rule, or the peer cannot do it.
    """
    if options.data is not None and options.study:
        raise SpecError(f"--data is a study of its own, but --study names {options.study!r}; leave one out.")
    if options.data is None and options.target is not None:
        raise SpecError("--target goes with --data; a study's own is changed with --set data.target=COLUMN.")
    overrides = [*options.overrides, *WHOLE_SEARCH]
    if options.trials is not None:
        overrides.append(f"search.trials={options.trials}")
    spec, source = study_of(options, overrides)
    study = prepare_study(spec)
    peer, trials = PeerStudy.of(study), study.spec.search.trials
    keys = [(trials, OURS), (trials, THEIRS)]
    keys += [(trials, AT_TERMINAL)] if options.terminal else []
    keys += [(trials + options.more, OURS), (trials + options.more, THEIRS)] if options.more else []
    _announce(study.spec.study.name, keys, options.repeats, peer.without)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        peer.write(folder / "peer")
        command = [*source, *(word for override in overrides for word in ("--set", override))]
        sides = [partial(_measure, key, command, folder) for key in keys]
        rounds = [dict(zip(keys, results, strict=True)) for results in measure_in_turn(options.repeats, *sides)]
    yield from _lines(study.spec.study.name, trials, options.more, rounds)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the comparisons, the stages of our side and the processor."""
    print_table(console, [line for line in lines if "peer" in line], COLUMNS)
    print_table(console, [line for line in lines if "stage" in line], STAGE_COLUMNS, "row", "where our seconds go")
    console.print(machine())


def study_of(options: Namespace, overrides: Sequence[str]) -> tuple[StudySpec, list[str]]:
    """Return the study that the options name, and the arguments of the tune command that name it from any folder."""
    if options.data is None:
        file = study_file(options.study or DEFAULT).resolve()
        return read_spec(file, overrides), [str(file)]
    place = os.path.abspath(options.data) if os.path.exists(options.data) else options.data  # noqa: PTH100, PTH110 - never raises, whatever the name
    target = [] if options.target is None else ["--target", options.target]
    return own_study(place, options.target, overrides)[0], ["--data", place, *target]


def _announce(name: str, keys: Sequence[Key], repeats: int, without: Sequence[str]) -> None:
    """Say what will be measured, as it may take long, and what the peer lacks."""
    sides = ", ".join(f"{side} with {trials} trials" for trials, side in keys)
    print(f"{name}: {repeats} times in turn: {sides}", file=sys.stderr)
    if without:
        print(f"scikit-learn's network goes without {', '.join(without)}", file=sys.stderr)


def _measure(key: Key, command: Sequence[str], folder: Path) -> Seconds:
    """Measure a side once; the folder has the peer's files."""
    trials, side = key
    if side == THEIRS:
        return {WHOLE: time_module("experiments.benchmark.optuna_peer", ["peer", str(trials)], folder)}
    arguments = [*command, "--set", f"search.trials={trials}"]
    return time_study(arguments, folder / "ours", terminal=side == AT_TERMINAL)


def _lines(name: str, trials: int, more: int, rounds: Sequence[Mapping[Key, Seconds]]) -> Iterator[Line]:
    row = f"{name}, {trials} trials"
    theirs = [sides[trials, THEIRS][WHOLE] for sides in rounds]
    rows = {OURS: row, AT_TERMINAL: f"{row}, at a terminal"}
    stages = {rows[side]: [sides[trials, side] for sides in rounds] for side in rows if (trials, side) in rounds[0]}
    for described, ours in stages.items():
        yield _comparison(described, [seconds[WHOLE] for seconds in ours], theirs)
    if more:
        ours_more, theirs_more = (
            [sides[trials + more, side][WHOLE] - sides[trials, side][WHOLE] for sides in rounds]
            for side in (OURS, THEIRS)
        )
        yield _comparison(f"{name}, trials {trials + 1} to {trials + more}", ours_more, theirs_more)
    for described, ours in stages.items():
        whole = median(seconds[WHOLE] for seconds in ours)
        for stage in ours[0]:
            spent = median(seconds.get(stage, 0.0) for seconds in ours)
            yield {"row": described, "stage": stage, "seconds": spent, "share": spent / whole}


def _comparison(row: str, ours: Sequence[float], theirs: Sequence[float]) -> Line:
    """Return the medians of both sides, and the median and the range of the ratios of their pairs."""
    ratios = [their_seconds / seconds for seconds, their_seconds in zip(ours, theirs, strict=True)]
    return {
        "row": row,
        "peer": PEER,
        "ratio": median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
        "range": f"{min(ratios):.2f} to {max(ratios):.2f}",
        "seconds": median(ours),
        "peer_seconds": median(theirs),
        "machine": machine(),
    }
