"""A study computed again from its record, and compared: python -m experiments.reproduce STUDY [options].

Exit codes: 0 the same, 1 not the same, 2 it cannot be computed again, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from experiments.errors import LedgerError, StudyStateError
from experiments.study.command.cli import (
    a_path,
    add_study_argument,
    add_workers_argument,
    command_parser,
    run_command,
    workers_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.config.spec import StudySpec
    from experiments.evaluation.scoring.ledger import Ledger
    from experiments.study.folders.results_file import Recorded
    from experiments.study.running.replay import Replay


WIDTH = 18  # columns of the labels


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "reproduce",
        "Compute a study again from its results.json, and say whether everything is the same to the bit.",
        "Exit codes: 0 the same, 1 not the same, 2 it cannot be computed again, 130 interrupted.",
    )
    add_study_argument(it, more=", or a results.json; default: the example that comes with the program", optional=True)
    it.add_argument(
        "--final", action="store_true", help="refit and score the final models on record, without the search"
    )
    add_workers_argument(it)
    it.add_argument("--out", type=a_path, metavar="DIR", help="new folder for the files (default: a temporary one)")
    it.add_argument("--data", metavar="FILE", help="file or folder of the study's data, if it has moved")
    it.add_argument(
        "--acknowledge-reuse",
        action="store_true",
        help="score the test rows although the study scored them with other models",
    )
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _reproduce, arguments, "interrupted; nothing of the study was changed", computes=True)


def _reproduce(chosen: argparse.Namespace) -> int:
    from experiments.config.outer import with_folds_at_most
    from experiments.evaluation.records.provenance import machine_of, provenance
    from experiments.search.arithmetic import blas_kernel, processor, resolved
    from experiments.study.command.console import study_console
    from experiments.study.folders.find_data import spec_again
    from experiments.study.folders.lookup import EXAMPLE, results_file
    from experiments.study.folders.results_file import edited, read_results
    from experiments.version import check_same_version

    started, console = time.perf_counter(), study_console()
    recorded = read_results(EXAMPLE if chosen.study is None else results_file(chosen.study))
    instead = "install that version to reproduce it."
    check_same_version(recorded.document["schema"], f"{recorded.path} cannot be reproduced", instead)
    contradictions = recorded.contradictions()
    here = provenance(blas_kernel(), {}, 0, "", {}, "")
    _say(
        console,
        ("record", f"{recorded.path}, digest {recorded.digest[:12]}"),
        *(("record", edited(one)) for one in contradictions),
        ("computed on", machine_of(recorded.result.provenance)),
        ("now on", machine_of(here)),
    )
    if contradictions and chosen.final:
        _say(console, ("not the same", "the file was changed after it was written"))
        return 1
    spec = with_folds_at_most(spec_again(recorded, chosen.data))
    arithmetic, obstacle = resolved(spec.study.arithmetic, spec.search.sampler, processor())
    if obstacle is not None:
        spec = spec.with_arithmetic(arithmetic)
        words = f"native, as {obstacle}: the last bits may differ, so scores are compared, not bits"
        _say(console, ("arithmetic", words))
    final = chosen.final or (obstacle is not None and recorded.result.test is not None)
    replay = _replayed(chosen, recorded, spec, final, here, console)
    same, seconds = not (contradictions or replay.differences), time.perf_counter() - started
    verdict = f"the same, {replay.precision}" if same else "NOT the same"
    title = f"{recorded.result.study}: {verdict}, computed again in {seconds:.0f} s"
    console.print(title, style="bold", markup=False, soft_wrap=True)
    _say(console, *_conclusion(recorded, replay))
    return 0 if same else 1


def _say(console: Console, *facts: tuple[str, str]) -> None:
    from experiments.study.command.console import print_facts

    print_facts(console, facts, WIDTH)


def _replayed(
    chosen: argparse.Namespace,
    recorded: Recorded,
    spec: StudySpec,
    final: bool,
    here: Mapping[str, Any],
    console: Console,
) -> Replay:
    """Compute the study again, or its final models alone.

    Args:
        here: provenance of this machine.
    """
    from experiments.search.executors.local import usable_cores
    from experiments.study.folders.find_data import data_again
    from experiments.study.running.replay import in_folder, options_for, replay_final, replay_study

    workers = min(workers_of(chosen.workers, usable_cores()), spec.search.lookahead)
    ledger = _ledger_of(recorded, console)
    _say(console, *(("differs", line) for line in _surroundings(recorded, here)))
    table, _ = data_again(spec, recorded)
    with ExitStack() as stack:
        folder = in_folder(chosen.out, stack)
        options = options_for(recorded, folder, ledger.path, workers, chosen.acknowledge_reuse)
        if final:
            return replay_final(recorded, spec, table, options)
        return replay_study(recorded, spec, table, options, console)


def _ledger_of(recorded: Recorded, console: Console) -> Ledger:
    """Open the ledger, before anything is computed.

    Raises:
        LedgerError:     it has lost entries, or was changed.
        StudyStateError: the test is to be counted in it, and it cannot be written.
    """
    from experiments.evaluation.scoring.ledger_place import LEDGER, open_ledger
    from experiments.study.folders.ledger_check import standing_of

    ledger = open_ledger(LEDGER, lambda line: _say(console, ("ledger", line)))
    try:
        if recorded.result.test is not None:
            ledger.check_place()
    except LedgerError:
        raise StudyStateError(
            f"{ledger.path}: the ledger cannot be written, but the test rows are scored again; reproduce in a working "
            "folder that can be written to."
        ) from None
    if standing_of(ledger, recorded) == "different":
        words = f"{ledger.path} has no entry of the study's test evaluation, which is counted here anew"
        _say(console, ("ledger", words))
    return ledger


def _surroundings(recorded: Recorded, here: Mapping[str, Any]) -> Iterator[str]:
    """List the versions and machine facts that differ from the record."""
    from experiments.evaluation.records.provenance import other_surroundings

    for one in other_surroundings(recorded.result.provenance, here):
        before, now = (value.strip('"') for value in (one.recorded, one.found))
        yield f"{one.where} {before} on record, {now} here"


def _conclusion(recorded: Recorded, replay: Replay) -> Iterator[tuple[str, str]]:
    from experiments.search.arithmetic import UNKNOWN
    from experiments.study.running.replay import recorded_kernel

    if replay.differences:
        first, more = replay.differences[0], len(replay.differences) - 1
        others = f"; and {more} more" if more else "; no other"
        yield "first difference", f"{first.where}: {first.recorded} on record, {first.found} here{others}"
    yield "compared", replay.compared
    before, now = (kernel or UNKNOWN for kernel in (recorded_kernel(recorded), replay.kernel))
    other = f"not {before} as on record" if before != now else "as the one on record"
    same = before == now != UNKNOWN
    yield "BLAS kernel", f"{now}, {'as on record' if same else f'{other}: last bits may differ for that reason'}"
    yield from (("note", note) for note in replay.notes)
    if replay.digest is not None:
        yield "digest", f"{replay.digest}, {'equal' if replay.digest == recorded.digest else 'another'}"


if __name__ == "__main__":
    sys.exit(main())
