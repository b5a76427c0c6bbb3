"""One command at a time, and no file half written."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from experiments.config.regular_file import write_atomically
from experiments.errors import StudyStateError
from experiments.study.folders.folder import StudyFolder, StudyLog
from support.links import FOLDERS, contents, lay, victim
from support.machines import TWO, Clock, lock_on, share_no_locks
from support.waiting import PATIENCE

pytestmark = pytest.mark.slow

HOLD = """
import sys, pathlib
from experiments.study.folders.folder import StudyFolder
folder = StudyFolder(pathlib.Path(sys.argv[1]))
folder.claim()
folder.work.mkdir()
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StudyFolder]:
    one = StudyFolder(tmp_path / "study")
    one.claim()
    yield one
    one.release()


def disk_full(*_: Any, **__: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_two_commands_cannot_have_one_folder(folder: StudyFolder) -> None:
    folder.work.mkdir()
    with pytest.raises(StudyStateError, match="another command is running this study"):
        StudyFolder(folder.path).claim()
    assert folder.work.is_dir()  # the first command's arrays are still mapped
    folder.release()
    assert not folder.work.exists()
    other = StudyFolder(folder.path)
    other.claim()
    other.release()


def test_a_folder_that_another_machine_took_over_is_left_alone(
    folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_no_locks(monkeypatch)
    folder.write("log.txt", "ours")
    folder.work.mkdir()
    other = lock_on(TWO, folder.path / ".lock", Clock())
    other.acquire(0.3)
    with pytest.raises(
        StudyStateError, match=r"process \d+ on two took this study over .* nothing more is written here"
    ):
        folder.write("log.txt", "late")
    folder.release()
    assert (folder.work.is_dir(), (folder.path / "log.txt").read_text()) == (True, "ours")
    other.check()
    other.release()


def test_a_killed_command_leaves_the_folder_free(tmp_path: Path) -> None:
    path = tmp_path / "study"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "claimed\n"
        with pytest.raises(StudyStateError, match="another command"):
            StudyFolder(path).claim()
        holder.kill()
        holder.wait()
        folder = StudyFolder(path)
        folder.claim()
        assert not folder.work.exists()
        folder.release()


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "study").write_text("mine")
    with pytest.raises(StudyStateError, match=r"study: .* there is a file"):
        StudyFolder(tmp_path / "study").claim()
    assert (tmp_path / "study").read_text() == "mine"


@pytest.mark.parametrize("path", ["absent/study", "file/study", "x" * 300])
def test_a_folder_that_cannot_be_made(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudyStateError, match=path):
        StudyFolder(tmp_path / path).claim()


def test_the_place_of_studies_is_made_when_the_first_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = StudyFolder(Path("studies/mine"))
    folder.check_place()
    assert not Path("studies").exists()
    folder.claim()
    folder.release()
    assert Path("studies/mine").is_dir()


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: Any, **__: Any) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(tempfile, "TemporaryFile", read_only)
    with pytest.raises(StudyStateError, match="cannot write to the study's folder: Read-only file system"):
        StudyFolder(tmp_path / "study").claim()


def test_a_claim_leaves_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "journal.log").write_text("told")
    folder = StudyFolder(tmp_path)
    folder.claim()
    folder.release()
    assert folder.journal.read_text() == "told"
    assert (folder.journal, folder.log) == (tmp_path / "journal.log", tmp_path / "log.txt")


def test_clear_removes_the_study_and_nothing_else(folder: StudyFolder) -> None:
    for name in ("journal.log", "results.json", "trials.csv", "report.html", "report.md", "log.txt", "profile.txt"):
        folder.write(name, name)
    for name in ("model/model.json", "report_files/curves.svg", "out_of_fold/0.npy", "notes/mine.txt"):
        folder.write(name, name)
    folder.write("mine.toml", "mine")
    folder.clear()
    assert sorted(path.name for path in folder.path.iterdir()) == [".lock", ".lock.holder", "mine.toml", "notes"]
    assert (folder.path / "notes" / "mine.txt").read_text() == "notes/mine.txt"
    folder.clear()  # nothing is there, which is no error
    with pytest.raises(StudyStateError, match="another command"):
        StudyFolder(folder.path).claim()


