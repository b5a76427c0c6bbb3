"""The final model on the folds: its first network is the trial's own, and its outputs are the mean of all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.analysis import final_folds
from experiments.evaluation.analysis.final_folds import FinalModels, begin_models
from experiments.evaluation.analysis.fold_models import FoldModel, FoldModelsTask, run_fold_models, train_fold_models
from experiments.evaluation.analysis.tested_trials import best_of
from experiments.evaluation.final_model.mean_outputs import mean_outputs
from experiments.evaluation.final_model.refit import RefitTask
from experiments.evaluation.records.reasons import NetworkDiverged
from experiments.search.context import StudyContext
from experiments.search.cross_validation import prepare_fold
from experiments.search.executors.shared_data import open_folds
from experiments.search.out_of_fold import array_of
from experiments.search.seeds import member_seed
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.training import fit
from support.searched import Searched, analysed, searched
from support.tables import mixed_table

PLATEAU = {"epochs": 12, "schedule": "plateau", "plateau_patience": 1, "decay": 0.3, "learning_rate": 0.2}


def document(members: int, **sections: Any) -> dict[str, Any]:
    return {
        "study": {"name": "mine"},
        "data": {"source": "moons"},
        "training": {"epochs": 4, "average_epochs": 2},
        "search": {"trials": 3, "pruner": "none"},
        "cv": {"n_splits": 3},
        "space": {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}},
        "final": {"members": members},
    } | sections


def outputs_of(done: Searched, members: int) -> Array:
    """The out-of-fold outputs of the winner's model of so many networks."""
    spec = done.spec.model_copy(update={"final": done.spec.final.model_copy(update={"members": members})})
    study = StudyContext(spec, done.space, done.data)
    pending = begin_models(study, best_of(done.told), done.inputs, done.executor)
    return np.concatenate([fold.outputs for future in pending for fold in future.result()])


@pytest.mark.parametrize("kind", ["classes", "plateau", "number"])
def test_a_model_of_one_network_has_the_trials_own_outputs_to_the_bit(kind: str, tmp_path: Path) -> None:
    sections: dict[str, Any] = (
        {"training": PLATEAU, "space": {"l2": {"low": 1e-6, "high": 0.1}}} if kind == "plateau" else {}
    )
    table = mixed_table(90, "regression") if kind == "number" else None
    done = searched(document(1, **sections), tmp_path, table)
    own = array_of(done.files.content(best_of(done.told).result) or b"")
    found = outputs_of(done, 1)
    assert (found.tobytes(), found.dtype) == (own.tobytes(), own.dtype)
    if kind == "plateau":
        assert min(best_of(done.told).result.curves.factors) < 1


def test_several_networks_are_averaged_and_the_first_is_the_trials_own(tmp_path: Path) -> None:
    done = searched(document(3), tmp_path)
    winner = best_of(done.told)
    candidate, own = done.space.candidate(winner.params), array_of(done.files.content(winner.result) or b"")
    expected, first = [], []
    for fold, rows in enumerate(open_folds(done.inputs[candidate.preprocessing])):
        data, _ = prepare_fold(rows, candidate, done.data.target)
        architecture = candidate.architecture(data.x.shape[1], done.data.target)
        seeds = [member_seed(done.spec.study.seed, winner.result.number, fold, member) for member in range(3)]
        each = [
            fit(architecture, candidate.training, [data], [seed], winner.result.epochs)[0].predict(
                data.x[data.validation]
            )
            for seed in seeds
        ]
        first.append(each[0])
        expected.append(mean_outputs(np.array(each), probabilities=True))
    assert np.concatenate(first).tobytes() == own.tobytes()
    assert outputs_of(done, 3).tobytes() == np.concatenate(expected).tobytes()


def test_the_size_of_a_batch_changes_no_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done, tasks = searched(document(2), tmp_path), []
    found = []
    for networks in (1, 16, 4000):
        done.executor.asked.clear()
        monkeypatch.setattr(final_folds, "together", lambda *_, networks=networks: networks)
        found.append(outputs_of(done, 2).tobytes())
        tasks.append(len(done.executor.asked))
    assert tasks == [3, 2, 1]
    assert len(set(found)) == 1


def test_folds_of_different_widths_are_trained_in_one_task(tmp_path: Path) -> None:
    done, chance = searched(document(2), tmp_path), np.random.default_rng(0)
    rows, target = np.arange(40), Target(("a", "b"))
    folds = [
        FoldData(chance.normal(size=(40, width)).astype(np.float32), rows % 2, rows[:30], rows[30:])
        for width in (4, 5, 4)
    ]
    trained = RefitTask(2, done.space.candidate(done.space.default), 3, 0, members=2)
    whole = train_fold_models(FoldModelsTask(trained, (0, 1, 2), "neg_log_loss"), folds, target)
    for fold, model in enumerate(whole):
        (alone,) = train_fold_models(FoldModelsTask(trained, (fold,), "neg_log_loss"), folds, target)
        assert model.outputs.tobytes() == alone.outputs.tobytes()
        assert model.score == alone.score


def test_the_record_says_how_many_networks_and_how_well(tmp_path: Path) -> None:
    cv = {"n_splits": 3, "metric": "neg_log_loss"}
    done = searched(document(3, cv=cv), tmp_path)
    found = analysed(done)
    record, best = found.out_of_fold, best_of(done.told).result
    assert record is not None
    assert record.members == found.permutation.members == 3
    assert record.score == found.permutation.baseline != pytest.approx(best.value)
    assert record.default_score is not None
    one = searched(document(1, cv=cv), tmp_path / "one")
    single = analysed(one)
    assert single.selection == found.selection, "the corrected score is of single networks"
    assert single.out_of_fold.calibration != record.calibration
    assert (single.out_of_fold.members, single.out_of_fold.score, single.permutation.members) == (1, None, 1)
    assert done.executor.asked.count("run_fold_models") == 2
    assert one.executor.asked.count("run_fold_models") == 1


def test_a_default_that_wins_is_trained_once(tmp_path: Path) -> None:
    done = searched(document(2, search={"trials": 1}), tmp_path)
    models = FinalModels(done.study, done.told[0], done.told[0], done.inputs, done.executor)
    assert done.executor.asked == ["run_fold_models"]
    assert models.scores["score"] == models.scores["default_score"]


def test_a_network_that_diverges_leaves_out_what_it_predicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverged(task: FoldModelsTask, *arguments: Any) -> list[FoldModel]:
        return [replace(one, outputs=one.outputs * np.nan, score=np.nan) for one in run_fold_models(task, *arguments)]

    done = searched(document(2), tmp_path)
    monkeypatch.setattr(final_folds, "run_fold_models", diverged)
    found = analysed(done)
    assert (found.out_of_fold, found.permutation) == (None, None)
    assert found.left_out["out_of_fold"] == found.left_out["permutation"] == NetworkDiverged()
    assert found.selection is not None
