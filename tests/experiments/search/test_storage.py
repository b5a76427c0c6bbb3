"""A file counts only if its content is that of the trial."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import StudyStateError
from experiments.search.out_of_fold import array_of, fingerprint, npy
from experiments.search.storage import OutOfFoldFiles, write_atomically
from experiments.search.trial import Curves, TrialOutput, TrialResult
from nnet import durable

CONTENT = npy(np.arange(6, dtype=np.float32).reshape(3, 2))
RESULT = TrialResult(4, "COMPLETE", "", 0.5, 0.5, 1, 0.1, (0.5,), Curves((), (), (), ()))
RESULT = replace(RESULT, out_of_fold=fingerprint(CONTENT))


@pytest.fixture
def files(tmp_path: Path) -> OutOfFoldFiles:
    files = OutOfFoldFiles(tmp_path / "out_of_fold")
    assert files.keep(TrialOutput(RESULT, CONTENT)) is RESULT
    return files


def test_what_was_kept_is_there_again(files: OutOfFoldFiles, tmp_path: Path) -> None:
    content = files.content(RESULT)
    assert content is not None
    assert array_of(content).tolist() == [[0, 1], [2, 3], [4, 5]]
    loaded = np.load(tmp_path / "out_of_fold" / "4.npy", allow_pickle=False)
    assert (loaded.dtype, loaded.shape) == (np.float32, (3, 2))


def test_a_trial_without_outputs_has_no_file(files: OutOfFoldFiles, tmp_path: Path) -> None:
    pruned = replace(RESULT, number=5, state="PRUNED", out_of_fold="")
    assert files.keep(TrialOutput(pruned, None)) is pruned
    assert files.content(pruned) is None
    assert [file.name for file in (tmp_path / "out_of_fold").iterdir()] == ["4.npy"]


def test_a_damaged_file_counts_as_missing(files: OutOfFoldFiles, tmp_path: Path) -> None:
    for damaged in (b"", CONTENT[:-1], CONTENT + b"\0", npy(np.zeros((3, 2), np.float32)), b"\x80."):
        (tmp_path / "out_of_fold" / "4.npy").write_bytes(damaged)
        assert files.content(RESULT) is None
        files.keep(TrialOutput(RESULT, CONTENT))
        assert files.content(RESULT) == CONTENT


def test_content_that_is_no_outputs_of_these_rows_counts_as_missing_although_the_trial_names_it(tmp_path: Path) -> None:
    of_three = OutOfFoldFiles(tmp_path, (3, Target(("a", "b"))))
    strings, infinite = npy(np.full((3, 2), "x")), npy(np.array([[0, np.inf]] * 3))  # type: ignore[arg-type]
    wide, long = npy(np.zeros((3, 3), np.float32)), npy(np.zeros((4, 2), np.float32))
    lying = CONTENT.replace(b"(3, 2)", b"(9, 2)")
    for content in (strings, infinite, wide, long, lying, b"", b"\x80."):
        (tmp_path / "4.npy").write_bytes(content)
        assert of_three.content(replace(RESULT, out_of_fold=fingerprint(content))) is None
    for content in (CONTENT, npy(np.zeros((3, 1), np.float32))):  # a network of two classes may have one output
        (tmp_path / "4.npy").write_bytes(content)
        assert of_three.content(replace(RESULT, out_of_fold=fingerprint(content))) == content


def test_files_of_other_trials_are_removed_and_nothing_else(files: OutOfFoldFiles, tmp_path: Path) -> None:
    folder = tmp_path / "out_of_fold"
    for name in ("7.npy", "notes.txt"):
        (folder / name).write_text("")
    files.remove_others([4])
    assert sorted(file.name for file in folder.iterdir()) == ["4.npy", "notes.txt"]
    OutOfFoldFiles(tmp_path / "nowhere").remove_others([])


def test_all_files_are_flushed_and_a_pipe_is_not_waited_for(
    files: OutOfFoldFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "out_of_fold" / "5.npy")
    (tmp_path / "out_of_fold" / "6.npy").write_bytes(CONTENT)
    flushed: list[str] = []
    for name in ("flush", "flush_folder"):
        monkeypatch.setattr(durable, name, lambda path: flushed.append(path.name))
    files.flush()
    assert flushed == ["4.npy", "6.npy", "out_of_fold", tmp_path.name]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudyStateError, match=r"file/4\.npy: cannot be written"):
        OutOfFoldFiles(tmp_path / "file").keep(TrialOutput(RESULT, CONTENT))


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("somebody's")
    for name in ("page", ".page.part"):
        (tmp_path / name).symlink_to("file")
    write_atomically(tmp_path / "page", b"ours")
    assert (tmp_path / "file").read_text() == "somebody's"
    assert not (tmp_path / "page").is_symlink()
    assert (tmp_path / "page").read_bytes() == b"ours"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "page"]
