"""A study's runs written to MLflow again, or elsewhere: python -m experiments.sync STUDY [--tracking-uri URI]."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from functools import partial

from experiments.study.cli import run_command

SYNC_TIMEOUT = 60.0  # seconds: longer than another program may have a database locked
PAUSE = 1.0  # between attempts
WRITER_TIMEOUT = 60.0  # seconds that the writer of a study is waited for which is over, longer than it may go on


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    it = argparse.ArgumentParser(
        prog="python -m experiments.sync",
        description="Write to MLflow what it lacks of a study, finished or not: from its folder alone, without its "
        "data, and as often as you like. Another URI gives another server the whole study.",
    )
    it.add_argument("study", metavar="STUDY", help="name in studies/, a .toml file, or a study's folder")
    it.add_argument("--tracking-uri", metavar="URI", help="MLflow store (default: sqlite:///mlruns/mlflow.db)")
    it.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    chosen = parser().parse_args(arguments)
    work = partial(_sync, chosen.study, chosen.tracking_uri, chosen.quiet)
    return run_command(work, "interrupted; the same command again goes on")


def _sync(study: str, uri: str | None, quiet: bool) -> int:
    from filelock import Timeout

    from experiments.errors import SpecError, StudyStateError
    from experiments.study.folder import StudyFolder
    from experiments.study.lookup import study_folder
    from experiments.tracking.process import lock_of
    from experiments.tracking.uris import OFF, masked, tracking_store
    from experiments.tracking.writer import Writer

    folder = study_folder(study)
    where, artifacts = tracking_store(uri, os.environ.get("MLFLOW_TRACKING_URI"))
    if where == OFF:
        raise SpecError("--tracking-uri: a store is wanted, but got none.")
    writer = Writer(folder, where, artifacts)
    try:
        running = StudyFolder(folder).is_running()
        with lock_of(folder, where).acquire(timeout=0 if running else WRITER_TIMEOUT):
            writer.close("RUNNING" if running else None)
            deadline, told = time.monotonic() + SYNC_TIMEOUT, quiet
            while not writer.write(lambda: True) and time.monotonic() < deadline:
                if not told:
                    place = f"MLflow at {masked(where)}"
                    print(f"{place} does not accept data ({writer.trouble}); trying for {SYNC_TIMEOUT:.0f} s")
                    told = True
                time.sleep(PAUSE)
    except Timeout:
        raise StudyStateError(f"{folder}: another command is writing this study to MLflow.") from None
    except OSError as error:
        raise StudyStateError(f"{folder}: cannot be locked for writing to MLflow: {error.strerror}.") from None
    if writer.missing is not None:
        raise StudyStateError(f"{writer.missing}; the same command again goes on")
    if not quiet:
        print(f"MLflow at {masked(where)} has {writer.trials} trials of {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
