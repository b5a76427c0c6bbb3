"""The finalists of small studies: which they are, and their scores against trainings of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from experiments.data.prepare import preprocessed_folds
from experiments.data.splits.folds import make_folds
from experiments.errors import SpecError
from experiments.evaluation.analysis.fold_models import FoldModelsTask, train_fold_models
from experiments.evaluation.comparison.finalists import FinalistsPlan, FinalistsRecord
from experiments.evaluation.final_model.refit import RefitTask
from experiments.search.executors.serial import Inline
from experiments.search.seeds import repetition_seed
from experiments.search.trial import Shared
from experiments.study.comparing import trained_finalists
from experiments.study.comparing.compared import ReadStudy
from experiments.study.comparing.trained_finalists import Chosen, check_comparable, choose_finalists, train_finalists
from support.searched import Searched, searched

SPACE = {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}, "hidden_units": {"low": 2, "high": 16}}


def study(folder: Path, **sections: Any) -> Searched:
    document: dict[str, Any] = {
        "study": {"name": folder.name},
        "data": {"source": "moons"},
        "training": {"epochs": 4, "hidden_layers": 1},
        "search": {"trials": 4, "pruner": "none", "sampler": "random"},
        "cv": {"n_splits": 3},
        "space": SPACE,
        "final": {"members": 2},
    }
    return searched(document | sections, folder)


def read(done: Searched, **changes: Any) -> ReadStudy:
    """What `choose_finalists` and `check_comparable` read of a study."""
    spec = done.spec.to_document()
    result = SimpleNamespace(
        data=SimpleNamespace(fingerprint=done.data.fingerprint, classes=done.data.target.classes),
        split=SimpleNamespace(test_fingerprint=done.data.test.fingerprint),
    )
    fields: dict[str, Any] = {
        "name": done.spec.study.name,
        "spec": spec,
        "trials": tuple(done.told),
        "metric": done.spec.cv.metric,
        "recorded": SimpleNamespace(result=result),
    }
    made = SimpleNamespace(**fields | changes)
    made.setting = MethodType(ReadStudy.setting, made)
    return cast("ReadStudy", made)


def trained(done: Searched, count: int, seeds: int) -> tuple[list[Chosen], FinalistsRecord]:
    chosen = choose_finalists([read(done)], [done.study], count)
    plan = FinalistsPlan(
        metric=done.spec.cv.metric,
        finalists=tuple(one.finalist for one in chosen),
        seeds=seeds,
        splitter="StratifiedKFold",
        folds=3,
        rows=done.data.development.fingerprint,
    )
    return chosen, train_finalists(chosen, plan, done.executor, print)


def test_the_best_of_all_studies_are_chosen_and_equal_ones_once(tmp_path: Path) -> None:
    first = study(tmp_path / "a")
    second = study(tmp_path / "b", study={"name": "b", "seed": 1}, default={"hidden_units": 3})
    studies, contexts = [read(first), read(second)], [first.study, second.study]
    chosen = choose_finalists(studies, contexts, 5)
    rows = [
        (name, trial.result.number, trial.result.value or 0.0)
        for name, done in (("a", first), ("b", second))
        for trial in done.told
    ]
    best = sorted(rows, key=lambda row: -row[2])
    assert [(one.finalist.study, one.finalist.trial, one.finalist.selection) for one in chosen] == best[:5]
    assert {one.finalist.study for one in chosen} == {"a", "b"}
    assert (chosen[0].finalist.members, chosen[0].finalist.epochs) == (2, chosen[0].trial.result.epochs)
    twice = choose_finalists([studies[0], studies[0]], [first.study, first.study], 4)
    assert [one.finalist.trial for one in twice] == [row[1] for row in best if row[0] == "a"]
    with pytest.raises(SpecError, match="5 are wanted, but the studies have 4 complete configurations"):
        choose_finalists([studies[0], studies[0]], [first.study, first.study], 5)


def test_scores_are_those_of_final_models_on_new_folds(tmp_path: Path) -> None:
    done = study(tmp_path)
    chosen, record = trained(done, count=2, seeds=2)
    for at, one in enumerate(chosen):
        candidate = done.space.candidate(one.trial.params)
        for repetition in range(2):
            seed = repetition_seed(repetition)
            folds = make_folds(done.data.development, done.spec.cv, seed)
            assert folds.fingerprint != done.data.folds.fingerprint
            task = RefitTask(one.trial.result.number, candidate, one.trial.result.epochs, seed, (), 2)
            prepared = preprocessed_folds(done.data.development, folds, candidate.preprocessing)
            models = train_fold_models(FoldModelsTask(task, (0, 1, 2), "accuracy"), prepared, done.data.target)
            assert record.scores[at][repetition] == pytest.approx(tuple(model.score for model in models), abs=1e-9)
    assert record.ratio == pytest.approx(0.5, abs=0.01)
    ours, theirs = (np.array(record.scores[at], float) for at in (0, 1))
    assert record.pairs[0].score == pytest.approx((ours - theirs).mean(), abs=1e-9)


def test_a_repetition_has_as_many_rows_in_its_folds_as_the_search(tmp_path: Path) -> None:
    done = study(tmp_path, cv={"n_splits": 3, "fold_rows": 60})
    rows = [
        np.unique(
            np.concatenate(
                [part for pair in trained_finalists._folds(done.study, done.study, at).pairs for part in pair]
            )
        )
        for at in (0, 1)
    ]
    assert [len(of) for of in rows] == [60, 60]
    assert rows[0].tolist() != rows[1].tolist()
    chosen, record = trained(done, count=2, seeds=2)
    assert len(chosen) == 2
    assert np.isfinite(np.array(record.scores, float)).all()


def test_the_same_plan_gives_the_same_scores_in_any_company(tmp_path: Path) -> None:
    """A finalist's scores depend on its configuration and the number of the repetition alone."""
    done = study(tmp_path)
    _, three = trained(done, count=3, seeds=3)
    _, two = trained(done, count=2, seeds=2)
    assert two.scores == tuple(rows[:2] for rows in three.scores[:2])


