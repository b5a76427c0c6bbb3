"""Rows about folders that cannot be written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.namespace import ENTER
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.refusals import check_refusal, check_unchanged, contents, refused
from experiments.benchmark.fault_rows.studies import ALONE, NAME

# runs a command to which a folder is read-only: root, too, cannot write to it
MOUNT = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


def unwritable(desk: Desk) -> Iterator[str]:
    """Ask for a study in places where none can be."""
    line = refused(
        desk, "missing/parent: the folder it should lie in does not exist", *ALONE, "--out", "missing/parent"
    )
    demand(not (desk.folder / "missing").exists(), "the parent was made")
    yield f"missing parent: {line}"
    yield f"a file in its place: {refused(desk, 'there is a file', *ALONE, '--out', f'studies/{NAME}.toml')}"
    below = refused(desk, "the folder it should lie in is a file", *ALONE, "--out", f"studies/{NAME}.toml/study")
    yield f"a file in its parent's place: {below}"
    yield from _read_only(desk.another())


def _read_only(desk: Desk) -> Iterator[str]:
    """Make folders read-only: the parent, the study's, and the ledger's."""
    studies = desk.file.parent
    yield f"read-only parent: {_refused(desk, run_read_only(desk, studies, *ALONE))}"
    demand(not desk.study.exists(), "the study's folder was made")
    desk.succeed(*ALONE, "--trials", "3")
    demand(desk.told() == 3, "the study did not begin")
    before = contents(desk.folder)
    yield f"read-only folder of a study of 3 trials: {_refused(desk, run_read_only(desk, desk.study, *ALONE))}"
    check_unchanged(desk, before)
    demand(desk.told() == 3, "a trial was told")
    done = run_read_only(desk, studies, *ALONE, "--out", "elsewhere")
    yield f"read-only folder of the ledger, with --out elsewhere: {_refused(desk, done)}"
    check_unchanged(desk, before)
    demand(desk.tuned(*ALONE[1:])["digest"] == desk.undisturbed()["digest"], "the study is another afterwards")
    yield "before any trial was computed; writable again, the study ends with the undisturbed digest"


def run_read_only(desk: Desk, folder: Path, *arguments: str) -> Done:
    """Run the tune command in a name space of its own, in which a folder is read-only.

    Raises:
        NotMade: this machine has no name spaces of mounts for this user.
    """
    before = [*ENTER, "sh", "-c", MOUNT, "sh", str(folder)]
    if shutil.which(ENTER[0]) is None or subprocess.run([*before, "true"], capture_output=True).returncode:
        raise NotMade("a folder cannot be made read-only: this user may not mount in a name space of their own")
    return desk.start(*arguments, before=before).done()


def _refused(desk: Desk, done: Done) -> str:
    """Check that a command was refused before it computed a trial; return its line."""
    line = check_refusal(done, "cannot (write|be written|be read or written)")
    demand("/14 trials" not in done.out, f"trials were computed: {done.out}")
    return line.removeprefix("error: ").replace(f"{desk.folder}/", "")
