"""A study's experiment is where its own run lies, whatever its name on MLflow's page is."""

from __future__ import annotations

import json

import pytest

from experiments.tracking.outbox import Outbox, write_outbox
from experiments.tracking.writer import Writer
from support.tracking import BEGUN, NASTY, Place, end, metadata, result, tell

pytestmark = pytest.mark.slow


def names(place: Place) -> set[str]:
    return {experiment.name for experiment in place.client.search_experiments()} - {"Default"}


def test_a_study_goes_on_in_its_experiment_when_that_got_another_name(place: Place) -> None:
    place.write(result(0), end=end(1))
    place.client.rename_experiment(place.parent().info.experiment_id, "renamed")
    place.write(result(1), end=end(2, digest="d2"))
    assert names(place) == {"renamed"}
    assert set(place.trials("renamed")) == {"0", "1"}
    assert len(place.runs(name="renamed")) == 3


def folder_of(place: Place, uid: str, begun: float, metric: str) -> Writer:
    """Write a study of one name from a folder of its own, again if it is there."""
    folder = place.folder / uid
    if not folder.exists():
        folder.mkdir()
        study = metadata("s", uid, params={"cv.metric": metric}, description=f"By {metric}.", numbers=("l2",))
        write_outbox(folder, Outbox(metadata=study, begun=begun))
        tell(folder, result(0))
    writer = Writer(folder, place.uri)
    writer.close()
    assert writer.write(lambda: True), writer.trouble
    return writer


def shown(place: Place) -> tuple[str, str]:
    """The description of an experiment, and the metric of its view."""
    tags = place.client.get_experiment_by_name("s").tags
    (score,) = json.loads(tags["mlflow.sharedViewState.trials"])["compareRunCharts"][0]["selectedMetrics"]
    return tags["mlflow.note.content"], score


def test_of_two_studies_of_one_name_the_newer_has_the_view_and_the_words_and_it_is_said(place: Place) -> None:
    assert folder_of(place, "uid-1", BEGUN, "accuracy").notes == []
    assert shown(place) == ("By accuracy.", "cv_mean_accuracy")
    (line,) = folder_of(place, "uid-2", BEGUN + 9, "f1_macro").notes
    assert line == (
        "MLflow's experiment s holds another study of this name, too; its view and description are this one's; tune "
        "with --name NAME gives a study an experiment of its own"
    )
    assert shown(place) == ("By f1_macro.", "cv_mean_f1_macro")
    for again in ("uid-1", "uid-2"):
        assert folder_of(place, again, 0, "").notes == []
        assert shown(place) == ("By f1_macro.", "cv_mean_f1_macro")


def test_an_older_study_changes_neither_the_view_nor_what_a_person_wrote(place: Place) -> None:
    folder_of(place, "uid-2", BEGUN, "f1_macro")
    (line,) = folder_of(place, "uid-1", BEGUN - 9, "accuracy").notes
    assert "its view and description are the other's, which is newer;" in line
    assert shown(place) == ("By f1_macro.", "cv_mean_f1_macro")
    experiment = place.client.get_experiment_by_name("s").experiment_id
    place.client.set_experiment_tag(experiment, "mlflow.note.content", "Of all.")
    folder_of(place, "uid-3", BEGUN + 9, "accuracy")
    assert shown(place) == ("Of all.", "cv_mean_accuracy")


def test_a_new_study_of_the_old_name_leaves_the_renamed_one_alone(place: Place) -> None:
    place.write(result(0), end=end(1))
    experiment = place.parent().info.experiment_id
    place.client.rename_experiment(experiment, "renamed")
    place.client.create_experiment(NASTY)
    assert place.sync() is None
    assert (len(place.runs()), len(place.runs(name="renamed"))) == (0, 2)
    place.write(study=metadata(uid="uid-2"))
    assert (len(place.runs()), len(place.runs(name="renamed"))) == (2, 2)


def test_a_renamed_experiment_in_the_trash_stays_there(place: Place) -> None:
    place.write(result(0), end=end(1))
    experiment = place.parent().info.experiment_id
    place.client.rename_experiment(experiment, "renamed")
    place.client.delete_experiment(experiment)
    assert place.sync() is None
    assert (names(place), set(place.trials())) == ({NASTY}, {"0"})
