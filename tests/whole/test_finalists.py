"""compare --finalists from the outside: fixed first, trained with any number of workers, and shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import chdir

import pytest

from experiments import compare
from experiments.search.arithmetic import PORTABLE
from support.desk import CommandRunner, desk_in

SHORT = ("search.trials=4", "training.epochs=4", "final.members=2")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> CommandRunner:
    """Two studies of the same rows, and one of other rows; each comparison has a folder of its own."""
    desk = desk_in(tmp_path_factory.mktemp("finalists"))
    desk.studied("a", *SHORT, look="leave")
    desk.studied("b", *SHORT, "study.name=other", "study.seed=1", look="leave")
    desk.studied("rows", *SHORT, "data.split_seed=1", look="leave")
    return desk


def compared(desk: CommandRunner, *words: str) -> int:
    with chdir(desk.folder):
        return compare.main(list(words))


def test_the_number_of_workers_and_the_order_of_the_studies_change_nothing(
    two: CommandRunner, capfd: pytest.CaptureFixture[str]
) -> None:
    more = ("--finalists", "3", "--seeds", "3")
    assert compared(two, "a", "b", *more, "--workers", "1", "--out", "one") == 0
    assert "finalists.json; each is trained in 3 repetitions" in capfd.readouterr().out
    assert compared(two, "b", "a", *more, "--workers", "2", "--out", "two") == 0
    one, other = (json.loads((two.folder / name / "compare.json").read_text())["finalists"] for name in ("one", "two"))
    assert one == other
    plan = json.loads((two.folder / "one" / "finalists.json").read_text())
    assert {"schema": 1, **one["plan"]} == plan
    assert (len(one["pairs"]), len(one["scores"]), len(one["scores"][0]), len(one["scores"][0][0])) == (3, 3, 3, 3)
    page = (two.folder / "one" / "compare.md").read_text()
    assert "They were **chosen on these rows**" in page


def test_one_study_is_enough(two: CommandRunner) -> None:
    assert compared(two, "a", "--finalists", "2", "--seeds", "2", "--out", "alone") == 0
    assert "The best 2 configurations of the study" in (two.folder / "alone" / "compare.md").read_text()


def test_what_cannot_be_compared_is_refused_in_one_line_before_anything_is_trained(
    two: CommandRunner, capfd: pytest.CaptureFixture[str]
) -> None:
    assert compared(two, "a", "rows", "--finalists", "2", "--out", "none") == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert "have other development rows or columns, so no split is the same for both" in error
    assert not (two.folder / "none").exists()
    assert compared(two, "a", "b", "--seeds", "3") == 2
    assert "belong to --finalists N" in capfd.readouterr().err
    assert compared(two, "a") == 2
    assert "at least two studies" in capfd.readouterr().err


def test_the_finalists_are_written_down_before_the_first_training(two: CommandRunner) -> None:
    """A command that is killed at its first repetition has fixed them, and the same command comes to the same plan."""
    words = ("a", "b", "--finalists", "2", "--seeds", "2", "--workers", "1", "--out", "killed")
    code = (
        "import os, signal, sys; import experiments.study.comparing.trained_finalists as finalists\n"
        "finalists.train_finalists = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from experiments import compare; sys.exit(compare.main(sys.argv[1:]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=two.folder, env={**os.environ, **PORTABLE}, capture_output=True
    )
    assert killed.returncode == -9, killed
    folder = two.folder / "killed"
    plan = (folder / "finalists.json").read_bytes()
    assert not (folder / "compare.json").exists()
    assert compared(two, *words) == 0
    assert (folder / "finalists.json").read_bytes() == plan
