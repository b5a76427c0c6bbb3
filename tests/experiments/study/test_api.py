"""What `experiments.run` does not know it refuses, before anything is read or written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.errors import SpecError
from experiments.study.api import run


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("look", [False, True, None, "no", "", "Take", 0, ["leave"], np.array(["take", "leave"])])
def test_a_look_that_is_not_known_is_refused_and_not_taken(look: Any, empty: Path) -> None:
    """The spec would be refused, too: the arguments come first."""
    with pytest.raises(SpecError, match=r"^look: must be 'take' \(.*'leave' \(.* or 'only' \(.*, but got ") as error:
        run("there-is-no-such.toml", look=look)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(f"{look!r:.100}.")
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("workers", [2.0, "2", True, 1.5])
def test_workers_are_a_whole_number(workers: Any) -> None:
    with pytest.raises(SpecError, match=r"^workers: must be a whole number, or None for all usable cores, but got "):
        run("there-is-no-such.toml", workers=workers)


@pytest.mark.parametrize("workers", [0, -1, np.int64(0)])
def test_there_is_a_worker(workers: Any) -> None:
    with pytest.raises(SpecError, match=r"^workers: `1 <= workers` must hold, but got "):
        run("there-is-no-such.toml", workers=workers)


@pytest.mark.parametrize("name", ["fresh", "quiet"])
@pytest.mark.parametrize("value", [1, "no", None])
def test_a_switch_is_true_or_false(name: str, value: Any) -> None:
    with pytest.raises(SpecError, match=f"^{name}: must be True or False, but got {value!r}"):
        run("there-is-no-such.toml", **{name: value})


@pytest.mark.parametrize("look", ["take", "leave", "only"])
@pytest.mark.parametrize("workers", [None, 1, np.int64(2)])
def test_what_is_known_is_not_refused(look: Any, workers: Any) -> None:
    with pytest.raises(SpecError, match=r"there-is-no-such\.toml: No such file"):
        run("there-is-no-such.toml", look=look, workers=workers, fresh=True, quiet=False)
