from __future__ import annotations

from pathlib import Path

import pytest

from experiments.errors import SpecError
from experiments.tune import study_path, tracking_store, usable_cores


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "one.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_is_a_name_or_a_file() -> None:
    assert study_path("one") == Path("studies/one.toml")
    assert study_path("else/where.toml") == Path("else/where.toml")


@pytest.mark.parametrize("name", ["two", "../one", "studies/one", ""])
def test_an_unknown_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(SpecError, match=r"one of studies/ \(one\)"):
        study_path(name)


def test_the_option_comes_before_the_variable_before_the_local_store(here: Path) -> None:
    assert tracking_store("http://a", "http://b") == ("http://a", None)
    assert tracking_store(None, "http://b") == ("http://b", None)
    assert tracking_store(None, None) == (f"sqlite:///{here}/mlruns/mlflow.db", here / "mlruns" / "artifacts")
    assert tracking_store("sqlite:///x.db", None) == ("sqlite:///x.db", here / "mlruns" / "artifacts")


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1
