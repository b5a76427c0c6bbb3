"""Commands and programs in a shell of their own: each study computes in a process that has its arithmetic."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import chdir
from typing import Any

import pytest

from experiments import reproduce
from experiments.search import arithmetic
from experiments.search.arithmetic import PORTABLE, obstacle, processor
from support.desk import CommandRunner
from support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic")
SHORT = ("moons", "--no-test", "--set", "search.trials=4")


@pytest.fixture
def plain_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that knows nothing of arithmetic."""
    for name in PORTABLE:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("plain_shell")
def test_a_program_gets_the_study_of_the_command(desk: CommandRunner, undisturbed: dict[str, Any]) -> None:
    program = (
        "import sys, experiments; from experiments.search.arithmetic import numpy_loops\n"
        "import numpy\n"
        "result = experiments.run('studies/moons.toml', out='here', workers=1, quiet=True)\n"
        "print(result.digest, numpy_loops())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=desk.folder, capture_output=True, text=True, check=True
    )
    assert (done.stdout.split()[0], done.stderr) == (undisturbed["digest"], "")


@pytest.mark.usefixtures("plain_shell")
def test_rows_in_memory_travel_to_the_studys_process(desk: CommandRunner) -> None:
    program = (
        "import experiments\n"
        "from sklearn.datasets import load_iris\n"
        "rows = load_iris(return_X_y=True)\n"
        "spec = {'study': {'name': 'flowers'}, 'search': {'trials': 2}, 'training': {'epochs': 5},\n"
        "        'space': {'learning_rate': {'low': 1e-3, 'high': 1e-1, 'log': True}}}\n"
        "print(experiments.run(spec, rows, workers=1, quiet=True).data.rows)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=desk.folder, capture_output=True, text=True, check=True)
    assert done.stdout == "150\n"


@pytest.mark.long
@pytest.mark.usefixtures("plain_shell")
def test_an_interrupted_command_resumes(desk: CommandRunner, undisturbed: dict[str, Any]) -> None:
    process = desk.start("moons")
    wait_until(lambda: desk.told() > 0)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, out + error
    assert error == "\ninterrupted; the same command again resumes the study\n"
    assert 0 < desk.told() < 14
    wait_until(lambda: not desk.workers())
    done = desk.tune_alone("moons")
    assert (done.code, done.complaints) == (0, "")
    assert desk.results()["digest"] == undisturbed["digest"]


def test_native_is_another_study_and_says_so(desk: CommandRunner) -> None:
    native = desk.tuned(*SHORT, "--set", "study.arithmetic=native")
    assert native["spec"]["study"]["arithmetic"] == "native"
    assert "NPY_ENABLE_CPU_FEATURES" not in native["provenance"]["environment"]["variables"]
    again = desk.tune(*SHORT, "--set", "study.arithmetic=native")
    assert "finished before" in again.out
    assert "native: another processor may compute other last bits" in again.out
    refused = desk.tune(*SHORT)
    assert refused.code == 2
    assert 'study.arithmetic was "native" and is "portable"' in refused.error


def test_without_portable_arithmetic_scores_are_compared(
    desk: CommandRunner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.studied("studies/moons", "search.trials=4")
    monkeypatch.setattr(arithmetic, "lacking", lambda here: "this processor lacks avx2")
    with chdir(desk.folder):
        code = reproduce.main(["moons", "--workers", "1"])
    out = capsys.readouterr().out
    assert "native, as this processor lacks avx2: the last bits may differ, so scores are compared, not bits" in out
    assert "moons: the same, to 0.0" in out, out
    assert code == 0


def test_a_study_without_portable_arithmetic_says_why(desk: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "lacking", lambda here: "this processor lacks avx2")
    done = desk.tune(*SHORT)
    assert (done.code, desk.results()["spec"]["study"]["arithmetic"]) == (0, "native")
    assert "study.arithmetic: native, as this processor lacks avx2; the last bits may differ on another" in done.out


def test_what_numpy_loaded_too_early_is_an_error(desk: CommandRunner) -> None:
    program = (
        "import os, numpy, sys\n"
        "from experiments.search.arithmetic import PORTABLE\n"
        "os.environ.update(PORTABLE)\n"
        "from experiments.tune import main\n"
        "sys.exit(main(['moons', '--workers', '1']))"
    )
    shell = {name: value for name, value in os.environ.items() if name not in PORTABLE}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=desk.folder,
        env={**shell, "OPENBLAS_CORETYPE": "Sandybridge"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: study.arithmetic: NumPy was loaded before OPENBLAS_CORETYPE")
