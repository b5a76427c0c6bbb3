"""Write the committed example, and the outputs and pictures in the guides, as the commands make them by now.

python tests/scripts/example.py
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

from scripts.pictures import DRAWN, Pages, smaller
from support.browser import Browser

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "example"
EXAMPLES = ROOT / "studies" / "examples"
STUDY = "digits"
WINDOW = (1280, 900)  # pixels


def tune() -> str:
    """Run the example's study from its first trial, and return what the command prints."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    study = str(ROOT / "studies" / f"{STUDY}.toml")
    environment = {key: value for key, value in os.environ.items() if key != "MLFLOW_TRACKING_URI"}
    python = partial(subprocess.run, cwd=BUILD, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    done = python([sys.executable, "-m", "experiments.tune", study, "--out", f"studies/{STUDY}"])
    python([sys.executable, "-m", "experiments.sync", STUDY])
    return done.stdout


def copy_report() -> None:
    """Put the Markdown report, its pictures and the results into the examples, in place of what was there."""
    shutil.rmtree(EXAMPLES / STUDY, ignore_errors=True)
    shutil.copytree(BUILD / "studies" / STUDY / "report_files", EXAMPLES / STUDY / "report_files")
    for name in ("report.md", "results.json"):
        shutil.copy(BUILD / "studies" / STUDY / name, EXAMPLES / STUDY)


def take_pictures() -> None:
    """Picture the first screen of report.html and MLflow's page on the trials."""
    with Browser(*WINDOW) as browser:
        browser.open((BUILD / "studies" / STUDY / "report.html").as_uri(), STUDY)
        smaller(browser.picture(EXAMPLES / STUDY / "report.png"))
        with Pages(BUILD) as pages:
            pages.settle(browser)
            browser.open(pages.trials, "Parallel Coordinates")
            time.sleep(DRAWN)
            smaller(browser.picture(EXAMPLES / "mlflow.png"))


def write_output(page: Path, name: str, output: str) -> None:
    """Replace the text between the comments `<!-- output of NAME -->` and `<!-- /output of NAME -->` of a page."""
    start, end = f"<!-- output of {name} -->", f"<!-- /output of {name} -->"
    text, count = re.subn(
        f"{start}.*?{end}", lambda _: f"{start}\n```\n{output.rstrip()}\n```\n{end}", page.read_text(), flags=re.DOTALL
    )
    if count != 1:
        raise SystemExit(f"{page}: {count} places for the output of {name}, not 1")
    page.write_text(text)


def summary(output: str) -> str:
    """Cut what stands before the summary: its first line begins with the study's name and the number of trials."""
    return output[re.search(rf"^{STUDY}: \d+ trials", output, re.MULTILINE).start() :]  # type: ignore[union-attr]


if __name__ == "__main__":
    write_output(ROOT / "README.md", "tune", summary(tune()))
    copy_report()
    take_pictures()
