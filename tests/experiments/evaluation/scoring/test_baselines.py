from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss

from experiments.config.target import Target
from experiments.evaluation.records.reasons import NotFitted, TooManyClasses
from experiments.evaluation.scoring import baselines as module
from experiments.evaluation.scoring.baselines import BaselineTask, baseline_outputs, baseline_tasks, fit_baseline
from experiments.search.scorers import scorer
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.metrics import class_probabilities

pytestmark = pytest.mark.slow

CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(300, 4)).astype(np.float32)
X.setflags(write=False)  # as what workers share is
THREE = (X[:, 0] > 0).astype(np.intp) + (X[:, 1] > 0.5)
TARGETS = {
    "two classes": (Target(("a", "b")), (X[:, 0] > 0).astype(np.intp)),
    "three classes": (Target(("a", "b", "c")), THREE),
    "numbers": (Target(), 1e9 + 1e6 * (X[:, 0] - X[:, 1]).astype(np.float64)),
}
NOTHING = np.empty(0, np.intp)


def fold_of(y: np.ndarray, rows: int = 200, weights: np.ndarray | None = None) -> FoldData:
    return FoldData(X, y, np.arange(rows), NOTHING, weights)


def predicted(task: BaselineTask, fold: FoldData, target: Target) -> Array:
    fitted = fit_baseline(task, fold, target)
    assert fitted.reason is None
    return baseline_outputs(fitted, X[200:], target)


@pytest.mark.parametrize("kind", TARGETS)
def test_they_learn_what_is_to_be_learnt_and_any_scorer_takes_their_outputs(kind: str) -> None:
    target, y = TARGETS[kind]
    scores = {}
    for task in baseline_tasks(target, 200, 4):
        z = predicted(task, fold_of(y), target)
        names = ("accuracy", "neg_log_loss", "f1_macro", "roc_auc_ovr") if target.classes else ("r2", "neg_max_error")
        if kind == "two classes":
            names = ("accuracy", "neg_log_loss", "average_precision", "roc_auc")
        found = [scorer(name, target)(z, y[200:]) for name in names]
        assert np.isfinite(found).all()
        scores[task.id] = found[0]
    baseline, linear, boosted = scores.values()
    assert min(linear, boosted) > max(baseline, 0) + 0.2


def test_the_majority_class_is_predicted_with_the_classes_frequencies() -> None:
    target, y = TARGETS["three classes"]
    z = predicted(baseline_tasks(target, 200, 4)[0], fold_of(y), target)
    dummy = DummyClassifier().fit(X[:200], y[:200]).predict_proba(X[200:])
    np.testing.assert_allclose(class_probabilities(z), dummy)
    assert (z.argmax(axis=1) == np.bincount(y[:200]).argmax()).all()
    assert -scorer("neg_log_loss", target)(z, y[200:]) == pytest.approx(log_loss(y[200:], dummy))


@pytest.mark.parametrize("kind", ["two classes", "three classes"])
def test_logistic_regression_is_scikit_learns(kind: str) -> None:
    target, y = TARGETS[kind]
    z = predicted(baseline_tasks(target, 200, 4)[1], fold_of(y), target)
    model = LogisticRegression().fit(X[:200], y[:200])
    np.testing.assert_allclose(class_probabilities(z), model.predict_proba(X[200:]), atol=1e-6)


def test_ridge_regression_predicts_in_the_targets_units() -> None:
    target, y = TARGETS["numbers"]
    z = predicted(baseline_tasks(target, 200, 4)[1], fold_of(y), target)
    np.testing.assert_allclose(z[:, 0], Ridge().fit(X[:200].astype(float), y[:200]).predict(X[200:]), rtol=1e-5)


@pytest.mark.parametrize("kind", TARGETS)
def test_rows_without_weight_say_nothing_and_the_scale_of_weights_neither(kind: str) -> None:
    target, y = TARGETS[kind]
    weights = np.where(np.arange(300) < 150, 1.0, 0.0)
    for task in baseline_tasks(target, 200, 4):
        other = np.where(np.arange(300) < 150, y, y[::-1])
        once = predicted(task, fold_of(y, weights=weights), target)
        spoilt = predicted(task, fold_of(other, weights=1e90 * weights), target)
        np.testing.assert_allclose(once, spoilt, rtol=1e-5, atol=1e-5)
        assert not np.allclose(once, predicted(task, fold_of(y, weights=weights[::-1].copy()), target), rtol=1e-9)


