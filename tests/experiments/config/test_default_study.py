"""--data FILE is a study file that one need not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.config.default_study import folder_of, name_of, own_study, study_text
from experiments.config.study_file import parse_spec, read_spec
from experiments.errors import SpecError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_target_is_a_name_or_a_position() -> None:
    for given, target in [
        ("y", "y"),
        ("-1", -1),
        ("3", 3),
        ("'3'", "3"),
        ('"a b"', "a b"),
        ("2026-01-31", "2026-01-31"),
    ]:
        assert own_study("my.csv", given)[0].data.target == target


def test_overrides_override() -> None:
    spec, _ = own_study("my.csv", "y", ["search.trials=3", "study.name=other", "data.drop=[0]"])
    assert (spec.search.trials, spec.study.name, spec.data.drop) == (3, "other", (0,))
    with pytest.raises(SpecError, match=r"^search\.trials: .* -3"):
        own_study("my.csv", "y", ["search.trials=-3"])


def test_a_study_is_called_after_its_source() -> None:
    for source, name in [
        ("a/my.csv", "my"),
        ("a.b.csv", "a.b"),
        ("../flowers/", "flowers"),
        ("openml:61", "openml-61"),
        ("iris", "iris"),
        ("-x?.csv", "x-"),
        (". .csv", "table"),
        ("\u00a0😀.csv", "😀"),
        ("😀" * 600 + ".csv", "😀" * 50),
    ]:
        assert name_of(source) == name
        assert own_study(source, None if source in ("iris", "../flowers/") else "y")[0].study.name == name


def test_a_folder_needs_no_slash(here: Path) -> None:
    (here / "flowers").mkdir()
    assert own_study("flowers", None)[0].data.source == own_study("flowers/", None)[0].data.source == "flowers/"


@pytest.mark.parametrize("source", ["my.csv", "in/my.csv", "../my.parquet", "flowers/", "iris", "openml:61"])
@pytest.mark.parametrize("folder", [Path("studies/my"), Path("/elsewhere"), Path()])
def test_the_study_file_is_the_study(here: Path, source: str, folder: Path) -> None:
    (here / "flowers").mkdir()
    target = None if source in ("flowers/", "iris") else "y"
    spec, document = own_study(source, target, ["training.epochs=7"])
    lies = here / folder if folder != Path("/elsewhere") else here / "elsewhere" / "deep"
    lies.mkdir(parents=True, exist_ok=True)
    (lies / "study.toml").write_text(study_text(document, lies))
    again = read_spec(lies / "study.toml")
    assert again.to_document() == spec.to_document()
    if target or source == "flowers/":
        assert source.startswith("openml") or Path(again.data.source).resolve() == (here / source).resolve()


def test_a_study_file_in_its_folder_stays_there() -> None:
    spec, _ = own_study("my.csv", "y")
    assert folder_of(Path("studies/my/study.toml"), spec) == Path("studies/my")
    assert folder_of(Path("studies/one.toml"), spec) == Path("studies/my")


@pytest.mark.parametrize(
    ("override", "searched"),
    [
        ("learning_rate=0.01", {"hidden_layers", "hidden_units", "l2", "dropout", "numbers"}),
        ("training.dropout=0", {"learning_rate", "hidden_layers", "hidden_units", "l2", "numbers"}),
        ("training.hidden_layers=2", {"learning_rate", "hidden_units", "l2", "dropout", "numbers"}),
        ("hidden_layers=(64,32)", {"learning_rate", "l2", "dropout", "numbers"}),
        ("preprocessing.numbers=robust", {"learning_rate", "hidden_layers", "hidden_units", "l2", "dropout"}),
    ],
)
def test_a_setting_that_is_fixed_is_not_searched(override: str, searched: set[str]) -> None:
    spec, document = own_study("my.csv", "y", [override])
    assert set(spec.space) == set(document["space"]) == searched
    assert parse_spec(document, "again").to_document() == spec.to_document()


def test_pictures_have_no_numbers_to_scale_and_are_normalised(here: Path) -> None:
    (here / "flowers").mkdir()
    spec, document = own_study("flowers/", None)
    assert (spec.training.batch_norm, document["training"]["batch_norm"]) == (True, True)
    assert not own_study("flowers/", None, ["batch_norm=false"])[0].training.batch_norm
    assert not own_study("my.csv", "y")[0].training.batch_norm
    assert "numbers" in own_study("my.csv", "y")[0].space
    assert (
        set(spec.space) == set(document["space"]) == {"learning_rate", "hidden_layers", "hidden_units", "l2", "dropout"}
    )


def test_of_a_setting_that_is_fixed_and_searched_the_last_word_holds() -> None:
    fixed, searched = "training.l2=0", "space.l2={low=1e-5,high=1e-1}"
    assert "l2" not in own_study("my.csv", "y", [searched, fixed])[0].space
    spec, document = own_study("my.csv", "y", [fixed, searched])
    assert "l2" in spec.space
    assert "l2" not in document["training"]
