"""A study's experiment is where its own run lies, whatever its name on MLflow's page is."""

from __future__ import annotations

import pytest

from support.tracking import NASTY, Place, end, metadata, result

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
