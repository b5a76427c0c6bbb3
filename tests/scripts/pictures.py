"""Pictures of MLflow's page on a study: python tests/scripts/pictures.py FOLDER OUT [--study digits].

FOLDER is where `python -m experiments.tune` was run; OUT gets a PNG of each page, small ones in few colours.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

from experiments.tracking.mlflow_setup import prepare_mlflow
from support.browser import Browser
from support.waiting import PATIENCE

COLOURS = 64
DRAWN = 8.0  # seconds that charts may take after their page is there


class Pages:
    """MLflow's page on a folder's database, opened by our own command, and its addresses; a context manager.

    Args:
        folder: with mlruns/ in it.
        study:  whose trials they are; None for the only one.
    """

    def __init__(self, folder: Path, study: str | None = None):
        self._client = prepare_mlflow(os.environ).MlflowClient(f"sqlite:///{folder}/mlruns/mlflow.db")
        found = [one for one in self._client.search_experiments() if one.name in ({study} if study else {one.name})]
        (self._experiment,) = (one.experiment_id for one in found if one.name != "Default")
        runs = self._client.search_runs([self._experiment], max_results=1000)
        self._runs = {run.info.run_name: run.info.run_id for run in runs if "mlflow.parentRunId" in run.data.tags}
        self._parent = next(run.info.run_id for run in runs if "mlflow.parentRunId" not in run.data.tags)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "experiments.ui", "--no-browser"], cwd=folder, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        lines = (re.search(r"(http://[^/]+)/#\S+", line) for line in iter(self._process.stdout.readline, ""))
        said = next(one for one in lines if one is not None and f"/experiments/{self._experiment}/" in one[0])
        self.trials, self._page = said[0], said[1]

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=PATIENCE)

    def settle(self, browser: Browser) -> None:
        """Close what the page opens by itself: its assistant."""
        browser.open(f"{self._page}/health", "OK")
        shut = {"mlflow.assistant.panelOpen_v1": "false", "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true"}
        for key, value in shut.items():
            browser.value(f"localStorage.setItem({json.dumps(key)}, {json.dumps(value)})")

    def comparison(self, names: list[str]) -> str:
        """The page that compares runs."""
        runs, experiments = ([self._runs[name] for name in names], [self._experiment])
        query = f"runs={quote(json.dumps(runs))}&experiments={quote(json.dumps(experiments))}"
        return f"{self._page}/#/compare-runs?{query}&workflowType=machine_learning"

    def curves(self, name: str) -> str:
        return self._of(f"runs/{self._runs[name]}/model-metrics")

    @property
    def study(self) -> str:
        return self._of(f"runs/{self._parent}")

    @property
    def models(self) -> str:
        return self._of("models")

    @property
    def table(self) -> str:
        return self.trials.replace("&compareRunsMode=CHART", "")

    def best(self, count: int) -> list[str]:
        """The names of the best trials."""
        order = ["metrics.cv_mean DESC"]
        runs = self._client.search_runs([self._experiment], "metrics.cv_mean > -1e9", max_results=count, order_by=order)
        return [run.info.run_name for run in runs]

    def models_logged(self) -> int:
        return len(self._client.search_logged_models([self._experiment]))

    def _of(self, what: str) -> str:
        return f"{self._page}/#/experiments/{self._experiment}/{what}?workflowType=machine_learning"


def smaller(path: Path) -> None:
    """The picture in a few colours, which a page of text and lines does with."""
    from PIL import Image

    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def main() -> int:
    it = argparse.ArgumentParser(description=__doc__)
    it.add_argument("folder", type=Path)
    it.add_argument("out", type=Path)
    it.add_argument("--study", help="if there are several")
    it.add_argument("--size", default="1200x1000", help="of the window")
    chosen = it.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    width, height = map(int, re.findall(r"\d+", chosen.size))
    with Pages(chosen.folder.resolve(), chosen.study) as pages, Browser(width, height) as browser:
        pages.settle(browser)
        best = pages.best(10)
        shown = {
            "trials": (pages.trials, "Parallel Coordinates"),
            "table": (pages.table, "cv_mean"),
            "comparison": (pages.comparison(best), "Parallel Coordinates Plot"),
            "curves": (pages.curves(best[0]), "fold_0"),
            "study": (pages.study, "About this run"),
            "models": (pages.models, "Model name"),
        }
        for name, (address, text) in shown.items():
            browser.open(address, text)
            time.sleep(DRAWN)
            path = browser.picture(chosen.out / f"{name}.png")
            smaller(path)
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
