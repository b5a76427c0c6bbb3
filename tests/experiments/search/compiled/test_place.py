"""The folder that machine code is loaded from: nobody else can have written in it."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from experiments.search.compiled.place import NoPlace, home, opened, read, write


def in_folder(path: Path, name: str = "passes") -> bytes:
    with opened() as descriptor:
        return read(name, descriptor)


def test_no_environment_variable_moves_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "USERPROFILE", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    assert home() == Path(pwd.getpwuid(os.geteuid()).pw_dir)


def test_a_user_without_an_entry_has_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(NoPlace, match="this user has no home folder"), opened():
        pass


def test_a_home_folder_that_is_not_there_is_no_place(home: Path) -> None:
    home.rmdir()
    with pytest.raises(NoPlace, match="does not exist"), opened(make=True):
        pass


def test_the_folder_is_made_for_this_user_alone(home: Path) -> None:
    before = os.umask(0)
    try:
        with pytest.raises(FileNotFoundError), opened():
            pass
        with opened(make=True) as descriptor:
            write("passes", b"code", descriptor)
    finally:
        os.umask(before)
    made = home / ".cache" / "nnet-experiments"
    assert made.stat().st_mode & 0o777 == 0o700
    assert (made / "passes").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in made.iterdir()] == ["passes"]
    assert in_folder(made) == b"code"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o755, 0o710, 0o500])
def test_a_folder_that_is_open_to_others_is_not_used(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    with pytest.raises(NoPlace, match="is open to other users"), opened(make=True):
        pass


@pytest.mark.parametrize("linked", [".cache", ".cache/nnet-experiments"])
def test_no_symbolic_link_is_followed(
    folder: Path, home: Path, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "folder"
    (home / linked).rename(elsewhere)
    (home / linked).symlink_to(elsewhere)
    with pytest.raises(NoPlace, match=f"{linked} is no folder of its own"), opened(make=True):
        pass


def test_a_file_in_the_way_is_no_folder(home: Path) -> None:
    (home / ".cache").write_text("")
    with pytest.raises(NoPlace, match="is no folder of its own"), opened(make=True):
        pass


def test_a_folder_of_another_user_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(NoPlace, match="belongs to another user"), opened():
        pass


def test_a_home_folder_that_cannot_be_written_is_no_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refused)
    with pytest.raises(NoPlace, match=r"\.cache cannot be made: Permission denied"), opened(make=True):
        pass


def test_a_file_that_others_could_write_is_not_read(folder: Path) -> None:
    (folder / "passes").write_bytes(b"code")
    (folder / "passes").chmod(0o620)
    with pytest.raises(NoPlace, match="could be written by other users"):
        in_folder(folder)


def test_only_a_plain_file_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "code").write_bytes(b"code")
    (folder / "link").symlink_to(tmp_path / "code")
    os.mkfifo(folder / "pipe", 0o600)
    (folder / "inner").mkdir(0o700)
    for name in ("link", "pipe", "inner"):
        with pytest.raises(NoPlace):
            in_folder(folder, name)
    with pytest.raises(FileNotFoundError):
        in_folder(folder, "nothing")


def test_a_file_that_cannot_be_finished_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with opened() as descriptor, pytest.raises(NoPlace, match="passes cannot be written: No space left on device"):
        write("passes", b"code", descriptor)
    assert list(folder.iterdir()) == []
