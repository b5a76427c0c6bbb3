"""The compilation: it is kept when it computes as Python does, and one process at a time is at it."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.search.arithmetic import processor
from experiments.search.compiled import build
from experiments.search.compiled.load import NAMES, file_name, unsealed
from experiments.search.compiled.place import opened
from nnet.compiled import Pass
from support.compiled import TYPES, WITH_NUMBA, compiled_passes, machine_code

pytestmark = WITH_NUMBA


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "nice", lambda steps: steps)
    monkeypatch.setattr(build, "compile_passes", machine_code)


@pytest.mark.slow
def test_the_code_is_kept_for_this_processor(folder: Path, quick: None) -> None:
    assert build.main() == 0
    assert [path.name for path in folder.iterdir()] == [file_name(processor())]
    assert unsealed((folder / file_name(processor())).read_bytes()) == machine_code()


@pytest.mark.slow
@pytest.mark.parametrize("real", TYPES)
def test_the_check_accepts_the_code_and_refuses_any_other(real: str) -> None:
    passes = compiled_passes(real)
    build.check(passes, real)
    nothing: Pass = lambda arrays, counts, reals, words: None  # noqa: E731
    for name in NAMES:
        with pytest.raises(ValueError, match=f"^{name} computes other bits than Python for"):
            build.check(replace(passes, **{name: nothing}), real)


def test_bits_are_the_same_with_nan_of_any_kind_but_zeros_of_one_sign() -> None:
    one = np.array([0.0, np.nan, 1.0])
    assert build.same_bits(one, np.array([0.0, -np.nan, 1.0]))
    assert not build.same_bits(one, np.array([-0.0, np.nan, 1.0]))
    assert not build.same_bits(one, np.array([0.0, 2.0, 1.0]))
    assert not build.same_bits(one, np.array([0.0, np.nan, np.nan]))


def test_a_second_process_leaves_it_to_the_first(folder: Path, quick: None) -> None:
    with opened() as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert build.main() == 0
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_a_file_system_without_locks_keeps_the_code_all_the_same(
    folder: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", without_locks)
    assert build.main() == 0
    assert [path.name for path in folder.iterdir()] == [file_name(processor())]


def test_a_reason_is_told_in_a_line(
    folder: Path, quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(os, "nice", lambda steps: steps)
    monkeypatch.setattr("experiments.search.compiled.place.home", lambda: folder.parent.parent)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert build.main() == 1
    assert capsys.readouterr().err.startswith("Numba cannot compile them: ModuleNotFoundError: import of numba halted")
    folder.chmod(0o755)
    assert build.main() == 1
    assert capsys.readouterr().err == f"{folder} is open to other users (chmod 700 makes it safe)\n"
