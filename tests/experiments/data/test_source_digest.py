"""The digest of a source changes with its bytes, and with nothing else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from experiments.config.data_options import DataSection
from experiments.data.readers.builtin import GENERATED_BY, SOURCES
from experiments.data.source_digest import source_digest


def digest(source: Path | str, test: Path | str | None = None, **environ: str) -> str | None:
    return source_digest(DataSection(source=str(source), test=None if test is None else str(test)), environ)


def test_every_byte_of_a_file_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    before = digest(file)
    assert before is not None
    assert digest(file) == before
    file.write_text("x,y\n1,3\n")
    assert digest(file) != before


def test_the_folder_of_a_file_does_not_count_and_its_name_does(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.csv", "b.csv", "sub/a.csv"):
        (tmp_path / name).write_text("x,y\n1,2\n")
    first, other_name, other_folder = (digest(tmp_path / name) for name in ("a.csv", "b.csv", "sub/a.csv"))
    assert first == other_folder != other_name


def test_a_name_that_is_no_utf_8_counts(tmp_path: Path) -> None:
    for folder, name in (("first", b"\xe4.png"), ("second", b"\xe5.png")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / os.fsdecode(name)).write_bytes(b"1")
    first, second = digest(tmp_path / "first"), digest(tmp_path / "second")
    assert first is not None
    assert first != second


def test_a_test_file_counts(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"x,y\n{len(name)},2\n")
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    assert len({digest(a), digest(a, b), digest(b, a)}) == 3


def test_names_and_bytes_of_a_folder_count(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "cat").mkdir(parents=True)
    (folder / "cat" / "1.png").write_bytes(b"1")
    (folder / "dog").mkdir()
    (folder / "dog" / "2.png").write_bytes(b"2")
    before = digest(f"{folder}/")
    assert before == digest(f"{shutil.copytree(folder, tmp_path / 'copied' / 'pictures')}/")
    (folder / "dog" / "2.png").rename(folder / "cat" / "2.png")
    moved = digest(f"{folder}/")
    assert moved not in (None, before)
    (folder / "cat" / "2.png").write_bytes(b"3")
    assert digest(f"{folder}/") not in (before, moved)


def test_a_data_set_that_comes_with_a_library_has_the_digest_of_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: digest(name) for name in GENERATED_BY}
    assert len(set(before.values())) == len(GENERATED_BY)
    monkeypatch.setattr("experiments.data.source_digest.version", lambda library: f"99 {library}")
    assert not set(before.values()) & {digest(name) for name in GENERATED_BY}


def test_the_folder_of_mnist_may_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"1")
    assert digest("mnist", MNIST_FOLDER=str(tmp_path)) is not None
    assert digest("mnist") is None  # it is fetched
    assert set(GENERATED_BY) | {"mnist", "fashion_mnist"} == set(SOURCES)


def test_there_is_no_digest_of_what_is_elsewhere_or_cannot_be_read(tmp_path: Path) -> None:
    assert digest("openml:31") is None
    assert digest("given") is None
    assert digest(tmp_path / "absent.csv") is None


def test_a_pipe_and_a_device_have_no_digest_and_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    monkeypatch.setattr(Path, "open", lambda path, *_: pytest.fail(f"{path.name} was opened"))
    assert [digest(tmp_path / name) for name in ("pipe.csv", "zero.csv")] == [None, None]