def test_a_study_that_is_half_cleared_is_finished_no_more(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("journal.log", "results.json", "model/model.json"):
        folder.write(name, name)
    monkeypatch.setattr("shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        folder.clear()
    assert sorted(path.name for path in folder.path.iterdir() if path.name[0] != ".") == ["journal.log", "model"]


@pytest.mark.parametrize("name", ["report.md", "trials.csv", "model/weights.pt", "report_files/mine.svg"])
def test_a_folder_with_the_files_of_somebody_else_is_refused(folder: StudyFolder, name: str) -> None:
    folder.check_no_stranger()
    folder.write("log.txt", "of a study that was killed before its journal began")
    folder.write("mine.csv", "mine")
    folder.check_no_stranger()
    folder.write(name, "mine")
    own = name.partition("/")[0]
    with pytest.raises(StudyStateError, match=rf"holds {own} but no study, which would overwrite them; .*--out"):
        folder.check_no_stranger()
    folder.journal.touch()
    folder.check_no_stranger()


def test_a_file_is_written_whole(folder: StudyFolder) -> None:
    assert folder.write("report.md", "ä\n" * 3) == folder.path / "report.md"
    assert (folder.path / "report.md").read_bytes() == "ä\n".encode() * 3
    folder.write("report.md", "short")
    assert (folder.path / "report.md").read_text() == "short"


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "replace"), (Path, "open")])
def test_a_full_disk_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    path = tmp_path / "results.json"
    path.write_text("old")
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, disk_full)
        with pytest.raises(StudyStateError, match=r"results\.json: cannot be written: No space left on device"):
            write_atomically(path, b"new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["results.json"]  # noqa: PTH208


def test_a_kill_before_the_name_is_given_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> NoReturn:
        raise KeyboardInterrupt

    path = tmp_path / "results.json"
    path.write_text("old")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, b"new")
    assert path.read_text() == "old"
    write_atomically(path, b"new")
    assert path.read_text() == "new"


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a" / "b", b"x")
    assert path.read_bytes() == b"x"


def test_a_file_in_place_of_the_folder_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "model").touch()
    with pytest.raises(StudyStateError, match="cannot be written"):
        write_atomically(tmp_path / "model" / "model.json", b"x")


def test_what_clear_cannot_remove_is_one_line(folder: StudyFolder) -> None:
    (folder.path / "results.json").mkdir()
    with pytest.raises(StudyStateError, match=r"results\.json"):
        folder.clear()


def test_whether_a_command_has_the_folder_can_be_seen(folder: StudyFolder, tmp_path: Path) -> None:
    seen = StudyFolder(folder.path)
    assert seen.is_running()
    folder.release()
    assert not seen.is_running()
    assert not StudyFolder(tmp_path / "absent").is_running()
    assert not (tmp_path / "absent").exists()


def test_a_glance_at_the_lock_refuses_nobody(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.study.folders.folder.LOCK_TIMEOUT", PATIENCE)
    folder.release()
    with (folder.path / ".lock").open() as glance:
        fcntl.flock(glance, fcntl.LOCK_SH)  # is_running in the moment in which it looks
        assert not StudyFolder(folder.path).is_running()
        threading.Timer(0.05, lambda: fcntl.flock(glance, fcntl.LOCK_UN)).start()
        other = StudyFolder(folder.path)
        other.claim()
    other.release()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder of somebody's files with the names that a study writes; they are there afterwards as before."""
    before = victim(tmp_path / "elsewhere")
    yield tmp_path / "elsewhere"
    assert contents(tmp_path / "elsewhere") == before


def test_links_in_place_of_its_folders_are_removed_when_it_is_claimed(tmp_path: Path, elsewhere: Path) -> None:
    folder = StudyFolder(tmp_path / "study")
    folder.path.mkdir()
    lay(folder.path, (*FOLDERS, "log.txt"), elsewhere)
    with folder.claimed():
        assert sorted(path.name for path in folder.path.iterdir()) == [".lock", ".lock.holder"]


def test_a_link_in_place_of_an_outer_study_is_refused_and_removed(folder: StudyFolder, elsewhere: Path) -> None:
    lay(folder.path, ("outer-1",), elsewhere)
    with pytest.raises(StudyStateError, match="outer-1: is a symbolic link, but the study of an outer fold lies in"):
        folder.outer(1).claim()
    folder.clear()
    assert folder.outer_folders == []


def test_nothing_is_logged_through_a_link_or_into_a_pipe(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "link").symlink_to(elsewhere / "notes.txt")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        writer = threading.Thread(target=StudyLog(tmp_path / name).write, args=("line",), daemon=True)
        writer.start()
        writer.join(PATIENCE)
        assert not writer.is_alive()
    StudyLog(tmp_path / "log.txt").write("a\nline")
    assert (tmp_path / "log.txt").read_text().endswith("  a line\n")


def test_a_folder_without_a_parent_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(StudyStateError, match=r"does not exist; mkdir -p '.*/my disk/runs' makes it\.$"):
        StudyFolder(tmp_path / "my disk" / "runs" / "rows").check_place()
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(StudyStateError, match=r"the folder it should lie in is a file\.$"):
        StudyFolder(tmp_path / "file" / "rows").check_place()
