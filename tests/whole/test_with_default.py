"""A final model of two configurations: kept whole, predicted with as their mean, and shown as what it is."""

from __future__ import annotations

import errno
import io
import os
import shutil
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import predict, reproduce
from experiments.errors import StudyStateError
from experiments.evaluation.final_model.model import Model, predicted, read_model, write_model
from nnet import durable
from support.desk import CommandRunner
from support.links import contents, victim

CHANGED = ("search.trials=5", "training.epochs=6", "final.members=2")
DEFAULT = ("default.hidden_units=24", "default.learning_rate=0.01")
SHORT = [word for setting in (*CHANGED, *DEFAULT) for word in ("--set", setting)]
JOINED = [*SHORT, "--set", "final.choice=with_default"]
FILES = ("weights.npz", "model.json", "default/weights.npz", "default/model.json")


@pytest.fixture
def whole(desk: CommandRunner) -> dict[str, Any]:
    """The results of the study as they are when nothing happens to it."""
    desk.take("with_default", lambda other: other.tuned("moons", *JOINED, "--out", "whole"))
    return desk.results(Path("whole"))


def model_of(desk: CommandRunner, out: str = "whole") -> Model:
    return read_model(desk.folder / out / "model")


@pytest.mark.parametrize("lost", ["weights.npz", "default"])
def test_a_model_that_lost_a_part_is_fitted_again_and_scored_no_second_time(
    desk: CommandRunner, whole: dict[str, Any], lost: str
) -> None:
    model = desk.folder / "whole" / "model"
    kept = {name: (model / name).read_bytes() for name in FILES}
    if lost == "default":
        shutil.rmtree(model / lost)
    else:
        (model / lost).unlink()
    again = desk.tuned("moons", *JOINED, "--out", "whole")
    assert (again["digest"], again["test"]["times_scored"]) == (whole["digest"], 1)
    assert {name: (model / name).read_bytes() for name in FILES} == kept


def test_the_search_is_that_of_a_study_without_it(desk: CommandRunner, whole: dict[str, Any]) -> None:
    alone = desk.tuned("moons", *SHORT, "--out", "alone")
    assert alone["trials"] == whole["trials"]
    assert alone["analysis"]["selection"] == whole["analysis"]["selection"]
    assert alone["test"]["default"] == whole["test"]["default"]
    assert alone["test"]["metrics"] != whole["test"]["metrics"]
    assert alone["digest"] != whole["digest"]
    assert model_of(desk, "alone").beside is None
    winner, both = model_of(desk, "alone"), model_of(desk)
    assert winner.network.parameters.values.tobytes() == both.network.parameters.values.tobytes()


def test_it_predicts_the_mean_of_both(
    desk: CommandRunner, whole: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    model = model_of(desk)
    assert model.beside is not None
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), columns=model.rows.names)
    rows.to_csv(desk.folder / "new.csv", index=False)
    with chdir(desk.folder):
        assert predict.main(["whole", "new.csv"]) == 0
    found = pd.read_csv(io.StringIO(capsys.readouterr().out))
    shares = [shares_of(network, rows) for network in (model, model.beside)]
    np.testing.assert_allclose(
        logits(found.iloc[:, 1:]), logits(np.mean(shares, axis=0)) / temperature(whole), atol=1e-5
    )


def shares_of(model: Model, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The probabilities by the networks of one configuration alone, at no temperature."""
    return predicted(replace(model, beside=None, uncertainty=None), rows).iloc[:, 1:].to_numpy()


def logits(shares: Any) -> np.ndarray[Any, Any]:
    p = np.asarray(shares)
    return np.asarray(np.log(p[:, 1] / p[:, 0]))


def temperature(results: dict[str, Any]) -> float:
    return float(results["analysis"]["uncertainty"]["temperature"]["value"])


def test_pages_say_of_what_it_is_the_mean(desk: CommandRunner, whole: dict[str, Any]) -> None:
    said = desk.tune("moons", *JOINED, "--out", "again").out
    both = "the mean of 4 networks, 2 of the best configuration and 2 of the default"
    assert f"{both}; the scores above are of single networks" in said
    report = (desk.folder / "whole" / "report.md").read_text()
    for words in (
        "the mean of 2 such networks, trained for",
        "and 2 of the default configuration, 24 ReLU, trained for",
        "the final model is the mean of several",
        "the mean of 4 networks, half of them of the default configuration, none of which",
        "by the mean of 2 networks of the best configuration, without those of the default",
    ):
        assert words in report, words


def test_each_outer_fold_is_scored_by_both(desk: CommandRunner) -> None:
    nested = [*JOINED, "--set", "cv.outer=3", "--tracking-uri", "none"]
    both = desk.tuned("moons", *nested, "--out", "nested")
    alone = desk.tuned("moons", *nested, "--set", "final.choice=best", "--out", "alone")
    assert both["outer"]["folds"] != alone["outer"]["folds"]
    assert both["test"]["score"] != alone["test"]["score"] or both["test"]["metrics"] != alone["test"]["metrics"]
    assert model_of(desk, "nested").beside is not None
    with chdir(desk.folder):
        assert reproduce.main(["nested", "--workers", "1", "--final"]) == 0


def test_a_disk_that_is_full_leaves_the_earlier_model(
    desk: CommandRunner, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write, written = model_of(desk), durable._write_new, list[str]()

    def full(path: Path, content: bytes) -> None:
        written.append(path.name)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content)

    monkeypatch.setattr(durable, "_write_new", full)
    with pytest.raises(StudyStateError, match="model: cannot be written: No space left on device"):
        write_model(replace(before, trial=99), desk.folder / "whole" / "model")
    assert len(written) == 3
    assert model_of(desk).trial == before.trial
    assert len([path for path in (desk.folder / "whole" / "model").rglob("*") if path.is_file()]) == len(FILES)


def test_a_link_in_place_of_its_folder_is_not_followed(desk: CommandRunner, whole: dict[str, Any]) -> None:
    elsewhere = desk.folder / "elsewhere"
    before = victim(elsewhere)
    (desk.folder / "linked" / "model").mkdir(parents=True)
    (desk.folder / "linked" / "journal.log").touch()  # of a study, so that the folder is not taken for another's
    (desk.folder / "linked" / "model" / "default").symlink_to(elsewhere)
    assert desk.tuned("moons", *JOINED, "--out", "linked")["digest"] == whole["digest"]
    assert contents(elsewhere) == before
    assert not (desk.folder / "linked" / "model" / "default").is_symlink()
