"""Out-of-fold outputs that were lost or damaged are computed again, and nothing else changes."""

from __future__ import annotations

import shutil
from typing import Any

from experiments.config.documents import rounded
from support.desk import CommandRunner


def test_lost_and_damaged_outputs_come_back_on_resume(desk: CommandRunner, undisturbed: dict[str, Any]) -> None:
    desk.tuned("moons", "--no-test", "--trials", "9")
    folder = desk.study / "out_of_fold"
    whole = {file.name: file.read_bytes() for file in folder.iterdir()}
    complete = {f"{one['number']}.npy" for one in desk.results()["trials"] if one["state"] == "COMPLETE"}
    assert set(whole) == complete
    first, second, *_ = sorted(complete)
    (folder / first).unlink()
    (folder / second).write_bytes(whole[second][:-4] + b"\0\0\0\1")
    result = desk.tuned("moons")
    assert result["digest"] == undisturbed["digest"]
    assert result["analysis"] == undisturbed["analysis"]
    assert {name: (folder / name).read_bytes() for name in whole} == whole
    assert "out-of-fold outputs of 2 trials were computed again" in (desk.study / "log.txt").read_text()
    shutil.rmtree(folder)
    assert desk.tuned("moons")["digest"] == undisturbed["digest"], "of a finished study too"


def test_a_search_that_ends_early_is_analysed(desk: CommandRunner) -> None:
    result = desk.tuned("moons", "--no-test", "--set", "search.patience=3")
    assert len(result["trials"]) < 14
    complete = [one["number"] for one in result["trials"] if one["state"] == "COMPLETE"]
    assert result["analysis"]["selection"]["configurations"] == len(complete)
    # by workers other than those of the search, and of the same rows
    assert result["analysis"]["permutation"]["baseline"] == rounded(result["best"]["cv_mean"])
    assert sorted(int(file.stem) for file in (desk.study / "out_of_fold").iterdir()) == complete
