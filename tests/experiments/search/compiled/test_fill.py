"""The start of the compilation beside a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.search.compiled import fill as module
from experiments.search.compiled.fill import compile_now, fill
from experiments.search.compiled.load import LATER, SWITCH


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr(module, "reason_for_numpy", lambda: LATER)
    monkeypatch.setattr(module, "PROGRAM", "no_such_module")


@pytest.mark.parametrize("reason", ["", "Numba is not installed", f"{SWITCH}=0"])
def test_nothing_starts_where_nothing_is_to_do(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "reason_for_numpy", lambda: reason)
    assert fill(pytest.fail) is None
    assert compile_now() == ""


@pytest.mark.slow
def test_a_failure_is_said_in_a_line() -> None:
    assert compile_now().startswith("the training steps stay with NumPy: ")
    assert compile_now().endswith("No module named no_such_module")


@pytest.mark.slow
def test_a_study_waits_only_where_it_is_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    waiting = fill(said.append)
    assert waiting is not None
    waiting.join()
    monkeypatch.setenv(SWITCH, "1")
    waiting = fill(said.append)
    assert waiting is not None
    assert not waiting.is_alive()
    assert len(said) == 2


@pytest.mark.slow
def test_numba_sees_none_of_its_variables_and_no_settings_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told.py").write_text(
        "import os, sys; sys.exit(f\"{os.getcwd()} {[name for name in os.environ if name.startswith('NUMBA')]}\")"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(module, "PROGRAM", "told")
    assert compile_now() == "the training steps stay with NumPy: / []"


@pytest.mark.slow
def test_a_program_that_cannot_be_started_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.sys, "executable", "/no/such/python")
    assert compile_now() == "the training steps stay with NumPy: the compilation failed (FileNotFoundError)"
