"""Planning, profiling and looking on, from the outside: none of it changes a study."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from support.desk import CommandRunner, kill
from support.waiting import wait_until


def contents(desk: CommandRunner) -> dict[str, tuple[bytes, int]]:
    found = {}
    for path in desk.folder.rglob("*"):
        found[str(path)] = (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
    return found


@pytest.mark.usefixtures("tracked")
def test_a_plan_writes_nothing_anywhere(desk: CommandRunner) -> None:
    shutil.rmtree(desk.folder / "mlruns")
    before = contents(desk)
    done = desk.tune("moons", "--plan")
    assert (done.code, done.error) == (0, "")
    assert contents(desk) == before
    for word in ("[space]", "test interval", "memory", "sqlite:///mlruns/mlflow.db", "no trial was run"):
        assert word in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    refused = desk.tune("moons", "--plan", "--set", "cv.metric=acuracy")
    assert (refused.code, refused.error.count("\n")) == (2, 1)
    assert contents(desk) == before


@pytest.mark.long
@pytest.mark.usefixtures("tracked")
def test_a_profiled_study_is_the_same_and_says_where_its_time_went(
    desk: CommandRunner, undisturbed: dict[str, Any]
) -> None:
    done = desk.tune("moons", "--profile", "--workers", "2")
    assert (done.code, done.complaints) == (0, "")
    assert desk.results()["digest"] == undisturbed["digest"]
    text = (desk.study / "profile.txt").read_text()
    assert text in done.out
    for part in ("waiting for results", "asking and telling", "journal", "refit and look", "report", "workers: 2"):
        assert part in text
    assert "moons: done, 14 trials (" in desk.tune("moons", "--status").out
    listed = desk.tune("--list").out
    assert f"{undisturbed['test']['score']:.4f}" in listed
    assert "done" in listed


def test_a_running_study_is_watched_from_another_terminal(desk: CommandRunner) -> None:
    process = desk.start("moons", "--workers", "1", "--set", "search.trials=5000")
    try:
        wait_until(lambda: desk.told() > 2)
        done = desk.tune("moons", "--status", "--set", "search.trials=5000")
        assert process.poll() is None
    finally:
        kill(process)
    assert (done.code, done.error) == (0, "")
    assert "moons: running, " in done.out
    assert " of 5,000 trials" in done.out
    assert ": accuracy 0." in done.out
    assert "moons: interrupted, " in desk.tune("moons", "--status", "--set", "search.trials=5000").out