def test_rows_that_are_not_trained_on_change_nothing() -> None:
    target, y = TARGETS["three classes"]
    garbage, labels = X.copy(), y.copy()
    garbage[200:], labels[200:] = 1e6, 0
    for task in baseline_tasks(target, 200, 4):
        clean = fit_baseline(task, fold_of(y), target)
        dirty = fit_baseline(task, replace(fold_of(labels), x=garbage), target)
        same = [baseline_outputs(one, X[200:], target).tobytes() for one in (clean, dirty)]
        assert same[0] == same[1]


def test_a_row_of_each_class_is_enough() -> None:
    target = Target(("a", "b", "c"))
    fold = FoldData(X[:3], np.arange(3), np.arange(3), NOTHING)
    for task in baseline_tasks(target, 3, 4):
        z = baseline_outputs(fit_baseline(task, fold, target), X[:7], target)
        assert z.shape == (7, 3)
        assert np.isfinite(z).all()


def test_a_large_table_is_bounded_and_says_so() -> None:
    majority, linear, boosted = baseline_tasks(Target(tuple("0123456789")), 60_000, 784)
    assert majority.settings == {"rows": 60_000, "rows_in_all": 60_000}
    assert linear.rows * 784 * 10 <= module.LINEAR_CELLS
    assert boosted.rows * 784 * 10 * boosted.iterations <= module.BOOSTED_CELLS
    assert boosted.settings["iterations"] == boosted.iterations
    assert (boosted.settings["rows"], boosted.settings["rows_in_all"]) == (boosted.rows, 60_000)
    small = baseline_tasks(Target(tuple("0123456789")), 1437, 64)
    assert all((one.settings["rows"], one.settings["rows_in_all"]) == (1437, 1437) for one in small)
    assert small[2].iterations == 50


def test_a_choice_of_rows_has_every_class() -> None:
    target = Target(("a", "b"))
    y = np.zeros(300, np.intp)
    y[7] = 1
    for task in baseline_tasks(target, 300, 4):
        fitted = fit_baseline(replace(task, rows=20), fold_of(y, 300), target)
        assert baseline_outputs(fitted, X, target).shape in {(300, 1), (300, 2)}
        assert fitted.estimator.classes_.tolist() == [0, 1]


def test_a_fit_that_fails_or_does_not_converge_is_an_outcome() -> None:
    target, y = TARGETS["three classes"]
    baseline, linear, boosted = baseline_tasks(target, 200, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit_baseline(replace(linear, iterations=1), fold_of(y), target).converged is False
        assert fit_baseline(linear, fold_of(y), target).converged is True
        assert fit_baseline(boosted, fold_of(y), target).converged is None
        spoilt = replace(fold_of(y), x=np.full_like(X, np.nan))
        failed = fit_baseline(linear, spoilt, target)
    assert failed.estimator is None
    assert isinstance(failed.reason, NotFitted)
    assert failed.reason.detail.startswith("Input X contains NaN")
    many = Target(tuple(map(str, range(101))))
    assert fit_baseline(boosted, fold_of(y), many).reason == TooManyClasses(limit=100)
    assert fit_baseline(baseline, fold_of(y), target).estimator is not None


def test_memory_that_is_short_here_is_no_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sklearn.dummy.DummyClassifier.fit", fails)
    target, y = TARGETS["three classes"]
    with pytest.raises(MemoryError):
        fit_baseline(baseline_tasks(target, 200, 4)[0], fold_of(y), target)


def test_what_baselines_load_is_loaded_beforehand() -> None:
    program = (
        "import sys; from experiments.evaluation.scoring.baselines import load_estimators; "
        "before = 'sklearn.ensemble' in sys.modules; load_estimators(); "
        "print(before, 'sklearn.ensemble' in sys.modules, 'sklearn.linear_model' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
