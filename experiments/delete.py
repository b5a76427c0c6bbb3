"""A study that is no longer wanted: python -m experiments.delete STUDY [--yes] [--tracking-uri URI].

MLflow's runs go first and the folder last: the folder's journal knows the runs, so whatever comes between, the same
command again finds what is left.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from experiments.study.cli import run_command

LEDGER = Path("studies") / "ledger.jsonl"
BUSY = 5.0  # seconds that a writer to MLflow, which may outlive its study a little, is waited for


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    it = argparse.ArgumentParser(
        prog="python -m experiments.delete",
        description="Delete what a study wrote into its folder, and its runs in MLflow. Its study file stays, and its "
        f"looks at the test set stay counted in {LEDGER}.",
    )
    it.add_argument("study", metavar="STUDY", help="name in studies/, a .toml file, or a study's folder")
    it.add_argument("--yes", action="store_true", help="do not ask")
    it.add_argument("--tracking-uri", metavar="URI", help="MLflow store (default: sqlite:///mlruns/mlflow.db)")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    chosen = parser().parse_args(arguments)
    work = partial(_delete, chosen.study, chosen.yes, chosen.tracking_uri)
    return run_command(work, "interrupted; the same command again deletes what is left")


def _delete(study: str, sure: bool, option: str | None) -> int:
    from filelock import Timeout

    from experiments.errors import StudyStateError
    from experiments.search.journal_reader import view_journal
    from experiments.study.folder import StudyFolder
    from experiments.study.lookup import study_folder
    from experiments.tracking.delete_runs import find_runs
    from experiments.tracking.process import lock_of
    from experiments.tracking.uris import tracking_store

    folder = StudyFolder(study_folder(study))
    if not sure and not sys.stdin.isatty():
        raise StudyStateError(f"{folder.path}: there is no terminal to ask at; --yes deletes without.")
    uri, _ = tracking_store(option, os.environ.get("MLFLOW_TRACKING_URI"))
    folder.claim()
    try:
        view = view_journal(folder.journal)
        runs = find_runs(uri, None if view.identity is None else str(view.identity["uid"]), os.environ)
        print(f"{folder.path}: {len(view.trials)} trials here, {len(runs.runs)} runs in MLflow at {runs.where}")
        if not sure and not confirmed():
            print("nothing was deleted")
            return 0
        with lock_of(folder.path, uri).acquire(timeout=BUSY):
            runs.delete()
            gone = folder.remove()
    except Timeout:
        raise StudyStateError(f"{folder.path}: the study is still being written to MLflow; try in a minute.") from None
    finally:
        folder.release()
    print("deleted" if gone else f"deleted; {folder.path} stays for what else it holds")
    if runs.runs:
        print(f"the runs lie in MLflow's trash; {for_good(uri)} removes what lies there for good")
    print(f"looks at the test set stay counted in {LEDGER}")
    return 0


def confirmed() -> bool:
    """Whether the person at the terminal wants it."""
    try:
        return input("delete them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def for_good(uri: str) -> str:
    """The command that empties MLflow's trash; a server's has to be given its database, there."""
    from experiments.tracking.uris import masked

    if uri.startswith("http"):
        return "`mlflow gc` on the server"
    return shlex.join(["mlflow", "gc", "--backend-store-uri", masked(uri), "--tracking-uri", masked(uri)])


if __name__ == "__main__":
    sys.exit(main())
