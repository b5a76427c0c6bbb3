"""A working folder from a stranger: no module in it is run by any process of a command."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from experiments.ui import free_port
from support.desk import CommandRunner
from support.waiting import PATIENCE

NAMES = (
    "cloudpickle concurrent experiments filelock json logging loky mlflow multiprocessing nnet numba numpy optuna",
    "pandas pickle psutil pyarrow pydantic re scipy sitecustomize sklearn struct subprocess threading typing",
)
MODULES = " ".join(NAMES).split()
CANARY = "from pathlib import Path; Path(__file__).with_suffix('.sings').touch()\nraise SystemExit(3)\n"


def test_no_process_of_a_study_runs_a_module_of_the_working_folder(desk: CommandRunner) -> None:
    for name in MODULES:
        (desk.folder / f"{name}.py").write_text(CANARY)
    # -P is how the installed command starts: without the working folder among the places of modules
    words = [sys.executable, "-P", "-m", "experiments.tune", "moons", "--workers", "1", "--trials", "2", "--quiet"]
    done = subprocess.run(words, cwd=desk.folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in desk.folder.glob("*.sings")] == []
    assert len((desk.study / "trials.csv").read_text().splitlines()) == 3


def test_nor_does_one_that_a_program_starts(desk: CommandRunner, tmp_path: Path) -> None:
    (desk.folder / "loky.py").write_text(CANARY)
    program = tmp_path / "program.py"
    program.write_text(
        "import experiments\n"
        "if __name__ == '__main__':\n"
        "    experiments.run('moons', trials=2, workers=1, look='leave', quiet=True)\n"
    )
    words = [sys.executable, str(program)]
    done = subprocess.run(words, cwd=desk.folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (desk.folder / "loky.sings").exists()


@pytest.mark.long
def test_nor_does_a_process_of_mlflows_page(desk: CommandRunner) -> None:
    for name in MODULES:
        (desk.folder / f"{name}.py").write_text(CANARY)
    port = free_port(None)
    words = [sys.executable, "-P", "-m", "experiments.ui", "--no-browser", "--port", str(port)]
    words += ["--tracking-uri", "sqlite:///mlruns/mlflow.db"]  # which is the working folder's
    with subprocess.Popen(words, cwd=desk.folder, stdout=PIPE, stderr=PIPE, text=True) as page:
        assert page.stdout is not None
        first = page.stdout.readline()
        page.send_signal(signal.SIGINT)
        _, error = page.communicate(timeout=PATIENCE)
    assert (first.startswith("MLflow's page on"), error, page.returncode) == (True, "", 0)
    assert [path.name for path in desk.folder.glob("*.sings")] == []
