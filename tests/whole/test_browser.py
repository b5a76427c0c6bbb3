"""MLflow's page in a real browser, on a real study: what a person sees of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.pictures import Pages
from support.browser import Browser, chromium
from support.desk import CommandRunner, desk_in
from support.waiting import PATIENCE

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="there is no chromium on this machine"),
    pytest.mark.usefixtures("tracked"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, database: Path) -> CommandRunner:
    """With a finished study."""
    desk = desk_in(tmp_path_factory.mktemp("desk"), database)
    desk.tuned("moons", "--tracking-uri", desk.store)
    desk.sync()
    return desk


@pytest.fixture(scope="module")
def pages(desk: CommandRunner) -> Iterator[Pages]:
    with Pages(desk.folder) as pages:
        yield pages


@pytest.fixture(scope="module")
def browser(pages: Pages) -> Iterator[Browser]:
    with Browser(1400, 1800) as browser:  # a chart below the edge is not drawn
        pages.settle(browser)
        yield browser


def best_first(desk: CommandRunner) -> list[str]:
    trials: list[dict[str, Any]] = [one for one in desk.results()["trials"] if one["value"] is not None]
    return [f"trial-{one['number']:03d}" for one in sorted(trials, key=lambda one: -one["value"])]


def test_the_address_that_the_command_says_shows_the_trials_best_first(
    desk: CommandRunner, pages: Pages, browser: Browser
) -> None:
    best = best_first(desk)
    browser.open(pages.trials, "Parallel Coordinates", *best)
    text = browser.text()
    assert text.index(best[0]) < text.index(best[1]) < text.index(best[2])
    browser.wait_for("log10_l2")


@pytest.mark.long
def test_the_table_has_scores_and_parameters(desk: CommandRunner, pages: Pages, browser: Browser) -> None:
    browser.open(pages.trials.replace("&compareRunsMode=CHART", ""), "cv_mean", "cv_std", "learning_rate")
    best = max(one["value"] for one in desk.results()["trials"] if one["value"] is not None)
    browser.wait_for(f"{best:.10f}"[:6])


@pytest.mark.long
def test_ten_trials_are_compared_on_parallel_axes(desk: CommandRunner, pages: Pages, browser: Browser) -> None:
    ten = best_first(desk)[:10]
    browser.open(pages.comparison(ten), f"Comparing {len(ten)} Runs", "Parallel Coordinates Plot", *ten)


@pytest.mark.long
def test_a_trial_has_its_curves(desk: CommandRunner, pages: Pages, browser: Browser) -> None:
    browser.open(pages.curves(best_first(desk)[0]), "val_score", "val_loss", "train_loss")


def test_the_page_of_the_study_has_its_result(desk: CommandRunner, pages: Pages, browser: Browser) -> None:
    browser.open(pages.study, "test_score", str(desk.results()["test"]["score"])[:6], "verdict")


@pytest.mark.long
def test_the_model_is_on_the_page_of_models(pages: Pages, browser: Browser) -> None:
    if not pages.models_logged():
        pytest.skip("the study logs no model")
    browser.open(pages.models, "Model name", "Ready")


@pytest.mark.long
def test_the_command_ends_with_its_page(desk: CommandRunner) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments.ui"],
        cwd=desk.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.match(
        r"MLflow's page on moons: http://127\.0\.0\.1:\d+/#/experiments/\d+/runs\?\S+ \(Ctrl-C ends it\)$", line
    )
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE)[1] == ""
    assert process.returncode == 0
