"""The analysis of small studies of each sort of data, against what their files hold."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.documents import rounded
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.analysis.analyse import analyse
from experiments.evaluation.analysis.tested_trials import best_of
from experiments.evaluation.records.reasons import NoDefaultScore, NoProbabilities, RowsInTimeOrder, TooFewTrials
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.out_of_fold import array_of
from nnet.arrays import Array
from support.searched import Searched, analysed, choice_of, searched
from support.tables import mixed_table

SPACE = {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}}


def document(source: str, **sections: Any) -> dict[str, Any]:
    return {
        "study": {"name": "mine"},
        "data": {"source": source},
        "training": {"epochs": 4},
        "search": {"trials": 3, "pruner": "none"},
        "cv": {"n_splits": 3},
        "space": SPACE,
        "final": {"members": 1},
    } | sections


def winner_outputs(done: Searched) -> Array:
    content = done.files.content(best_of(done.told).result)
    return array_of(content)


@pytest.mark.slow
def test_digits_have_pictures_of_the_rows_they_name(tmp_path: Path) -> None:
    from sklearn.datasets import load_digits

    done = searched(document("digits", training={"epochs": 2}), tmp_path)
    found = analysed(done)
    assert found.left_out == {"importances": TooFewTrials(trials=3, least=20, ended=3)}
    assert found.permutation.baseline == rounded(best_of(done.told).result.value)
    assert len(found.permutation.columns) == 64
    assert found == analysed(done)
    assert (found.selection.configurations, found.selection.rows, found.selection.draws) == (3, 1437, 1000)
    assert found.selection.method == "bbc_cv_rows"
    y = done.data.development.y[np.concatenate([validation for _, validation in done.data.folds.pairs])]
    hits = winner_outputs(done).argmax(axis=1) == y
    assert found.selection.pooled == pytest.approx(hits.mean(), abs=1e-9)
    assert found.out_of_fold.rows == 1437
    confusion = np.array(found.out_of_fold.confusion)
    assert (np.trace(confusion), confusion.sum()) == (hits.sum(), 1437)
    original = load_digits()
    assert len(found.out_of_fold.mistakes) == 12
    for one in found.out_of_fold.mistakes:
        assert str(original.target[one.row]) == one.truth != one.predicted
        assert (one.picture.width, one.picture.height, one.picture.colour) == (8, 8, False)
        pixels = np.frombuffer(base64.b64decode(one.picture.pixels), np.uint8)
        np.testing.assert_allclose(pixels, original.data[one.row] * 255 / 16, atol=0.5)
        held = done.data.folds.pairs[one.fold][1]
        numbers = done.data.development.table.numbers
        assert one.row in numbers[held]


def test_a_number_has_errors_and_points(tmp_path: Path) -> None:
    done = searched(document("diabetes", cv={"splitter": "KFold", "n_splits": 3}), tmp_path)
    found = analysed(done)
    assert (found.out_of_fold.confusion, found.out_of_fold.calibration) == (None, None)
    assert len(found.out_of_fold.points) == found.out_of_fold.rows == len(done.data.development.y)
    worst = found.out_of_fold.mistakes[0]
    assert abs(float(worst.truth) - float(worst.predicted)) == pytest.approx(worst.loss, abs=0.01)
    assert (worst.probability, worst.picture) == (None, None)


def test_repeated_folds_predict_a_row_again_and_it_is_one_row(tmp_path: Path) -> None:
    cv = {"splitter": "RepeatedStratifiedKFold", "n_splits": 3, "n_repeats": 2}
    done = searched(document("moons", cv=cv), tmp_path)
    of_rows = validation_rows(done.data.development, done.data.folds)
    assert len(of_rows.rows) == 640
    assert (np.bincount(of_rows.units) == 2).all()
    assert (np.unique(of_rows.folds) == np.arange(6)).all()
    found = analysed(done)
    assert (found.selection.rows, found.out_of_fold.rows) == (320, 640)
    assert len({one.row for one in found.out_of_fold.mistakes}) == len(found.out_of_fold.mistakes)


def test_mistakes_have_the_values_of_their_own_development_rows(tmp_path: Path) -> None:
    table = mixed_table(90)
    done = searched(document("given"), tmp_path, table)
    found = analysed(done)
    values, mistakes = found.mistake_values, found.out_of_fold.mistakes
    assert sorted(values.columns) == ["age", "city", "colour", "height"]
    assert values.columns == tuple(one.name for one in found.permutation.columns)
    assert len(values.rows) == len(mistakes) > 0
    numbers = done.data.development.table.numbers
    for one, cells in zip(mistakes, values.rows, strict=True):
        assert one.row in numbers
        shown = dict(zip(values.columns, cells, strict=True))
        row = table.features.iloc[one.row]
        assert (shown["age"], shown["colour"]) == (f"{row['age']:.6g}", row["colour"])
        assert shown["height"] == ("missing" if np.isnan(row["height"]) else f"{row['height']:.6g}")


def test_two_classes_have_a_roc_curve_and_others_have_none(tmp_path: Path) -> None:
    from sklearn.metrics import roc_auc_score

    done = searched(document("moons"), tmp_path)
    found = analysed(done)
    rows = validation_rows(done.data.development, done.data.folds)
    z = winner_outputs(done).astype(float)
    assert not found.uncertainty.temperature.kept
    area = roc_auc_score(rows.y, z[:, 1] - z[:, 0])
    assert found.roc.area == pytest.approx(area, abs=1e-8)
    assert (found.roc.positives, found.roc.negatives) == (int(rows.y.sum()), int((1 - rows.y).sum()))
    half = found.roc.operating[0]
    (kept, taken), (missed, hit) = found.out_of_fold.confusion
    assert (half.threshold, half.precision) == (0.5, pytest.approx(hit / (taken + hit), abs=1e-8))
    assert (half.recall, half.specificity) == pytest.approx((hit / (hit + missed), kept / (kept + taken)), abs=1e-8)
    assert analysed(searched(document("iris"), tmp_path / "iris")).roc is None


def test_outputs_that_are_no_probabilities_have_no_thresholds(tmp_path: Path) -> None:
    squared = {"epochs": 4, "loss": "mean_squared_error"}
    found = analysed(searched(document("moons", training=squared), tmp_path)).roc
    assert (len(found.points) > 2, found.operating) == (True, ())


def test_without_a_default_the_floor_is_left_out(tmp_path: Path) -> None:
    done = searched(document("moons"), tmp_path)
    first = done.told[0].result
    done.told[0] = replace(done.told[0], result=replace(first, state="FAIL", reason="worker died", value=None))
    found = analysed(done)
    assert (found.selection.floor, found.left_out["floor"]) == (None, NoDefaultScore())


def test_a_file_that_is_lost_meanwhile_is_one_line(tmp_path: Path) -> None:
    done = searched(document("moons"), tmp_path)
    next(tmp_path.iterdir()).unlink()
    with pytest.raises(StudyStateError, match=r"trial \d+: its out-of-fold outputs were lost"):
        analysed(done)


def test_other_work_is_done_once_the_workers_have_theirs(tmp_path: Path) -> None:
    done, asked = searched(document("moons"), tmp_path), list[list[str]]()
    choice = choice_of(done)
    analyse(done.study, done.told, choice, done.inputs, done.executor, lambda: asked.append(list(done.executor.asked)))
    (before,) = asked
    assert before[-1] == "run_fold_models"
    assert done.executor.asked[len(before)] == "uncertainty_of"


def test_rows_in_a_time_order_are_not_resampled(tmp_path: Path) -> None:
    table = mixed_table(90, "regression", time=np.arange(90)[::-1])
    done = searched(document("given", cv={"n_splits": 3}), tmp_path, table)
    found = analysed(done)
    assert (found.selection, found.left_out["selection"]) == (None, RowsInTimeOrder())
    assert found.out_of_fold.rows < len(done.data.development.y), "the first rows are never predicted"
    target = np.asarray(table.target)
    for one in found.out_of_fold.mistakes:
        assert one.truth == f"{target[one.row]:.6g}"


def test_whole_groups_are_drawn(tmp_path: Path) -> None:
    table = mixed_table(120, "regression", groups=np.repeat(np.arange(24), 5))
    done = searched(document("given", cv={"n_splits": 3}), tmp_path, table)
    found = analysed(done)
    assert found.selection.method == "bbc_cv_groups"
    groups = done.data.development.table.groups
    assert validation_rows(done.data.development, done.data.folds).units.max() + 1 == len(np.unique(groups))


def test_a_loss_without_probabilities_has_no_calibration(tmp_path: Path) -> None:
    done = searched(document("moons", training={"epochs": 4, "loss": "mean_squared_error"}), tmp_path)
    analysis = analysed(done)
    found = analysis.out_of_fold
    assert (found.calibration, found.confusion is None) == (None, False)
    assert analysis.left_out["calibration"] == NoProbabilities()
    assert "confusion" not in analysis.left_out
    assert {one.probability for one in found.mistakes} == {None}


def test_colour_has_three_bytes_a_pixel(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    features = random.integers(0, 256, (60, 12)).astype(np.uint8)
    names = tuple(map(str, range(12)))
    labels = np.arange(60) % 2
    table = Table(
        "mine", features, ("pixel",) * 12, names, labels, "y", ("a", "b"), pixel_range=255.0, picture=(2, 2, 3)
    )
    found = analysed(searched(document("given"), tmp_path, table)).out_of_fold
    picture = found.mistakes[0].picture
    assert picture.colour
    assert base64.b64decode(picture.pixels) == features[found.mistakes[0].row].tobytes()
