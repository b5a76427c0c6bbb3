"""A study's runs written to MLflow again, or elsewhere: python -m experiments.sync STUDY [--tracking-uri URI]."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence

from experiments.errors import SpecError, StudyStateError
from experiments.study.command.cli import add_study_argument, add_tracking_argument, command_parser, run_command

SYNC_TIMEOUT = 60.0  # seconds for a store in trouble
PAUSE = 1.0  # seconds between attempts
PROGRESS = 10.0  # seconds between lines about what is left


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "sync",
        "Write to MLflow what it lacks of a study, finished or not: from the study's folder alone, without its data, "
        "and as often as you like. With another URI, another store gets the whole study.",
    )
    add_study_argument(it)
    add_tracking_argument(it)
    it.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _sync, arguments, "interrupted; the same command again goes on")


def _sync(chosen: argparse.Namespace) -> int:
    from experiments.study.folders.folder import RESULTS, StudyFolder
    from experiments.study.folders.lookup import study_folder
    from experiments.study.folders.results_file import read_unchanged_results
    from experiments.tracking.uris import OFF, masked, tracking_store
    from experiments.tracking.writer import Writer
    from experiments.tracking.writer_lock import LIMIT, lock_of, without_writers
    from experiments.tracking.writer_state import note_sync

    folder = study_folder(chosen.study)
    if (results := folder / RESULTS).exists():
        read_unchanged_results(results)
    where = tracking_store(chosen.tracking_uri, os.environ.get("MLFLOW_TRACKING_URI"))
    if where == OFF:
        raise SpecError("--tracking-uri: must be a store, but got none.")
    lock = lock_of(folder, where)
    writer, running = Writer(folder, where, lock.check), StudyFolder(folder).is_running()
    say = (lambda _: None) if chosen.quiet else print
    with without_writers(folder, [lock], 0.0 if running else LIMIT, say):
        writer.close("RUNNING" if running else None)
        deadline, silent = time.monotonic() + SYNC_TIMEOUT, chosen.quiet
        go_on = _progress(lambda: say(f"still to send: {writer.left}"))
        while not writer.write(go_on) and not writer.hopeless and time.monotonic() < deadline:
            if not silent:
                place = f"MLflow at {masked(where)}"
                print(f"{place} does not accept data ({writer.trouble}); trying for {SYNC_TIMEOUT:.0f} s")
                silent = True
            time.sleep(PAUSE)
        if not running:
            note_sync(folder, where, writer.digest, writer.missing)
    for line in writer.notes:
        say(line)
    if writer.missing is not None:
        raise StudyStateError(f"{writer.missing}; the same command again goes on")
    if not chosen.quiet:
        print(f"MLflow at {masked(where)} has {writer.trials} trials of {folder}")
    return 0


def _progress(tell: Callable[[], object]) -> Callable[[], bool]:
    """Return a function that says to go on, and now and then tells what is left."""
    told = time.monotonic()

    def go_on() -> bool:
        nonlocal told
        if time.monotonic() - told > PROGRESS:
            tell()
            told = time.monotonic()
        return True

    return go_on


if __name__ == "__main__":
    sys.exit(main())
