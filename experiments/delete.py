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
from contextlib import suppress
from pathlib import Path

from experiments.errors import StudyStateError
from experiments.study.command.cli import add_study_argument, add_tracking_argument, command_parser, run_command

LEDGER = Path("studies") / "ledger.jsonl"
NAMED = 5  # files that are left


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "delete",
        "Delete the files that a study wrote into its folder, and its runs in MLflow. Its study file stays, and its "
        f"test evaluations stay counted in {LEDGER}.",
    )
    add_study_argument(it)
    it.add_argument("--yes", action="store_true", help="delete without asking")
    add_tracking_argument(it)
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _delete, arguments, "interrupted; the same command again deletes what is left")


def _delete(chosen: argparse.Namespace) -> int:
    from experiments.config.readable import count
    from experiments.search.journal_reader import view_journal
    from experiments.study.folders.folder import StudyFolder
    from experiments.study.folders.lookup import study_folder
    from experiments.tracking.delete_runs import find_runs
    from experiments.tracking.uris import tracking_store
    from experiments.tracking.writer_lock import LIMIT, lock_of, locks_of, without_writers

    folder = StudyFolder(study_folder(chosen.study))
    if not chosen.yes and not sys.stdin.isatty():
        raise StudyStateError(f"{folder.path}: there is no terminal to ask at; --yes deletes without.")
    variable = os.environ.get("MLFLOW_TRACKING_URI")
    uri = tracking_store(chosen.tracking_uri, variable)
    if not (chosen.tracking_uri or variable):
        check_its_store(folder.path, uri)
    locks = {lock.path: lock for lock in (lock_of(folder.path, uri), *locks_of(folder.path))}
    with folder.claimed(), without_writers(folder.path, list(locks.values()), LIMIT, print):
        view = view_journal(folder.journal)
        uid = None if view.identity is None else str(view.identity["uid"])
        twins = copies_of(folder.path, uid)
        runs = find_runs(uri, None if twins else uid, os.environ)
        trials = len(view.trials) + sum(len(view_journal(one.journal).trials) for one in folder.outer_folders)
        print(f"{folder.path}: {trials} trials here, {len(runs.runs)} runs in MLflow at {runs.where}")
        if twins:
            print(f"its runs in MLflow stay: they are those of the same study in {', '.join(map(str, twins))}, too")
        elif others := len(locks.keys() - {lock_of(folder.path, uri).path}):  # each store has a lock of its own
            stores = count(others, "other MLflow store")
            print(f"what it wrote to {stores} stays there: the runs with tags.study_uid = '{uid}'")
        if runs.versions:
            print(f"registered models that cannot be loaded without this study: {', '.join(runs.versions)}")
        if not chosen.yes and not confirmed():
            print("nothing was deleted")
            return 0
        runs.delete()
        gone = folder.remove()
    print("deleted" if gone else f"deleted; {folder.path} stays because it {_why_it_stays(folder.path)}")
    if runs.runs:
        print(f"the runs lie in MLflow's trash; {for_good(uri)} removes what lies there for good")
    print(f"test evaluations stay counted in {LEDGER}")
    return 0


def check_its_store(folder: Path, uri: str) -> None:
    """Refuse the default store where the study's last writer wrote to another: nothing else knows those runs.

    Raises:
        StudyStateError: it did.
    """
    from experiments.tracking.uris import to_fill_in
    from experiments.tracking.writer_state import read_state

    state = read_state(folder)
    if state is not None and not state.is_of(uri):
        raise StudyStateError(
            f"{folder}: its runs are in MLflow at {state.uri}; --tracking-uri {shlex.quote(to_fill_in(state.uri))} "
            "deletes them, --tracking-uri none leaves them there."
        )


def copies_of(folder: Path, uid: str | None) -> list[Path]:
    """Return the folders in studies/ and beside this one that hold the same study, as `cp -r` makes them."""
    from experiments.study.folders.folder import STUDIES
    from experiments.tracking.outbox import OUTBOX, read_outbox

    found: list[Path] = []
    for path in (*sorted(STUDIES.glob(f"*/{OUTBOX}")), *sorted(folder.parent.glob(f"*/{OUTBOX}"))):
        with suppress(StudyStateError, OSError):  # what cannot be read is no copy
            outbox = read_outbox(path.parent)
            # as the system tells folders apart: on a Mac, My and my are one
            is_new = not any(path.parent.samefile(one) for one in (folder, *found))
            if is_new and outbox is not None and outbox.metadata.uid == uid:
                found.append(path.parent)
    return found


def confirmed() -> bool:
    """Ask the person at the terminal whether to delete."""
    try:
        return input("delete them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def for_good(uri: str) -> str:
    """Return the command that empties MLflow's trash; a server's must be run on the server."""
    from experiments.tracking.uris import masked

    if uri.startswith("http"):
        return "`mlflow gc` on the server"
    return shlex.join(["mlflow", "gc", "--backend-store-uri", masked(uri), "--tracking-uri", masked(uri)])


def _why_it_stays(folder: Path) -> str:
    from experiments.config.readable import first_few, printable

    if folder.is_symlink():
        return "is a link"
    return f"holds {first_few(sorted(printable(one.name) for one in folder.iterdir()), NAMED)}"


if __name__ == "__main__":
    sys.exit(main())
