"""The uncertainty of small studies of each kind, against what their out-of-fold outputs say by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.documents import rounded
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.table import Table
from experiments.evaluation.analysis.operating_points import operating_points
from experiments.evaluation.analysis.tested_trials import best_of, finalists_of
from experiments.evaluation.final_model.refit import outputs
from experiments.evaluation.records.analysis_record import UncertaintyRecord
from experiments.evaluation.records.reasons import NetworkDiverged
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.last_fit import LastFit, last_fit
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.uncertainty.conformal import quantiles_of
from experiments.evaluation.uncertainty.levels import Uncertainty
from experiments.evaluation.uncertainty.temperature import choose_temperature, fit_temperature
from experiments.evaluation.validation_rows import ValidationRows, validation_rows
from experiments.search.out_of_fold import array_of
from nnet.arrays import Array
from nnet.metrics import class_probabilities, log_likelihood
from support.searched import Searched, analysed, choice_of, final_models, searched
from support.tables import mixed_frame, mixed_table

FIERCE: dict[str, Any] = {  # networks that are too sure of themselves
    "training": {"epochs": 40, "hidden_units": 60, "patience": 0, "validate_every": 40},
    "space": {"learning_rate": {"low": 0.03, "high": 0.06}},
    "default": {"learning_rate": 0.05},
}


def document(**sections: Any) -> dict[str, Any]:
    return {
        "study": {"name": "mine"},
        "data": {"source": "given"},
        "training": {"epochs": 6},
        "search": {"trials": 3, "pruner": "none"},
        "cv": {"n_splits": 3},
        "space": {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}},
        "final": {"members": 2},
    } | sections


def noisy() -> Table:
    """A table of which one row in five has the wrong class."""
    table = mixed_table(200)
    wrong = np.random.default_rng(5).random(200) < 0.2
    return replace(table, target=np.where(wrong, np.where(table.target == "yes", "no", "yes"), table.target))


def known(done: Searched) -> UncertaintyRecord:
    found = analysed(done).uncertainty
    assert found is not None
    return found


def predicted(done: Searched) -> tuple[Array, Array, ValidationRows]:
    """The out-of-fold outputs of the final models of winner and default."""
    rows = validation_rows(done.data.development, done.data.folds)
    found = final_models(done).out_of_fold(choice_of(done).contents, rows)
    assert not isinstance(found, NetworkDiverged)
    winner, default = found
    assert default is not None
    z, other = array_of(winner.content.open()), array_of(default.content.open())
    return z, other, rows


@pytest.mark.parametrize("members", [1, 2])
def test_the_quantiles_of_a_number_are_those_of_its_errors(members: int, tmp_path: Path) -> None:
    done = searched(document(final={"members": members}), tmp_path, mixed_table(120, "regression"))
    found, (z, _, rows) = known(done), predicted(done)
    errors = np.sort(np.abs(z[:, 0] - done.data.development.y[rows.rows]))
    assert (found.score, found.by, found.units) == ("error", "rows", 96)
    assert found.quantiles["0.9"] == pytest.approx(errors[-(-97 * 900 // 1000) - 1], rel=1e-8)
    assert found.quantiles == quantiles_of(errors, np.arange(96))
    assert "0.99" not in found.quantiles
    assert (found.temperature, found.default_temperature) == (None, None)
    assert [check.level for check in found.checks] == [0.8, 0.9, 0.95]
    assert all(abs(check.coverage - check.level) < 0.08 for check in found.checks)


def test_a_number_whose_logarithm_is_learnt_has_errors_of_its_logarithm(tmp_path: Path) -> None:
    table = mixed_table(120, "regression")
    table = replace(table, target=np.exp(table.target / 40.0))
    done = searched(document(data={"source": "given", "target_transform": "log"}), tmp_path, table)
    found, (z, _, rows) = known(done), predicted(done)
    errors = np.abs(np.log(z[:, 0]) - np.log(done.data.development.y[rows.rows]))
    assert found.score == "error_of_logarithm"
    assert found.quantiles["0.8"] == pytest.approx(np.sort(errors)[-(-97 * 800 // 1000) - 1], abs=2e-9)


def test_a_group_is_a_unit(tmp_path: Path) -> None:
    table = mixed_table(120, "regression", groups=np.repeat(np.arange(24), 5))
    done = searched(document(), tmp_path, table)
    found, (z, _, rows) = known(done), predicted(done)
    groups = len(np.unique(done.data.development.table.groups))
    assert (found.by, found.units) == ("groups", groups)
    errors = np.abs(z[:, 0] - done.data.development.y[rows.rows])
    assert found.quantiles == quantiles_of(errors, rows.units)
    assert max(found.quantiles, key=float) < "0.96", "20 groups are too few for 0.96"


def test_rows_in_a_time_order_count_alike_but_say_so(tmp_path: Path) -> None:
    done = searched(document(), tmp_path, mixed_table(120, time=np.arange(120)))
    found, (z, other, rows) = known(done), predicted(done)
    assert (found.by, found.units) == ("rows_in_time_order", len(rows.rows))
    by_fold = replace(rows, units=rows.folds)
    assert found.temperature == rounded(choose_temperature(z, by_fold))
    assert found.temperature != rounded(choose_temperature(z, rows)), "its error is over the folds"
    assert found.default_temperature == rounded(choose_temperature(other, by_fold))


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
def test_the_quantiles_of_classes_are_at_the_temperature(loss: str, tmp_path: Path) -> None:
    done = searched(document(**FIERCE | {"training": FIERCE["training"] | {"loss": loss}}), tmp_path, noisy())
    analysis, (z, other, rows) = analysed(done), predicted(done)
    found, curve = analysis.uncertainty, analysis.roc
    assert found is not None
    assert curve is not None
    assert z.shape[1] == (1 if loss.startswith("binary") else 2)
    assert found.temperature == rounded(choose_temperature(z, rows))
    assert found.default_temperature == rounded(choose_temperature(other, rows))
    assert found.temperature.kept
    assert found.temperature.value == fit_temperature(z, rows.y) > 1.2
    errors = 1 - class_probabilities(z / found.temperature.value)[np.arange(len(z)), rows.y]
    assert found.quantiles == quantiles_of(errors, rows.units)
    assert (found.score, found.units) == ("missing_probability", 160)
    served, other_scale = (operating_points(z / scale, rows.y) for scale in (found.temperature.value, 1.0))
    assert curve.operating == rounded(served) != rounded(other_scale), "thresholds are of the probabilities served"


def test_calibration_and_losses_of_mistakes_are_at_the_temperatures_of_the_folds(tmp_path: Path) -> None:
    done = searched(document(**FIERCE), tmp_path, noisy())
    analysis, (z, _, rows) = analysed(done), predicted(done)
    shares = class_probabilities(z / np.array(analysis.uncertainty.temperature.of_folds)[rows.folds, None])
    confidence = [(part.rows, part.confidence) for part in analysis.out_of_fold.calibration.bins]
    assert sum(count * mean for count, mean in confidence) / 160 == pytest.approx(shares.max(axis=1).mean(), abs=1e-8)
    worst = analysis.out_of_fold.mistakes[0]
    wrong = shares.argmax(axis=1) != rows.y
    assert worst.loss == pytest.approx(-np.log(shares[np.arange(160), rows.y][wrong].min()), abs=1e-8)


def test_a_loss_without_probabilities_has_sets_and_no_temperature(tmp_path: Path) -> None:
    training = {"epochs": 6, "loss": "mean_squared_error"}
    found = known(searched(document(training=training), tmp_path, mixed_table(120)))
    assert (found.temperature, found.default_temperature) == (None, None)
    assert found.quantiles


def test_a_default_that_wins_has_one_temperature(tmp_path: Path) -> None:
    done = searched(document(**FIERCE, search={"trials": 1}), tmp_path, noisy())
    found = known(done)
    assert found.temperature == found.default_temperature
    assert found.temperature.kept
    assert done.executor.asked.count("uncertainty_of") == 1


def test_a_default_that_diverges_on_a_fold_has_none(tmp_path: Path) -> None:
    done = searched(document(), tmp_path, mixed_table(120))
    models = final_models(done)
    assert best_of(done.told) is not done.told[0]
    (found,) = models._default
    for fold in found.result():
        fold.outputs[0] = np.nan
    both = models.out_of_fold({}, validation_rows(done.data.development, done.data.folds))
    assert not isinstance(both, NetworkDiverged)
    assert both[1] is None


def test_without_a_default_there_is_none_of_it(tmp_path: Path) -> None:
    done = searched(document(), tmp_path, mixed_table(120))
    first = done.told[0].result
    done.told[0] = replace(done.told[0], result=replace(first, state="FAIL", reason="worker died", value=None))
    found = known(done)
    assert found.temperature is not None
    assert found.default_temperature is None


def scored(done: Searched, ledger: Path, record: UncertaintyRecord | None) -> tuple[LastFit, FinalFits]:
    fits = FinalFits(done.study, done.executor)
    return last_fit(fits, finalists_of(done.told), Ledger(ledger), False, record), fits


def test_the_test_score_is_at_the_temperatures_that_the_ledger_names_first(tmp_path: Path) -> None:
    cv = {"n_splits": 3, "metric": "neg_log_loss"}
    done = searched(document(**FIERCE, cv=cv), tmp_path / "files", noisy())
    record = known(done)
    with_it, fits = scored(done, tmp_path / "with.jsonl", record)
    without, _ = scored(done, tmp_path / "without.jsonl", None)
    features, y = done.data.test._features, done.data.test._y
    for trial, temperature, score in zip(
        finalists_of(done.told),
        (record.temperature.value, record.default_temperature.value),
        (with_it.record.score, with_it.record.default.score),
        strict=True,
    ):
        task, model = fits.refit(trial)
        z = outputs(model, fits.preprocessors[task.candidate.preprocessing].transform(features))
        assert temperature != 1
        assert score == pytest.approx(log_likelihood(z / temperature, y).mean(), abs=1e-8)
    assert with_it.record.metrics["accuracy"] == without.record.metrics["accuracy"]
    assert with_it.record.confusion == without.record.confusion
    assert with_it.record.score > without.record.score, "overconfident networks lose by it"
    first = (tmp_path / "with.jsonl").read_text().splitlines()[0]
    assert f'"temperature":{record.temperature.value}' in first
    assert '"kind":"reserved"' in first
    assert '"temperature"' not in (tmp_path / "without.jsonl").read_text()
    assert with_it.model.uncertainty == Uncertainty(record.temperature.value, record.units, record.by, record.quantiles)
    assert without.model.uncertainty == Uncertainty()


def test_no_test_row_has_a_say(tmp_path: Path) -> None:
    def garbage(done: Searched) -> Searched:
        rows = len(done.data.test)
        frame = mixed_frame(rows, seed=99).assign(colour="green", age=-7.0)
        y = done.data.test._y
        sealed = SealedTestSet(frame, 1 - y if y.dtype.kind == "i" else y * 1e6)
        return replace(done, study=replace(done.study, data=replace(done.data, test=sealed)))

    for table in (noisy(), mixed_table(200, "regression")):
        clean = searched(document(**FIERCE), tmp_path / "files", table)
        dirty = garbage(clean)
        record = known(clean)
        assert known(dirty) == record
        looks = [
            scored(done, tmp_path / f"{table.target.dtype.kind}{name}", record)[0]
            for name, done in (("clean", clean), ("dirty", dirty))
        ]
        assert looks[0].model.uncertainty == looks[1].model.uncertainty
        assert looks[0].record.metrics != looks[1].record.metrics
