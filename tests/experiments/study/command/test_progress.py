"""What is shown, on a terminal and elsewhere."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from experiments.search.trial import Curves, FinishedTrial, TrialResult
from experiments.study.command.progress import StudyProgress
from experiments.study.command.time_left import TimeLeft

DONE = TrialResult(0, "COMPLETE", "", 0.5, 0.5, 1, 0.1, (0.5,), Curves((), (), (), ()))
PRUNED = replace(DONE, state="PRUNED", reason="pruned", value=None)


def shown(
    results: list[TrialResult], trials: int, terminal: bool = False, quiet: bool = False, from_journal: int = 0
) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, quiet=quiet, width=100)
    with StudyProgress(console) as progress:
        progress.search(trials, "accuracy", TimeLeft(trials, 1, 4.0))
        for number, result in enumerate(results):
            progress.update(FinishedTrial({}, replace(result, number=number)), from_journal=number < from_journal)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def lines(results: list[TrialResult], trials: int, from_journal: int = 0) -> list[str]:
    """What is printed where there is no terminal, without empty lines."""
    return [line for line in shown(results, trials, from_journal=from_journal).splitlines() if line]


def test_without_a_terminal_a_line_now_and_then() -> None:
    assert lines([DONE] * 100, trials=100) == [
        f"{done}/100 trials, best accuracy 0.5000, 0 pruned" for done in range(10, 101, 10)
    ]


def test_without_a_terminal_the_time_left_is_said_from_a_minute_on() -> None:
    console = Console(file=io.StringIO(), force_terminal=False, width=100)
    clock = iter(range(0, 10_000, 100))
    progress = StudyProgress(console)
    progress.search(2, "accuracy", TimeLeft(2, 1, 4.0, clock=lambda: float(next(clock))))
    progress.update(FinishedTrial({}, replace(DONE, seconds=100.0)))
    assert isinstance(console.file, io.StringIO)
    assert " trials, best accuracy 0.5000, 0 pruned, about " in console.file.getvalue()
    assert console.file.getvalue().endswith(" min left\n")


def test_a_small_study_has_a_line_for_each_trial() -> None:
    assert len(lines([DONE] * 3, trials=3)) == 3


def test_the_best_never_falls_and_the_pruned_are_counted() -> None:
    results = [PRUNED, replace(DONE, value=-0.5), replace(DONE, value=-0.9), PRUNED, replace(DONE, value=-0.25)]
    assert [line.partition(", ")[2] for line in lines(results, trials=5)] == [
        "no score yet, 1 pruned",
        "best accuracy −0.5000, 1 pruned",
        "best accuracy −0.5000, 1 pruned",
        "best accuracy −0.5000, 2 pruned",
        "best accuracy −0.2500, 2 pruned",
    ]


def test_trials_of_an_earlier_run_are_counted_and_not_printed() -> None:
    better = replace(DONE, value=0.75)
    printed = lines([better, PRUNED, DONE], trials=3, from_journal=2)
    assert printed == ["3/3 trials, best accuracy 0.7500, 1 pruned"]


def test_without_a_terminal_no_empty_line() -> None:
    assert not shown([], trials=3)


def test_without_a_terminal_about_ten_lines() -> None:
    assert len(lines([DONE] * 19, trials=19)) <= 10


def test_a_terminal_has_a_bar_that_goes_away() -> None:
    text = shown([DONE, PRUNED], trials=4, terminal=True)
    assert "2/4 trials" in text
    assert "best accuracy 0.5000, 1 pruned" in text
    assert text.count("\n") <= 1  # no lines as well
    assert text.endswith("\x1b[2K")


def stages(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with StudyProgress(console) as progress:
        for name in ("loading the data", "writing the report"):
            progress.stage(name)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_stage_has_a_line() -> None:
    assert stages(terminal=False).splitlines() == ["loading the data", "writing the report"]
    assert "writing the report" in stages(terminal=True)
    assert "loading the data\n" not in stages(terminal=True)


def test_the_time_left_is_shown_once_a_trial_tells() -> None:
    assert "left" not in shown([], trials=4, terminal=True)
    assert "0 s, about 2 s left" in shown([DONE] * 4, trials=4, terminal=True)


@pytest.mark.parametrize("terminal", [False, True])
def test_quiet_is_quiet(terminal: bool) -> None:
    assert shown([DONE] * 5, trials=5, terminal=terminal, quiet=True) == ""


def test_an_outer_study_says_which_fold_it_is() -> None:
    console = Console(file=io.StringIO(), width=100)
    with StudyProgress(console, "outer fold 2 of 5") as progress:
        progress.stage("loading the data")
        progress.search(1, "accuracy", TimeLeft(1, 1, 4.0))
        progress.update(FinishedTrial({}, DONE))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == [
        "outer fold 2 of 5: loading the data",
        "outer fold 2 of 5: 1/1 trials, best accuracy 0.5000, 0 pruned",
    ]
