"""A Python caller's words are those of the command: a study, or data, with the same settings changed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.default_study import own_study
from experiments.config.formats import GIVEN
from experiments.config.study_file import parse_spec, read_spec
from experiments.errors import SpecError
from experiments.study.folders.lookup import SHIPPED
from experiments.study.request.asked_study import AskedStudy, asked_study, study_of_file

STUDY = """\
[study]
name = "flowers"
[data]
source = "rows.csv"
target = "kind"
[training]
epochs = 7
[search]
trials = 9
[space]
learning_rate = { low = 1e-3, high = 1e-1, log = true }
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "flowers.toml").write_text(STUDY)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine.toml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(spec: Any = None, source: str | None = None, **settings: Any) -> AskedStudy:
    return asked_study(spec, source, settings)


def test_a_name_a_file_and_a_path_are_found_as_the_command_finds_them() -> None:
    for study in ("flowers", "studies/flowers.toml", Path("studies/flowers.toml")):
        found = asked(study)
        assert (found.folder, found.document) == (Path("studies/flowers"), None)
        assert found.spec == read_spec(Path("studies/flowers.toml"))
    assert asked("elsewhere/mine.toml").folder == Path("elsewhere/flowers")
    assert asked("xor").spec == read_spec(SHIPPED / "xor.toml")
    assert asked("xor").folder == Path("studies/xor")


def test_a_study_with_another_name_has_a_folder_and_a_study_file_of_that_name(here: Path) -> None:
    for study, folder in (
        ("flowers", "studies/linear"),
        ("elsewhere/mine.toml", "elsewhere/linear"),
        ("xor", "studies/linear"),
    ):
        found = asked(study, name="linear", l2=0, epochs=3)
        assert found.folder == Path(folder)
        assert found.document is not None
        assert parse_spec(found.document, "again") == found.spec
    (here / "studies" / "copy").mkdir()
    (here / "studies" / "copy" / "study.toml").write_text(STUDY)
    assert asked("copy").folder == Path("studies/copy")
    assert asked("copy", name="linear").folder == Path("studies/linear")
    with contextlib.chdir(here / "studies" / "copy"):
        assert asked("study.toml").folder == Path()
        assert asked("study.toml", name="linear").folder == here / "studies" / "linear"
    with pytest.raises(SpecError, match=r"^study\.name: studies/flowers\.toml is the study file of that name; choose "):
        asked("xor", name="flowers")


def test_sections_and_a_spec_lie_in_studies() -> None:
    read = read_spec(Path("elsewhere/mine.toml"))
    document = read.model_dump(exclude_unset=True)
    for spec in (read, document):
        assert asked(spec).folder == Path("studies/flowers")
        assert asked(spec).spec == read
    assert asked(document, trials=3).spec.search.trials == 3
    assert document["search"]["trials"] == 9


def test_settings_are_those_of_set() -> None:
    typed = read_spec(Path("studies/flowers.toml"), ["trials=4", "training.epochs=3", "data.drop=['a', 'b']"])
    for settings in (
        {"trials": 4, "epochs": 3, "drop": ("a", "b")},
        {"search.trials": np.int64(4), "training": {"epochs": 3}, "data.drop": ["a", "b"]},
    ):
        assert asked("flowers", **settings).spec == typed
    for names in (pd.Index(["a", "b"]), np.array(["a", "b"]), pd.Series(["a", "b"])):
        assert asked("flowers", drop=names, trials=4, epochs=3).spec == typed
    one = {"l2": {"low": 1e-6, "high": 1e-2, "log": True}}
    assert set(asked("flowers", space=one).spec.to_document()["space"]) == {"l2"}
    assert asked("flowers", **{"space.l2": one["l2"]}).spec.space.keys() == {"l2", "learning_rate"}


def test_data_without_a_study_has_the_default_space() -> None:
    spec, document = own_study("my.csv", "y", ["search.trials=5"])
    found = asked(source="my.csv", target="y", trials=5)
    assert (found.spec, found.document, found.folder) == (spec, document, Path("studies/my"))
    fixed = asked(source="my.csv", target="y", learning_rate=0.01).spec
    assert "learning_rate" not in fixed.space
    assert fixed.training.learning_rate == 0.01


