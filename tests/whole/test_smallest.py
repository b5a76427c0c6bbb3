"""A study that keeps the smallest network within one standard error of the best is one like any other."""

from __future__ import annotations

from contextlib import chdir
from typing import Any

import pytest

from experiments import reproduce
from experiments.evaluation.model import read_model
from support.desk import CommandRunner

CHANGED = ("study.seed=1", "search.trials=8", "training.epochs=10", "final.members=2")
SHORT = tuple(word for change in CHANGED for word in ("--set", change))
SMALLEST = (*SHORT, "--set", "final.choice=smallest")


@pytest.fixture
def whole(desk: CommandRunner) -> dict[str, Any]:
    """The results of the study as they are when nothing happens to it."""
    return desk.tuned("moons", *SMALLEST, "--out", "whole")


def test_the_smallest_is_refitted_compared_and_scored(desk: CommandRunner, whole: dict[str, Any]) -> None:
    usual = desk.tuned("moons", *SHORT, "--out", "usual")
    found = whole["analysis"]["smallest"]
    assert usual["analysis"]["smallest"] == found
    assert usual["trials"] == whole["trials"]
    assert (usual["best"]["number"], whole["best"]["number"]) == (found["best"], found["trial"])
    assert found["best"] != found["trial"]
    model = read_model(desk.folder / "whole" / "model")
    (size,) = [one for one in found["networks"] if one["trial"] == found["trial"]]
    assert model.trial == found["trial"]
    assert model.network.parameters.values.shape == (2, size["parameters"])
    page = (desk.folder / "whole" / "report.md").read_text()
    assert "It is kept instead of the best" in page
    assert "the smallest network within one standard error of the best on the drawn rows is scored" in page
    listed = desk.tune("--status", "whole")
    assert f"trial {found['trial']}:" in listed.out, listed


def test_neither_workers_nor_a_kill_change_it(desk: CommandRunner, whole: dict[str, Any]) -> None:
    two = desk.tuned("moons", *SMALLEST, "--out", "two", "--workers", "2")
    killed = desk.run_until(
        "experiments.evaluation.choice:smallest_within", "moons", *SMALLEST, "--workers", "1", "--out", "killed"
    )
    assert killed.code == -9, killed
    again = desk.tuned("moons", *SMALLEST, "--out", "killed")
    assert two["digest"] == again["digest"] == whole["digest"]
    assert two["analysis"]["smallest"] == again["analysis"]["smallest"] == whole["analysis"]["smallest"]


def test_it_is_reproduced_to_the_bit(
    desk: CommandRunner, whole: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with chdir(desk.folder):
        for more in ([], ["--final"]):
            assert reproduce.main(["whole", "--workers", "1", *more]) == 0
            assert "moons: the same, to the bit" in capsys.readouterr().out
