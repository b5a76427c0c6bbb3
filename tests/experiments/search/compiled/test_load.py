"""Compiled passes in a process: where they are there and safe, and otherwise the reason for NumPy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.search.arithmetic import Processor, processor
from experiments.search.compiled import load as module
from experiments.search.compiled.load import LATER, at_once, file_name, load, reason_for_numpy, sealed, unsealed
from nnet.compiled import install, passes_for
from support.compiled import WITH_NUMBA, machine_code

pytestmark = WITH_NUMBA
FLOAT32 = np.dtype("float32")
KEPT: list[object] = []  # engines


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Load anew, and leave other tests what they had."""
    monkeypatch.delenv(module.SWITCH, raising=False)
    kept, engines = passes_for(FLOAT32), module._engines.copy()
    module._engines.clear()
    install(FLOAT32, None)
    yield
    KEPT.extend(module._engines)  # whose code may still be in use
    module._engines[:] = engines
    install(FLOAT32, kept)


def test_passes_that_are_not_there_come_later(home: Path) -> None:
    assert (reason_for_numpy(), load()) == (LATER, LATER)
    assert passes_for(FLOAT32) is None


@pytest.mark.slow
def test_passes_that_are_there_are_installed(folder: Path) -> None:
    (folder / file_name(processor())).write_bytes(sealed(machine_code()))
    (folder / file_name(processor())).chmod(0o600)
    assert reason_for_numpy() == ""
    assert passes_for(FLOAT32) is None
    assert load() == ""
    assert passes_for(FLOAT32) is not None
    assert load() == ""


@pytest.mark.slow
def test_damaged_passes_are_not_loaded(folder: Path) -> None:
    content = sealed(machine_code())
    for damaged in (b"", content[:-1], content[:40] + b"?" + content[41:]):
        (folder / file_name(processor())).write_bytes(damaged)
        (folder / file_name(processor())).chmod(0o600)
        assert load() == LATER
    assert unsealed(content) == machine_code()


def test_an_unsafe_folder_is_the_reason_for_numpy(folder: Path) -> None:
    folder.chmod(0o755)
    assert load() == f"{folder} is open to other users (chmod 700 makes it safe)"


def test_a_user_can_switch_compiled_passes_off_or_on_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not at_once()
    monkeypatch.setenv("NNET_COMPILED", "1")
    assert (at_once(), load()) == (True, LATER)
    monkeypatch.setenv("NNET_COMPILED", "0")
    assert (at_once(), load()) == (False, "NNET_COMPILED=0")


def test_without_numba_numpy_computes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert load() == "Numba is not installed"
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    assert "llvmlite" in load()


def test_without_a_list_of_instruction_sets_numpy_computes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "processor", lambda: Processor("arm64"))
    assert load() == "this system does not list the processor's instruction sets"


def test_another_processor_has_a_file_of_its_own() -> None:
    here = processor()
    others = [replace(here, flags=here.flags | {"new"}), replace(here, model="another"), replace(here, machine="arm64")]
    assert len({file_name(each) for each in (here, *others)}) == 4


@pytest.mark.slow
def test_a_worker_loads_them_without_numba() -> None:
    program = (
        "import sys, experiments.search.compiled.load as it; it._found = lambda: (open(0, 'rb').read(), '');"
        "print(repr(it.load()), 'numba' in sys.modules, 'llvmlite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=machine_code(), capture_output=True, check=True)
    assert done.stdout.decode().split() == ["''", "False", "True"]