def test_the_folds_of_a_repetition_are_forgotten_once_it_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many repetitions, the folds of all of them are as many files as fill a disk."""
    done = study(tmp_path)
    shared, most = set[Shared](), list[int]()

    def share(content: memoryview | bytes) -> Shared:
        shared.add(content := Inline(bytes(content)))
        most.append(len(shared))
        return content

    monkeypatch.setattr(done.executor, "share", share)
    monkeypatch.setattr(done.executor, "forget", shared.discard)
    trained(done, count=2, seeds=2)
    of_two = max(most)
    trained(done, count=2, seeds=5)
    assert max(most) == of_two
    assert shared == set()


def test_a_network_that_diverges_has_no_score(tmp_path: Path) -> None:
    done = study(tmp_path)
    chosen = choose_finalists([read(done)], [done.study], 2)
    wild = replace(chosen[1], trial=replace(chosen[1].trial, params={"learning_rate": 1e30, "hidden_units_1": 4}))
    plan = FinalistsPlan(
        metric="accuracy", finalists=(chosen[0].finalist,) * 2, seeds=2, splitter="KFold", folds=3, rows="f"
    )
    with np.errstate(all="ignore"):
        record = train_finalists([chosen[0], wild], plan, done.executor, print)
    assert record.scores[1] == ((None,) * 3,) * 2
    assert record.pairs == ()


def test_studies_that_cannot_be_trained_alike_are_refused_with_all_reasons(tmp_path: Path) -> None:
    done = study(tmp_path)
    one = read(done)
    check_comparable([one, one], 2, 2)
    other = study(tmp_path / "other", data={"source": "moons", "split_seed": 9})
    with pytest.raises(SpecError, match="have other development rows or columns, so no split is the same"):
        check_comparable([one, read(other)], 2, 2)
    spec = done.spec.to_document()
    native = read(done, spec={**spec, "study": {**spec["study"], "arithmetic": "native"}}, metric="f1")
    reasons = r"at least 2 are compared, but got 1; `2 <= --seeds <= 1000` must hold, but got 1; .*other metrics: "
    reasons += r"accuracy, f1; .*other arithmetic: portable, native"
    with pytest.raises(SpecError, match=reasons):
        check_comparable([one, native], 1, 1)
    timed = read(done, spec={**spec, "data": {"source": "moons", "time": "day"}})
    with pytest.raises(SpecError, match="in a time order, which leaves no other splits"):
        check_comparable([timed], 2, 2)
    with pytest.raises(SpecError, match="has not come to its end"):
        check_comparable([read(done, recorded=None)], 2, 2)
    with pytest.raises(SpecError, match=r"the journal of .* is not there"):
        check_comparable([read(done, trials=())], 2, 2)
