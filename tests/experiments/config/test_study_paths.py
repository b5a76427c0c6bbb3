"""Paths in a study file lie beside it, those on the command line here."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.config.default_study import own_study
from experiments.config.study_file import located, read_spec, seen_from

STUDY = """
study = { name = "x" }
data = { source = "my.csv", target = "y", test = "../other.csv" }
space = { l2 = { low = 1e-6, high = 0.1, log = true } }
"""


def test_paths_of_a_study_file_lie_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "studies").mkdir()
    path = tmp_path / "studies" / "one.toml"
    path.write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    spec = read_spec(Path("studies/one.toml"))
    assert (spec.data.source, spec.data.test) == ("studies/my.csv", "studies/../other.csv")
    here = read_spec(Path("studies/one.toml"), ["data.source=my.csv"])
    assert here.data.source == "my.csv"
    assert here.to_document() == spec.to_document()


def test_only_paths_are_located() -> None:
    for data, found in [
        ({"source": "iris"}, {"source": "iris"}),
        ({"source": "openml:61"}, {"source": "openml:61"}),
        ({"source": "flowers/"}, {"source": "at/flowers/"}),
        ({"source": "/a/my.npz"}, {"source": "/a/my.npz"}),
        ({"source": "mnist", "folder": "mnist"}, {"source": "mnist", "folder": "at/mnist"}),
        ({"source": 3}, {"source": 3}),
        ("iris", "iris"),
    ]:
        assert located({"data": data, "x": 1}, Path("at")) == {"data": found, "x": 1}
        assert located({"x": 1}, Path("at")) == {"x": 1}


def test_a_path_that_is_typed_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    for spec, _ in (own_study("~/my.csv", None), own_study("other.csv", None, ["data.source=~/my.csv"])):
        assert spec.data.source == "/home/me/my.csv"
    assert own_study("other.csv", None, ["data.source=~/pictures/"])[0].data.source == "/home/me/pictures/"
    assert own_study("~mine.csv", None)[0].data.source == "~mine.csv"


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert located({"data": {"source": "~/my.csv"}}, Path("at")) == {"data": {"source": "/home/me/my.csv"}}


@pytest.mark.parametrize("source", ["my.csv", "a/my.npz", "../flowers/", "flowers/"])
def test_there_and_back_is_the_same_place(source: str) -> None:
    document = {"data": {"source": source, "folder": "mnist"}}
    data = located(seen_from(document, Path("studies/x")), Path("studies/x"))["data"]
    assert Path(data["source"]).resolve() == Path(source).resolve()
    assert data["source"].endswith("/") == source.endswith("/")
    assert Path(data["folder"]).resolve() == Path("mnist").resolve()
