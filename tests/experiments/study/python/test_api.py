"""What `experiments.run` does not know it refuses, before anything is read or written."""

from __future__ import annotations

import signal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.data.table import Table
from experiments.errors import SpecError
from experiments.study.python.api import open, run
from support.study_file import RATE


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


LOOKS = [False, True, None, "no", "", "Take", 0, ["leave"], np.array(["take", "leave"])]


def test_a_look_that_is_not_known_is_refused_and_not_taken(empty: Path) -> None:
    """The spec would be refused, too: the arguments come first."""
    for look in LOOKS:
        with pytest.raises(
            SpecError, match=r"^look: must be 'take' \(.*'leave' \(.* or 'only' \(.*, but got "
        ) as error:
            refused(look=look)
        assert "\n" not in str(error.value)
        assert str(error.value).endswith(f"{look!r:.100}.")
    assert list(empty.iterdir()) == []


def test_workers_are_a_whole_number_of_at_least_one() -> None:
    for workers in (2.0, "2", True, 1.5):
        with pytest.raises(
            SpecError, match=r"^workers: must be a whole number, or None for all usable cores, but got "
        ):
            refused(workers=workers)
    for few in (0, -1, np.int64(0)):
        with pytest.raises(SpecError, match=r"^workers: `1 <= workers` must hold, but got "):
            refused(workers=few)


def test_a_switch_is_true_or_false() -> None:
    for name, value in product(("fresh", "quiet"), (1, "no", None)):
        with pytest.raises(SpecError, match=f"^{name}: must be True or False, but got {value!r}"):
            refused(**{name: value})


def test_names_and_addresses_are_texts_and_places_are_paths() -> None:
    for name, value in product(("tracking_uri", "register"), (5, Path("mlruns"), b"x")):
        with pytest.raises(SpecError, match=f"^{name}: must be a text, or None, but got "):
            refused(**{name: value})
    for name, value in product(("out", "default_of"), (5, b"x", ["x"], "")):
        with pytest.raises(SpecError, match=f"^{name}: must be a path, as a text or a Path, but got "):
            refused(**{name: value})
    for study in (5, None, b"x"):
        with pytest.raises(SpecError, match=r"^study: must be a path"):
            open(study)  # type: ignore[arg-type]


def test_an_interruption_says_how_to_go_on_and_comes_between_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading rows in memory imports much, and a module that is half imported stays so in a notebook."""
    handlers: list[object] = []

    def interrupted(*_: object) -> Table:
        handlers.append(signal.getsignal(signal.SIGINT))
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.study.python.api.given_table", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"^rows: interrupted; the same call again resumes the study$") as error:
        run(data=(np.zeros((9, 1)), np.arange(9)), name="rows", tracking_uri="none", quiet=True)
    assert error.value.__suppress_context__
    assert handlers != [signal.getsignal(signal.SIGINT)]


def test_what_is_known_is_not_refused() -> None:
    for look, workers in product(("take", "leave", "only"), (None, 1, np.int64(2))):
        with pytest.raises(SpecError, match=r"there-is-no-such\.toml: No such file"):
            refused(look=look, workers=workers, fresh=True, quiet=False)


def test_a_folder_may_be_named_from_home(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []
    monkeypatch.setenv("HOME", str(empty / "home"))
    monkeypatch.setattr(
        "experiments.study.python.api.run_study", lambda _, options, *__, **k: folders.append(options.folder)
    )
    with pytest.raises(AttributeError):  # of an outcome that is None
        run({"study": {"name": "w"}, "data": {"source": "wine"}, "space": RATE}, out="~/mine", quiet=True)
    assert folders == [empty / "home" / "mine"]


def refused(**arguments: Any) -> None:
    run("there-is-no-such.toml", **arguments)
