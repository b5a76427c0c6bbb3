"""Writes that outlast a loss of power: what is flushed, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nnet import durable


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is flushed and of what gets a name, in order."""
    seen: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(number: int) -> None:
        seen.append(f"flush {os.path.basename(os.readlink(f'/proc/self/fd/{number}'))}")  # noqa: PTH115, PTH119
        fsync(number)

    def replaced(path: Path, target: Path) -> Path:
        seen.append(f"{path.name} becomes {target.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", replaced)
    return seen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def test_a_file_is_flushed_before_it_gets_its_name_and_the_name_after(folder: Path, steps: list[str]) -> None:
    durable.write(folder / "a", b"new")
    assert steps == ["flush .a.part", ".a.part becomes a", "flush study"]
    assert ((folder / "a").read_bytes(), os.listdir(folder)) == (b"new", ["a"])  # noqa: PTH208


def test_a_file_that_need_not_last_is_whole_and_not_flushed(folder: Path, steps: list[str]) -> None:
    durable.write(folder / "a", b"new", lasting=False)
    assert steps == [".a.part becomes a"]


def test_files_that_belong_together_are_all_flushed_before_the_first_gets_its_name(
    folder: Path, steps: list[str]
) -> None:
    durable.write_together(folder, {"a": b"1", "b": b"2"})
    assert steps == ["flush .a.part", "flush .b.part", ".a.part becomes a", ".b.part becomes b", "flush study"]


def test_files_of_a_folder_below_are_written_with_the_others(folder: Path, steps: list[str]) -> None:
    (folder / "below").mkdir()
    durable.write_together(folder, {"below/a": b"1", "b": b"2"})
    assert steps == [
        "flush .a.part",
        "flush .b.part",
        ".a.part becomes a",
        ".b.part becomes b",
        "flush below",
        "flush study",
    ]


def test_a_line_is_flushed_and_the_name_of_its_file(folder: Path, steps: list[str]) -> None:
    durable.append(folder / "lines", b"one\n", 0)
    durable.append(folder / "lines", b"two\n", 4)
    assert (folder / "lines").read_bytes() == b"one\ntwo\n"
    assert steps == ["flush lines", "flush study"] * 2


def test_a_file_that_has_grown_gets_no_line(folder: Path) -> None:
    (folder / "lines").write_bytes(b"one\nanother's\n")
    with pytest.raises(durable.FileGrownError):
        durable.append(folder / "lines", b"two\n", 4)
    assert (folder / "lines").read_bytes() == b"one\nanother's\n"


def test_folders_that_are_made_are_flushed_in_those_that_hold_them(folder: Path, steps: list[str]) -> None:
    durable.make_folder(folder / "a" / "b")
    assert steps == ["flush study", "flush a", "flush a"]
    steps.clear()
    durable.make_folder(folder / "a" / "b")  # who made it may have been killed before it was flushed
    assert steps == ["flush a"]


def test_a_file_that_others_append_to_is_made_with_its_name_on_the_disk(folder: Path, steps: list[str]) -> None:
    durable.create(folder / "lines")
    assert ((folder / "lines").read_bytes(), steps) == (b"", ["flush lines", "flush study"])
    (folder / "lines").write_bytes(b"one\n")
    durable.create(folder / "lines")  # who made it may have been killed before it was flushed
    assert ((folder / "lines").read_bytes(), steps) == (b"one\n", ["flush lines", "flush study"] * 2)


def test_a_name_that_changes_is_flushed(folder: Path, steps: list[str]) -> None:
    (folder / "a").write_bytes(b"new")
    (folder / "b").write_bytes(b"old")
    durable.rename(folder / "a", folder / "b")
    assert ((folder / "b").read_bytes(), steps) == (b"new", ["a becomes b", "flush study"])


def test_the_copy_of_a_torn_file_is_there_before_it_is_cut(folder: Path, steps: list[str]) -> None:
    lines, copy = folder / "lines", folder / "copy"
    lines.write_bytes(b"one\ntw")
    durable.cut_torn_tail(lines, copy)
    assert (lines.read_bytes(), copy.read_bytes()) == (b"one\n", b"one\ntw")
    assert steps == ["flush .copy.part", ".copy.part becomes copy", "flush study", "flush lines"]
    steps.clear()
    durable.cut_torn_tail(lines, copy)
    assert (steps, copy.read_bytes()) == ([], b"one\ntw")


def test_a_file_without_a_whole_line_is_cut_to_nothing(folder: Path) -> None:
    for content in (b"x" * 100_000, bytes(9), b"x\0\n"):
        (folder / "lines").write_bytes(content)
        durable.cut_torn_tail(folder / "lines", folder / "copy")
        assert ((folder / "lines").read_bytes(), (folder / "copy").read_bytes()) == (b"", content)


def test_a_folder_that_cannot_be_flushed_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refused)
    durable.flush_folder(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        durable.flush_folder(tmp_path / "absent")
