"""The path from a table to predictions, in the guide of studies and in README.md: its commands give what they show."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.search.arithmetic import obstacle, processor

ROOT = Path(__file__).parents[2]
STUDIES = (ROOT / "studies" / "README.md").read_text()
README = (ROOT / "README.md").read_text()
COMMAND = re.compile(  # with the lines below it
    r"^\$ nnet-experiments ([^\n]*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, whose studies are unknown to MLflow."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "none")
    return tmp_path


def run(command: str) -> str:
    """Run a command that ends well; return what it prints, with what it says on standard error first."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "experiments", *command.split()], capture_output=True, text=True
    )
    assert done.returncode == 0, (command, done.stderr)
    return done.stderr + done.stdout


@pytest.mark.long
@pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic")
def test_the_guide_shows_what_its_commands_print(here: Path) -> None:
    program = next(code for code in re.findall(r"```python\n(.*?)```", STUDIES, re.DOTALL) if "patients.csv" in code)
    subprocess.run([sys.executable, "-c", program], check=True)
    blocks = re.findall(r"<!-- path -->\n```console\n(.*?)```", STUDIES, re.DOTALL)
    commands = [found for block in blocks for found in COMMAND.findall(block)]
    assert [command.split()[0] for command, _ in commands] == [
        "tune",
        "tune",
        "tune",
        "compare",
        "predict",
        "reproduce",
    ]
    for command, shown in commands:
        printed = run(command).splitlines()
        assert shown
        assert [line for line in shown.splitlines() if line not in printed] == [], command


def test_readme_shows_the_same_path() -> None:
    names = {"my.csv": "patients.csv", "my": "patients", "label": "progression", "new_rows.csv": "new.csv"}
    names["--set-coverage"] = "--interval"
    commands = re.findall(r"^\| `nnet-experiments ([^`]*)` \|", README.split("## Your own table")[1], re.MULTILINE)
    commands = commands[: commands.index("reproduce my") + 1]
    shown = [" ".join(names.get(word, word) for word in command.split()) for command in commands]
    blocks = re.findall(r"<!-- path -->\n```console\n(.*?)```", STUDIES, re.DOTALL)
    assert [one for one in shown if one != "ui"] == [command for one in blocks for command, _ in COMMAND.findall(one)]
