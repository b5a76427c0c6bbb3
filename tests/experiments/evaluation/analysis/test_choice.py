"""The choice of the winner in small studies, best and smallest, against networks and scores computed anew."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.data.table import Table
from experiments.evaluation.analysis.selection_bias import Candidates, Selected
from experiments.evaluation.analysis.tested_trials import best_of, default_of, finalists_of, winner_of
from experiments.evaluation.final_model.refit import network_of, refit_task, run_refit
from experiments.evaluation.records.analysis_record import SmallestRecord
from experiments.evaluation.records.reasons import TooFewDraws
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.inputs import share_everything
from experiments.search.out_of_fold import array_of
from support.searched import Searched, analysed, choice_of, searched
from support.tables import mixed_table

SPACE = {"learning_rate": {"low": 1e-2, "high": 3e-2, "log": True}, "hidden_units": {"low": 2, "high": 64, "log": True}}


def study(folder: Path, table: Table | None = None, **sections: Any) -> Searched:
    document: dict[str, Any] = {
        "study": {"name": "mine", "seed": 1},
        "data": {"source": "moons" if table is None else "given"},
        "training": {"epochs": 12, "hidden_layers": 1},
        "search": {"trials": 8, "pruner": "none", "sampler": "random"},
        "cv": {"n_splits": 3},
        "space": SPACE,
        "final": {"members": 1},
    }
    return searched(document | sections, folder, table)


def expected(done: Searched, record: SmallestRecord) -> int:
    """The rule again: fewest parameters among those that are at most an error behind, then score, then number."""
    values = {trial.result.number: trial.result.value or 0.0 for trial in done.told if trial.result.state == "COMPLETE"}
    best = max(values.values())
    inside = [one for one in record.networks if best - values[one.trial] <= one.error]
    return min(inside, key=lambda one: (one.parameters, -values[one.trial], one.trial)).trial


def test_the_smallest_stands_beside_the_best_which_is_kept(tmp_path: Path) -> None:
    done = study(tmp_path)
    choice = choice_of(done)
    record, best = choice.smallest, best_of(done.told)
    assert (choice.winner, choice.finalists) == (best, finalists_of(done.told))
    assert (record.best, record.trial) == (best.result.number, expected(done, record))
    assert record.trial != record.best
    assert (record.method, record.draws) == ("paired_bootstrap_rows", 1000)
    sizes = [(one.parameters, one.behind) for one in record.networks]
    assert sizes == sorted(sizes)
    assert len(record.networks) == 8


def test_the_errors_are_those_of_the_rows_that_both_predicted(tmp_path: Path) -> None:
    done = study(tmp_path)
    choice = choice_of(done)
    record, y = choice.smallest, validation_rows(done.data.development, done.data.folds).y
    hits = {
        trial.result.number: array_of(done.files.content(trial.result) or b"").argmax(axis=1) == y
        for trial in choice.complete
    }
    for one in record.networks:
        differences = hits[record.best].astype(float) - hits[one.trial]
        assert one.error == pytest.approx(differences.std() / np.sqrt(len(y)), rel=0.1)
        assert one.behind == pytest.approx(differences.mean(), abs=1e-3)  # folds have almost one size


def test_with_the_choice_of_the_smallest_it_is_the_winner_of_everything(tmp_path: Path) -> None:
    """The search is the same; the winner, the finalists, the analysis and its corrected score are of the smallest."""
    usual, done = study(tmp_path / "best"), study(tmp_path, final={"members": 1, "choice": "smallest"})
    assert done.told == usual.told
    choice, record = choice_of(done), choice_of(usual).smallest
    assert choice.smallest == record
    winner = done.told[record.trial]
    assert (choice.winner, choice.finalists) == (winner, [winner, done.told[0]])
    analysis, before = analysed(done), analysed(usual)
    assert winner_of(done.study, done.told, analysis) is winner
    assert winner_of(usual.study, usual.told, before) is usual.told[record.best]
    assert analysis.selection is not None
    assert before.selection is not None
    rows = choice.validated
    outputs = array_of(done.files.content(winner.result) or b"")
    assert analysis.selection.pooled == pytest.approx((outputs.argmax(axis=1) == rows.y).mean(), abs=1e-9)
    assert analysis.selection.corrected != before.selection.corrected
    assert analysis.out_of_fold is not None
    assert np.trace(np.array(analysis.out_of_fold.confusion)) == (outputs.argmax(axis=1) == rows.y).sum()


def test_a_default_that_is_the_smallest_is_the_only_finalist(tmp_path: Path) -> None:
    """Nothing can be learnt, so the scores differ by chance alone."""
    noise = Table("mine", np.random.default_rng(0).normal(size=(60, 2)), ("number",) * 2, ("a", "b"),
                  np.random.default_rng(1).normal(size=60), "y", None)  # fmt: skip
    done = study(tmp_path, noise, final={"choice": "smallest"}, default={"hidden_units": 1, "learning_rate": 0.012})
    choice, default = choice_of(done), default_of(done.told)
    assert choice.smallest.best != 0
    assert choice.winner is default
    assert choice.finalists == [default]


def test_sizes_are_those_of_the_networks_that_are_refitted(tmp_path: Path) -> None:
    """With normalisation, a scale of the inputs, and categories that are columns of their own."""
    training = {"epochs": 3, "hidden_layers": 2, "batch_norm": True, "input_scale": True}
    done = study(tmp_path, mixed_table(90), training=training, search={"trials": 3, "pruner": "none"})
    for one in choice_of(done).smallest.networks:
        task = refit_task(done.study, done.told[one.trial])
        _, rows = share_everything(done.data.development, task.candidate.preprocessing, done.executor.share)
        network = network_of(run_refit(task, rows))
        assert one.parameters == network.parameters.values.shape[1]
        assert one.products == sum(weights.size for weights, _ in network.weights(0))


def test_rows_in_a_time_order_are_compared_fold_by_fold(tmp_path: Path) -> None:
    done = study(tmp_path, mixed_table(90, "regression", time=np.arange(90)))
    record = choice_of(done).smallest
    assert (record.method, record.draws, record.trial) == ("corrected_folds", None, expected(done, record))
    folds = {trial.result.number: np.array(trial.result.fold_scores) for trial in done.told}
    ratio = np.mean([len(held) / len(train) for train, held in done.data.folds.pairs])
    for one in record.networks:
        deviation = (folds[record.best] - folds[one.trial]).std(ddof=1)
        assert one.error == pytest.approx(deviation * np.sqrt(1 / 3 + ratio))


def test_too_few_draws_with_scores_leave_the_comparison_to_the_folds(tmp_path: Path) -> None:
    choice = choice_of(study(tmp_path))
    errors = choice._fold_errors().tolist()
    few: Future[Selected] = Future()
    few.set_result(Selected(TooFewDraws(draws=9, scored=1)))
    choice._drawing = few
    record = choice.smallest
    assert (record.method, record.draws) == ("corrected_folds", None)
    assert sorted(one.error for one in record.networks) == sorted(errors)


def test_groups_are_drawn_as_a_whole(tmp_path: Path) -> None:
    done = study(tmp_path, mixed_table(120, "regression", groups=np.repeat(np.arange(24), 5)))
    assert choice_of(done).smallest.method == "paired_bootstrap_groups"


def test_networks_of_one_size_leave_the_best_the_smallest(tmp_path: Path) -> None:
    done = study(tmp_path, space={"learning_rate": SPACE["learning_rate"]}, final={"choice": "smallest"})
    choice = choice_of(done)
    assert choice.smallest.trial == choice.smallest.best == choice.winner.result.number


def test_candidates_choose_by_the_rule_of_the_study() -> None:
    draws = np.array([[0.9, 0.8], [0.7, 0.8], [0.9, 0.8]])
    best = Candidates(values=(0.9, 0.8), sizes=(9, 3), default=0)
    smallest = Candidates(values=(0.9, 0.8), sizes=(9, 3), default=0, smallest=True)
    assert (best.chosen(np.array([0.0, 0.2])), smallest.chosen(np.array([0.0, 0.2]))) == (0, 1)
    assert smallest.chosen(np.array([0.0, 0.05])) == 0
    assert (best.chosen_in(draws).tolist(), smallest.chosen_in(draws).tolist()) == ([0, 1, 0], [1, 1, 1])
