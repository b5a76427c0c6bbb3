"""A final model of two configurations: the mean of the winner's networks and the default's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from sklearn import model_selection

from experiments.config.study_file import parse_spec
from experiments.errors import SpecError
from experiments.evaluation.analysis.tested_trials import finalists_of
from experiments.evaluation.final_model.mean_outputs import joined
from experiments.evaluation.final_model.with_default import are_close, final_outputs, joins_default, share_held
from experiments.evaluation.records.reasons import NetworkDiverged
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.out_of_fold import array_of
from experiments.search.scorers import scorer
from support.searched import Searched, analysed, choice_of, final_models, searched
from support.tables import mixed_table

TASKS = ("classification", "regression")


def document(**sections: Any) -> dict[str, Any]:
    return {
        "study": {"name": "mine"},
        "data": {"source": "given"},
        "training": {"epochs": 6, "learning_rate": 0.01},
        "search": {"trials": 4, "pruner": "none"},
        "cv": {"n_splits": 3},
        "space": {"hidden_units": {"low": 24, "high": 40}},
        "default": {"hidden_units": 20},
    } | sections


def study(folder: Path, task: str = "classification", **sections: Any) -> Searched:
    given = {"final": {"choice": "with_default", "members": 2}, **sections}
    return searched(document(**given), folder, mixed_table(160, task))


def test_the_winner_stays_alone_where_it_is_much_better() -> None:
    default = [0.60, 0.70, 0.65, 0.72, 0.61]
    for gains, close in (
        ([0.0] * 5, True),
        ([0.01, -0.02, 0.03, 0.00, 0.02], True),
        ([0.05, 0.02, 0.11, 0.00, 0.08], True),
        ([0.20, 0.21, 0.19, 0.22, 0.18], False),
        ([0.1] * 5, False),
        ([-0.1] * 5, True),
    ):
        assert are_close(list(np.add(default, gains)), default, "KFold", 1) == close, gains


def test_it_needs_the_choice_and_a_default_that_is_not_the_winner(tmp_path: Path) -> None:
    done = study(tmp_path)
    finalists, spec = finalists_of(done.told), done.study.spec
    assert len(finalists) == 2
    assert joins_default(spec, finalists)
    assert not joins_default(spec, finalists[:1])
    best = spec.final.model_copy(update={"choice": "best"})
    assert not joins_default(spec.model_copy(update={"final": best}), finalists)
    better = replace(finalists[0].result, fold_scores=tuple(score + 10 for score in finalists[0].result.fold_scores))
    assert not joins_default(spec, [replace(finalists[0], result=better), finalists[1]])


@pytest.mark.parametrize(
    ("splitter", "folds", "repeats"),
    [("KFold", 4, 1), ("RepeatedKFold", 12, 3), ("TimeSeriesSplit", 5, 1), ("StratifiedKFold", 3, 1)],
)
def test_the_share_of_rows_that_are_held_is_that_of_the_folds(splitter: str, folds: int, repeats: int) -> None:
    options = {"n_repeats": repeats} if repeats > 1 else {}
    made = getattr(model_selection, splitter)(n_splits=folds // repeats, **options)
    rows = 120
    pairs = list(made.split(np.zeros(rows), np.arange(rows) % 2))
    assert len(pairs) == folds
    assert share_held(splitter, folds, repeats) == pytest.approx(fmean(len(b) / len(a) for a, b in pairs))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("members", [1, 2])
def test_its_out_of_fold_outputs_are_the_mean_of_both(task: str, members: int, tmp_path: Path) -> None:
    done = study(tmp_path, task, final={"choice": "with_default", "members": members})
    alone = study(tmp_path / "alone", task, final={"members": members})
    rows = validation_rows(done.data.development, done.data.folds)

    def found(of: Searched) -> Any:
        models = final_models(of)
        outputs = models.out_of_fold(choice_of(of).contents, rows)
        assert not isinstance(outputs, NetworkDiverged)
        return [array_of(one.content.open()) for one in outputs if one is not None], models.scores

    (both, default), scores = found(done)
    (winner, other), before = found(alone)
    np.testing.assert_array_equal(default, other)
    np.testing.assert_array_equal(both, joined(winner, default, task == "classification"))
    assert scores["members"] == 2 * members
    score = scorer(done.study.spec.cv.metric, done.data.target)
    of_folds = [score(both[rows.folds == fold], rows.y[rows.folds == fold]) for fold in np.unique(rows.folds)]
    assert scores["score"] == pytest.approx(np.mean(of_folds), rel=1e-12)
    alone_default = before["default_score"] if members > 1 else done.told[0].result.value
    assert scores["default_score"] == alone_default


def test_the_analysis_is_of_both_and_the_search_of_single_networks(tmp_path: Path) -> None:
    both, alone = analysed(study(tmp_path)), analysed(study(tmp_path / "alone", final={"members": 2}))
    assert both.selection == alone.selection
    assert both.permutation == alone.permutation
    assert both.out_of_fold is not None
    assert alone.out_of_fold is not None
    assert (both.out_of_fold.members, alone.out_of_fold.members) == (4, 2)
    assert both.out_of_fold.score != alone.out_of_fold.score
    assert both.uncertainty != alone.uncertainty


def test_a_default_that_diverges_on_a_fold_leaves_out_what_both_predict(tmp_path: Path) -> None:
    done = study(tmp_path)
    models = final_models(done)
    for future in models._default:
        for fold in future.result():
            fold.outputs[0] = np.nan
    rows = validation_rows(done.data.development, done.data.folds)
    assert models.out_of_fold({}, rows) == NetworkDiverged()


def test_each_model_has_its_temperature() -> None:
    winner, default = np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]])
    both, other = final_outputs([winner, default], [2.0, 4.0], joins=True, probabilities=True)
    np.testing.assert_allclose(both, joined(winner, default, True) / 2)
    np.testing.assert_allclose(other, default / 4)
    assert both[0, 0] == both[0, 1]
    for outputs in ([winner, default], [winner]):
        alone = final_outputs(outputs, [2.0, 4.0], joins=False, probabilities=True)
        assert len(alone) == len(outputs)
        np.testing.assert_allclose(alone[0], winner / 2)


def test_two_losses_have_no_mean() -> None:
    given = document(final={"choice": "with_default"})
    given["space"] = {**given["space"], "loss": {"choices": ["cross_entropy", "hinge"]}}
    with pytest.raises(SpecError, match=r'final\.choice: with_default .* set final\.choice = "best"'):
        parse_spec(given, "study.toml")