def test_rows_in_memory_have_the_default_space_and_the_name_of_their_target(here: Path) -> None:
    (here / GIVEN).mkdir()  # is not taken for the source
    found = asked(source=GIVEN, target="price")
    assert (found.spec.data.source, found.spec.data.target) == (GIVEN, "price")
    assert found.folder == Path("studies/price")
    assert asked(source=GIVEN, target=-1).folder == Path("studies/given")
    assert asked(source=GIVEN, target="price", name="houses").folder == Path("studies/houses")
    assert found.spec.with_trials(1) == parse_spec({
        **own_study("my.csv", "price")[1], "study": {"name": "price"}, "data": {"source": GIVEN, "target": "price"},
    }, "").with_trials(1)  # fmt: skip


def test_columns_with_two_levels_go_by_their_pairs() -> None:
    data = asked(source=GIVEN, target=("y", "mean"), drop=[("x", "min")], name="m").spec.data
    assert (data.target, data.drop) == ("('y', 'mean')", ("('x', 'min')",))


def test_data_takes_the_place_of_a_studys_own(here: Path) -> None:
    (here / "pictures").mkdir()
    assert asked("flowers", "other.csv").spec.data.source == "other.csv"
    sections = {"study": {"name": "seen"}, "space": {"l2": {"low": 1e-6, "high": 0.1, "log": True}}}
    assert asked(sections, "pictures").spec.data.source == "pictures/"
    assert asked("flowers", GIVEN, target="colour").spec.data.target == "colour"
    assert asked("flowers").spec.data.source == "studies/rows.csv"


def test_what_cannot_be_is_said_in_pythons_words() -> None:
    frame = pd.DataFrame({"a": [1.0]})
    for spec, source, settings, said in (
        (None, None, {}, r"^spec: must be a study's name, file or sections; or pass data= for a study of it\.$"),
        (frame, None, {}, r"^spec: must be .* but got a DataFrame; pass rows as data=\.$"),
        ("my.csv", None, {}, r"^spec: must be a study's name or file, but 'my\.csv' is data; pass it as data=\.$"),
        ("flower", None, {}, r"^study: must be a study's name \(.*\) but got 'flower' \(did you mean flowers\?\)\.$"
         .replace(r"\) but", r"\), folder or \.toml file, but")),
        (None, "my.csv", {"trails": 5}, r"^trails: there is no such key \(did you mean search\.trials\?\)\.$"),
        (None, "my.csv", {"n_jobs": 2}, r"^n_jobs: there is no such argument \(did you mean workers\?\)\.$"),
        (None, "my.csv", {"trials": 0}, r"^search\.trials: .* 0"),
        ("flowers", None, {"epochs": None}, r"^epochs: must be a number, a text, True or False, .* but got None\.$"),
        ("flowers", None, {"training": {"epochs": frame}}, r"^training\.epochs: must be a number"),
        (None, GIVEN, {"groups": frame["a"]}, r"but got a Series; rows are passed as data=, and settings name their c"),
        (None, GIVEN, {"data": {"weights": np.ones(9)}}, r"^data\.weights: .* but got a ndarray; rows are passed as d"),
        (None, GIVEN, {"X": frame}, r"^X: must be .* but got a DataFrame; rows are passed as data=,"),
        (None, GIVEN, {"test": "b.csv"}, r"test cannot be set for source .given.; read both tables from files"),
        (None, "a.csv", {"test": frame}, r"but got a DataFrame; test rows .* as in data='train\.csv', test='test\.csv"),
        (None, GIVEN, {"test": "b.csv"}, r"or name the rows of one by a column of it, as in test_rows='split=test'"),
        (None, GIVEN, {"test_rows": np.ones(9)}, r"^test_rows: .* a ndarray; test rows .* test_rows='split=test'\.$"),
        ("flowers", None, {"options": 1}, r"^options: there is no such key"),
    ):  # fmt: skip
        with pytest.raises(SpecError, match=said) as error:
            asked(spec, source, **settings)
        assert "--" not in str(error.value)
        assert "\n" not in str(error.value)


def test_what_an_override_breaks_is_not_blamed_on_the_study_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[study]\nname = "mine"\n[data]\nsource = "wine"\n[space]\nl2 = { low = 0, high = 1 }\n')
    with pytest.raises(SpecError, match=r"^--set: training\.epochs: .* 1, but got -1\.$"):
        study_of_file(file, ["epochs=-1"])
    file.write_text(file.read_text().replace("high = 1", 'high = "x"'))
    with pytest.raises(SpecError, match=r"mine\.toml: space\.l2\.high: "):
        study_of_file(file, ["epochs=-1"])
