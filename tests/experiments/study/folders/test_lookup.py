"""A study is found by the same rules in every command."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from experiments.config.study_file import read_spec
from experiments.errors import ExperimentError, SpecError, StudyStateError
from experiments.study.folders.lookup import (
    StudyPlace,
    find_study,
    folder_for,
    known_studies,
    model_folder,
    model_of,
    results_file,
    shipped,
    study_file,
    study_folder,
)

FILE = '[study]\nname = "{}"\n[data]\nsource = "iris"\n[space]\ndropout = {{ low = 0, high = 0.5 }}\n'


@pytest.fixture(autouse=True)
def studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """one: has a file and has run; two: has a file; mine: is of a table; other: was made by --set study.name=other."""
    monkeypatch.chdir(tmp_path)
    studies = Path("studies")
    studies.mkdir()
    for name in ("one", "two"):
        (studies / f"{name}.toml").write_text(FILE.format(name))
    for name in ("one", "other", "mine"):
        ended(studies / name)
    (studies / "mine" / "study.toml").write_text(FILE.format("mine"))
    (studies / "notes").mkdir()
    return studies


def ended(folder: Path) -> None:
    """Make the folder of a study that has results and a model."""
    (folder / "model").mkdir(parents=True)
    for name in ("journal.log", "results.json", "model/model.json"):
        (folder / name).touch()


@pytest.mark.parametrize("study", ["one", "studies/one", "studies/one/", "studies/one.toml"])
def test_a_study_has_a_name_a_folder_and_a_file(studies: Path, study: str) -> None:
    assert study_file(study) == studies / "one.toml"
    assert study_folder(study) == studies / "one"
    assert results_file(study) == studies / "one" / "results.json"
    assert model_folder(study) == studies / "one" / "model"


@pytest.mark.parametrize("study", ["mine", "studies/mine", "studies/mine/study.toml"])
def test_a_study_of_a_table_has_its_file_in_its_folder(studies: Path, study: str) -> None:
    assert study_file(study) == studies / "mine" / "study.toml"
    assert study_folder(study) == studies / "mine"
    assert model_folder(study) == studies / "mine" / "model"


def test_a_file_in_studies_comes_before_that_in_the_folder(studies: Path) -> None:
    (studies / "mine.toml").write_text(FILE.format("mine"))
    assert study_file("mine") == studies / "mine.toml"


@pytest.mark.parametrize("study", ["other", "studies/other"])
def test_a_study_without_a_file_is_found_and_says_how_to_go_on_with_it(studies: Path, study: str) -> None:
    assert find_study(study) == StudyPlace(None, studies / "other")
    assert study_folder(study) == studies / "other"
    assert results_file(study) == studies / "other" / "results.json"
    assert model_folder(study) == studies / "other" / "model"
    with pytest.raises(
        SpecError, match=r"^STUDY: studies/other .* experiments\.tune FILE --set study\.name=other, with "
    ):
        study_file(study)


def test_a_folder_elsewhere_says_how_to_go_on_with_it_too(tmp_path: Path) -> None:
    ended(Path("runs/a b"))
    for study in ("runs/a b", str(tmp_path / "runs" / "a b")):
        assert study_folder(study) == Path(study)
        with pytest.raises(SpecError, match=r"experiments\.tune FILE --out '.*runs/a b', with the study file"):
            study_file(study)


def test_a_study_lies_where_its_file_says(studies: Path) -> None:
    (studies / "first.toml").write_text(FILE.format("other"))
    for study in ("first", "studies/first.toml"):
        assert study_folder(study) == studies / "other"
        assert model_folder(study) == studies / "other" / "model"
    ended(studies / "first")  # as by --set study.name=first of another file
    assert study_folder("first") == study_folder("studies/first") == studies / "first"
    assert study_folder("studies/first.toml") == studies / "other"


def test_a_study_that_ran_is_found_though_its_file_was_broken_since(studies: Path) -> None:
    (studies / "one.toml").write_text("[study]\n")
    assert study_folder("one") == studies / "one"
    with pytest.raises(SpecError, match=r"one\.toml: study\.name: this key is required"):
        study_folder("studies/one.toml")


def test_a_name_in_studies_comes_before_a_folder_here(studies: Path) -> None:
    ended(Path("other"))
    assert study_folder("other") == studies / "other"
    assert model_folder("other") == studies / "other" / "model"
    assert study_folder("./other") == study_folder("other/") == Path("other")
    ended(Path("notes"))
    assert study_folder("notes") == Path("notes")
    ended(Path())
    assert study_folder(".") == Path()


def test_a_results_file_and_a_model_folder_are_named_themselves(studies: Path) -> None:
    shutil.copy(studies / "one" / "results.json", "kept.json")
    shutil.copytree(studies / "one" / "model", "kept")
    assert results_file("kept.json") == Path("kept.json")
    shutil.copy("kept.json", "one")
    shutil.copy("kept.json", "kept results")
    assert results_file("kept results") == Path("kept results")
    assert results_file("one") == studies / "one" / "results.json"
    assert results_file("studies/one/results.json") == studies / "one" / "results.json"
    assert model_folder("kept") == Path("kept")
    assert model_folder("studies/one/model") == studies / "one" / "model"


def test_the_model_of_an_earlier_test_is_not_passed_off_as_the_studys(studies: Path) -> None:
    results = studies / "one" / "results.json"
    results.write_text('{"test": {"score": 0.9}}')
    assert model_folder("one") == studies / "one" / "model"
    results.write_text('{"test": null}')
    for study in ("one", "studies/one", "studies/one.toml"):
        with pytest.raises(StudyStateError, match=r"of an earlier test, .*studies/one/model names the"):
            model_folder(study)
    assert model_folder("studies/one/model") == studies / "one" / "model"


def test_an_outer_study_says_where_the_model_is(studies: Path) -> None:
    outer = studies / "one" / "outer-1"
    ended(outer)
    shutil.rmtree(outer / "model")
    for find in (model_folder, lambda study: model_of(Path(study), study)):
        with pytest.raises(
            StudyStateError, match=r"outer-1: .* keeps no model; that of the whole study is in studies/one\.$"
        ):
            find(str(outer))


def test_what_a_study_lacks_is_said(studies: Path) -> None:
    (studies / "one" / "results.json").unlink()
    with pytest.raises(StudyStateError, match=r"^studies/one/results\.json: there are no results; the study has not"):
        results_file("one")
    shutil.rmtree(studies / "one" / "model")
    ended(Path("one"))  # another study of that name does not stand in
    with pytest.raises(StudyStateError, match=r"^studies/one: .* no model; .*tune one; --score tests .* so far\.$"):
        model_folder("one")
    with pytest.raises(
        StudyStateError, match=r"^studies/two: there is no study .* experiments\.tune two begins one\.$"
    ):
        study_folder("two")


FINDERS: list[Callable[[str], Path]] = [study_file, study_folder, results_file, model_folder]


def test_an_unknown_study_is_refused_with_those_that_there_are() -> None:
    names = (
        r"^(STUDY|MODEL): must be a study's name \(.*diabetes, .*one, other, two, .*\), folder or \.toml file, but got"
    )
    unknown = ["three", "", "studies/three", "../one", "a\0b", "x" * 300, "studies/one/none.json"]
    for find, study in product(FINDERS, unknown):
        with pytest.raises(SpecError, match=names):
            find(study)


def test_a_message_does_not_list_every_study_of_many(studies: Path) -> None:
    with pytest.raises(SpecError, match=r"must be a study's name \(.*one.*two.*\), folder or .toml file"):
        find_study("neither")
    for at in range(20):
        ended(studies / f"run-{at}")
    shown = "those that `python -m experiments.tune --list` shows"
    with pytest.raises(SpecError, match=rf"must be a study's name \({shown}\), folder .* \(did you mean two\?\)\.$"):
        find_study("twoo")


def test_a_near_miss_of_a_name_is_named() -> None:
    for study, meant in [("Wine", "wine"), ("breast-cancer", "breast_cancer"), ("mien", "mine")]:
        with pytest.raises(SpecError, match=rf"but got '{study}' \(did you mean {meant}\?\)\.$"):
            find_study(study)


def test_a_table_in_place_of_a_model_says_which_comes_first() -> None:
    with pytest.raises(SpecError, match=r"but got 'new\.csv'; MODEL comes before FILE\.$"):
        model_folder("new.csv")
    with pytest.raises(SpecError, match=r"^--default-of: .* but got 'new\.csv'\.$"):
        find_study("new.csv", "--default-of")


def test_a_table_that_is_there_is_not_taken_for_results(
    studies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("new.csv").touch()
    with pytest.raises(SpecError, match=r"got 'new\.csv'.*; python -m experiments\.tune --data new\.csv makes a"):
        results_file("new.csv")


def test_from_another_folder_it_is_said_that_no_studies_are_there(
    studies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SpecError, match=r"but got 'quiz'\.$"):
        find_study("quiz")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(SpecError, match=r"but got 'one'; there is no folder studies here: go to the place that has it"):
        find_study("one")


def test_a_table_in_place_of_a_study_says_how_to_make_one_of_it() -> None:
    with pytest.raises(
        SpecError,
        match=r"but got 'in/my data\.csv'; python -m experiments\.tune --data 'in/my data\.csv' makes a study of",
    ):
        find_study("in/my data.csv")


def test_a_folder_without_a_study_is_refused() -> None:
    for find, study in product(FINDERS, ["notes", "studies", "studies/notes", ".", "..", "/"]):
        with pytest.raises(ExperimentError, match=r"there is no study in this folder|but got '\.\.'"):
            find(study)


def test_a_study_that_comes_with_the_program_lies_in_the_working_folder(studies: Path) -> None:
    file = study_file("wine")
    assert (file.name, file.is_absolute(), folder_for(file, read_spec(file))) == ("wine.toml", True, studies / "wine")
    ended(studies / "wine")
    assert (study_file("wine"), study_folder("wine")) == (file, studies / "wine")
    (studies / "wine.toml").write_text(FILE.format("wine"))
    assert study_file("wine") == studies / "wine.toml"


def test_the_link_to_them_may_be_a_text_as_windows_git_writes_it(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to("studies")
    (tmp_path / "written").write_text("studies")
    assert shipped(tmp_path / "linked") / "one.toml" == tmp_path / "linked" / "one.toml"
    assert shipped(tmp_path / "written") / "one.toml" == tmp_path / "studies" / "one.toml"


def test_without_studies_there_are_no_names(tmp_path: Path) -> None:
    shutil.rmtree("studies")
    assert known_studies() == {}
    with pytest.raises(SpecError, match=r"a study's name \(breast_cancer, .*, xor\), folder"):
        find_study("one")


def test_the_known_studies_have_a_file_or_a_folder(studies: Path) -> None:
    (studies / "._one.toml").touch()  # which a Mac leaves beside it
    files = {"mine": studies / "mine/study.toml", "one": studies / "one.toml", "two": studies / "two.toml"}
    assert known_studies() == {**files, "other": None}
    assert list(known_studies()) == ["mine", "one", "other", "two"]


@pytest.mark.parametrize("name", ["my.csv", "my.json.gz", "my.xlsx", "my.parquet", "my.npz", "my.npy"])
def test_every_file_of_a_table_is_told_how_to_be_a_study(name: str) -> None:
    with pytest.raises(SpecError, match=rf"--data {re.escape(name)} makes a study of a table"):
        find_study(name)
