"""A finished study in Python says what its results.json records."""

from __future__ import annotations

import shutil
from html import unescape
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pytest

from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.final_model.model import predicted, write_model
from experiments.study.folders.lookup import EXAMPLE
from experiments.study.python.api import open as open_study
from experiments.study.python.opened import Study
from support.models import mixed_model
from support.tables import mixed_frame


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "digits").mkdir()
    shutil.copy(EXAMPLE, tmp_path / "digits" / "results.json")
    return open_study(tmp_path / "digits")


def test_it_is_opened_by_its_folder_and_its_results(study: Study) -> None:
    assert open_study(str(study.folder / "results.json")).digest == study.digest == study.result.digest
    assert (study.data.task, study.data.rows, study.test) == ("classification", 1797, study.result.test)


def test_it_is_found_from_another_folder_and_by_a_path_from_home(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_model(mixed_model(("a", "b")), study.folder / "model")
    (study.folder / "report.html").write_text("<html></html>")
    near = open_study("./digits")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir("/")
    assert (near.folder, open_study("~/digits").folder) == (Path("digits"), study.folder)
    assert near.model.predicts == "y"
    assert Path(near.report).is_file()
    assert len(near.trials) == 40


def test_its_line_names_score_rows_trials_and_place(study: Study) -> None:
    test = study.test
    assert test is not None
    assert repr(study) == f"<Study digits: accuracy {test.score:.4f} on 360 test rows, 40 trials, {study.folder}>"


def test_its_trials_are_those_on_record_with_their_types(study: Study) -> None:
    table, best = study.trials, study.result.best
    assert list(table.index) == list(range(40))
    for trial in study.result.trials:
        row = table.loc[trial.number]
        assert (row["state"], row["last"]) == (trial.state, trial.last)
        assert row["learning_rate"] == trial.params["learning_rate"]
        assert pd.isna(row["value"]) if trial.value is None else row["value"] == trial.value
    assert table["value"].idxmax() == best.number
    assert table["hidden_layers"].dtype.kind == "i"
    assert table.loc[best.number, [f"fold_{fold}" for fold in range(5)]].tolist() == list(best.fold_scores)


def test_best_params_are_those_that_the_network_has(study: Study) -> None:
    params, layers = study.best_params, study.best_params["hidden_layers"]
    assert isinstance(layers, int)
    assert {name for name in params if name.startswith("hidden_units")} == {
        f"hidden_units_{layer}" for layer in range(1, layers + 1)
    }
    assert params.items() <= study.result.best.params.items()


def test_the_report_is_a_path_and_in_a_notebook_the_page(study: Study) -> None:
    with pytest.raises(
        StudyStateError, match=r"report\.html: there is no report; python -m experiments\.report .* writes it"
    ):
        study.report  # noqa: B018
    page = "<html lang=\"en\"><p class='a'>5 < 6 & 7</p></html>"
    (study.folder / "report.html").write_text(page)
    assert str(study.report) == str(study.folder / "report.html")
    assert Path(study.report).read_text() == page
    shown = study.report._repr_html_()
    before, _, rest = shown.partition('srcdoc="')
    assert unescape(rest.partition('"')[0]) == page
    assert before == "<iframe "


def test_the_model_predicts_a_frame(study: Study) -> None:
    with pytest.raises(StudyStateError, match=r"the study has no model; it gets one when .* look='only'"):
        study.model  # noqa: B018
    model, frame = mixed_model(("a", "b")), mixed_frame(9)
    write_model(model, study.folder / "model")
    assert study.model.predict(frame).equals(predicted(model, frame))
    assert study.model is study.model


def test_what_a_later_run_put_into_the_folder_is_not_taken_for_the_studys(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Mock(side_effect=StudyStateError("journal.log: trial 0 is not that of results.json."))
    monkeypatch.setattr("experiments.study.python.opened.learned", other)
    write_model(mixed_model(("a", "b")), study.folder / "model")
    (study.folder / "report.html").write_text("<html></html>")
    results = study.folder / "results.json"
    results.write_text(results.read_text().replace(study.digest, "0" * 64))
    for use in (lambda: study.model, lambda: study.report, lambda: study.trials, lambda: study.compare(EXAMPLE)):
        with pytest.raises(StudyStateError, match=r"a later run has put other results there; experiments\.open\('"):
            use()


def test_what_cannot_be_compared_is_said_in_pythons_words(study: Study) -> None:
    for other in ("no-such", study):
        with pytest.raises(ExperimentError, match=r"^study: "):
            study.compare(other)


def test_an_error_is_one_line_in_a_notebook() -> None:
    with pytest.raises(ExperimentError) as caught:
        open_study("no-such")
    assert caught.value._render_traceback_() == [f"SpecError: {caught.value}"]  # IPython asks for it by this name


def test_what_is_no_finished_study_is_said(tmp_path: Path, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ExperimentError, match=r"^study: must be a study's name .* but got 'no-such'; there is no folder studies here: "
    ):
        open_study("no-such")
    results = study.folder / "results.json"
    results.write_text(results.read_text().replace('"rows": 1797', '"rows": 1798'))
    with pytest.raises(StudyStateError, match="was changed after it was written"):
        open_study(study.folder)
