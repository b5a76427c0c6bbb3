"""The committed digests, computed again: here, with a shell that wants other arithmetic, and with another libm."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.search.arithmetic import PORTABLE, obstacle, processor
from experiments.search.compiled.load import SWITCH
from support.golden import DIGESTS, STUDIES, digest_of, other_versions, result_of

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads(DIGESTS.read_text())
OTHER_LIBM = ROOT / "tests" / "support" / "other_libm.c"
COMPILED = ("digits", "784 inputs", "batch norm and dropout", "all of classification", "all of regression")
SHORT = ("moons, tpe", "all of classification", "newer parts")  # they use the most of a mathematical library

pytestmark = pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic")


def test_the_versions_are_those_of_the_constraints() -> None:
    assert other_versions() == []


def test_each_study_has_a_digest() -> None:
    assert list(GOLDEN) == list(STUDIES)
    assert len(set(GOLDEN.values())) == len(GOLDEN)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_has_its_digest(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "0")
    assert digest_of(result_of(name, tmp_path)) == GOLDEN[name]
    assert "training steps in NumPy (NNET_COMPILED=0)" in (tmp_path / "study" / "log.txt").read_text()


@pytest.mark.parametrize("name", COMPILED)
def test_a_study_has_its_digest_with_compiled_passes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setenv(SWITCH, "1")
    assert digest_of(result_of(name, tmp_path)) == GOLDEN[name]
    assert "compiled training steps" in (tmp_path / "study" / "log.txt").read_text()


def checked(*names: str, **environment: str) -> str:
    """The output of the script that compares these digests, in a shell with these variables."""
    shell = {name: value for name, value in os.environ.items() if name not in PORTABLE}
    command = [sys.executable, str(ROOT / "tests" / "scripts" / "golden.py"), "--check", *names]
    done = subprocess.run(command, env=shell | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def other_libm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variable that puts a libm with other last bits before the system's; nothing without a compiler."""
    if not (shutil.which("cc") and sys.platform == "linux"):
        return {}
    library = tmp_path_factory.mktemp("libm") / "other_libm.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(OTHER_LIBM), "-ldl", "-lm"], check=True)
    values = "import math; print([f(0.37).hex() for f in (math.erf, math.log1p, math.expm1, math.tanh)])"
    both = [
        subprocess.run(
            [sys.executable, "-c", values],
            env={**os.environ, "LD_PRELOAD": preloaded},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for preloaded in ("", str(library))
    ]
    assert all(ours != theirs for ours, theirs in zip(*map(ast.literal_eval, both), strict=True))
    return {"LD_PRELOAD": str(library)}


def test_a_shell_that_wants_other_arithmetic_and_another_libm_change_nothing(other_libm: dict[str, str]) -> None:
    shell = {"OPENBLAS_CORETYPE": "Sandybridge", "OPENBLAS_L2_SIZE": "1024", "NPY_DISABLE_CPU_FEATURES": "X86_V3"}
    assert checked("784 inputs", SHORT[0], **shell, **other_libm).count("the same") == 2


@pytest.mark.long
def test_a_libm_with_other_last_bits_changes_nothing(other_libm: dict[str, str]) -> None:
    if not other_libm:
        pytest.skip("needs a C compiler and LD_PRELOAD")
    assert checked(*SHORT, **other_libm).count("the same") == len(SHORT)
