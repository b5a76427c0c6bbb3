"""Baselines: simple scikit-learn models, fixed beforehand, to which a study's score is compared.

Their settings are constants, bounded so that a large table takes seconds. They learn from development rows only, and
nothing else depends on them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.splits.subsample import subsample
from experiments.errors import first_line
from experiments.evaluation.records.reasons import NotFitted, TooManyClasses
from experiments.evaluation.records.results import BaselineId
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.target_scaling import TargetScaler, fit_scaler
from nnet.arrays import Array
from nnet.batches import FoldData

VERSION = 1  # number that goes up when a model changes under the same id
LINEAR_CELLS = 200_000_000  # limit of rows x inputs x outputs, each read in every iteration
LINEAR_ITERATIONS = 100  # scikit-learn's default; a convex loss gains little after
BOOSTED_CELLS = 400_000_000  # limit of rows x inputs x trees
# at the learning rate 0.2 worth 20 to 100 iterations at scikit-learn's default of 0.1, in half the time
BOOSTED_ITERATIONS = (10, 50)
LEARNING_RATE, LEAVES, BINS = 0.2, 15, 64  # settings of boosting
BOOSTING: BaselineId = "gradient_boosting"
MOST_BOOSTED = 100  # largest number of classes, each with a tree in every iteration
SEED = 0  # not the study's: on the same rows every study has the same baselines
UNSCALED = TargetScaler()
LONGEST = 200  # characters of a reason


@dataclass(frozen=True)
class BaselineTask:
    """A baseline and its limits.

    settings:   with id and version all that defines the model, besides the rows themselves.
    rows:       largest number of rows to learn from; a seeded choice of them where there are more.
    iterations: 0 of a model without iterations.
    """

    id: BaselineId
    settings: dict[str, float | int | str]
    rows: int
    iterations: int
    version: int = VERSION


@dataclass(frozen=True)
class FittedBaseline:
    """A baseline that was fitted.

    estimator: scikit-learn's, fitted; None where it could not be.
    units:     scale of its predictions, where they are numbers.
    converged: whether the fit ended before its last iteration; None of a model without iterations.
    reason:    reason for a missing estimator.
    """

    estimator: Any
    units: TargetScaler = UNSCALED
    converged: bool | None = None
    reason: TooManyClasses | NotFitted | None = None


def baseline_tasks(target: Target, rows: int, inputs: int) -> tuple[BaselineTask, ...]:
    """List the baselines for data of this size.

    Args:
        rows:   number of rows to learn from.
        inputs: number of inputs of each row.

    >>> [task.id for task in baseline_tasks(Target(("no", "yes")), rows=100, inputs=4)]
    ['majority_class', 'logistic_regression', 'gradient_boosting']
    """
    trees = target.outputs if target.outputs > 2 else 1
    few, many = BOOSTED_ITERATIONS
    linear = max(1, LINEAR_CELLS // (inputs * target.outputs))
    boosted = max(1, BOOSTED_CELLS // (inputs * trees * few))
    rounds = min(many, max(few, BOOSTED_CELLS // (min(rows, boosted) * inputs * trees)))

    def task(id: BaselineId, most: int, iterations: int = 0, **settings: float | int | str) -> BaselineTask:
        limit = {"iterations": iterations} if iterations else {}
        return BaselineTask(id, {**settings, **limit, "rows": min(most, rows), "rows_in_all": rows}, most, iterations)

    boosting = task(BOOSTING, boosted, rounds, learning_rate=LEARNING_RATE, leaves=LEAVES, bins=BINS)
    if target.classes:
        regression = task("logistic_regression", linear, LINEAR_ITERATIONS, c=1.0, solver="lbfgs")
        return task("majority_class", rows), regression, boosting
    regression = task("ridge_regression", linear, LINEAR_ITERATIONS, alpha=1.0, solver="lsqr")
    return task("mean", rows), regression, boosting


def load_estimators() -> None:
    """Load all that a worker loads to fit baselines, so that its memory is known."""
    target, rows = Target(("no", "yes")), np.arange(4)
    fold = FoldData(np.eye(4, 2, dtype=np.float32), np.array([0, 1, 0, 1]), rows, rows[:0], None)
    for task in baseline_tasks(target, len(rows), 2):
        fit_baseline(task, fold, target)


def fit_baseline(task: BaselineTask, fold: FoldData, target: Target) -> FittedBaseline:
    """Fit a baseline on `fold.train`, every row with its weight; a number is learnt at mean 0 and variance 1.

    A fit that fails is an outcome, and warnings are not shown.

    Raises:
        MemoryError: this worker has too little memory; another one may have enough.
    """
    if task.id == BOOSTING and target.outputs > MOST_BOOSTED:
        return FittedBaseline(None, reason=TooManyClasses(limit=MOST_BOOSTED))
    seed = np.random.SeedSequence(SEED)
    rows = fold.train[subsample(fold.y[fold.train], task.rows, bool(target.classes), seed)]
    x = fold.x if len(rows) == len(fold.x) else fold.x[rows]
    y, weights = fold.y[rows], _weights(fold, rows)
    units = UNSCALED if target.classes else fit_scaler(y, target.log and task.id != "mean")
    try:
        with _quietly():
            estimator = _estimator(task, target)
            estimator.fit(x, y if target.classes else units.standardised(y), sample_weight=weights)
    except MemoryError:
        raise
    except Exception as error:  # a library may raise anything
        return FittedBaseline(None, reason=NotFitted(detail=first_line(error)[:LONGEST]))
    return FittedBaseline(estimator, units, _converged(task, estimator))


def baseline_outputs(fitted: FittedBaseline, x: Array, target: Target) -> Array:
    """Predict rows (N, inputs) with a baseline that has an estimator.

    Returns:
        (N, C) log-probabilities or (N, 1) log-odds, up to a constant, or (N, 1) numbers in their units.
    """
    with _quietly():
        if not target.classes:
            numbers: Array = fitted.units.restored(fitted.estimator.predict(x)[:, None])
            return numbers
        if hasattr(fitted.estimator, "decision_function"):
            z: Array = fitted.estimator.decision_function(x)
            return z if z.ndim == 2 else z[:, None]
        # a class without weight has no probability
        shares: Array = np.maximum(fitted.estimator.predict_proba(x), np.finfo(np.float64).tiny)
        return np.log(shares, out=shares)


def _estimator(task: BaselineTask, target: Target) -> Any:
    if task.iterations == 0:
        from sklearn.dummy import DummyClassifier, DummyRegressor

        return DummyClassifier(strategy="prior") if target.classes else DummyRegressor()
    if task.id == BOOSTING:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        boosted = HistGradientBoostingClassifier if target.classes else HistGradientBoostingRegressor
        return boosted(
            learning_rate=LEARNING_RATE,
            max_iter=task.iterations,
            max_leaf_nodes=LEAVES,
            max_bins=BINS,
            early_stopping=False,
            random_state=SEED,
        )
    from sklearn.linear_model import LogisticRegression, Ridge

    if target.classes:
        return LogisticRegression(max_iter=task.iterations)
    return Ridge(solver="lsqr", max_iter=task.iterations)


def _weights(fold: FoldData, rows: NDArray[np.integer[Any]]) -> NDArray[np.float64] | None:
    """Return (N,) weights of mean 1, so that a penalty weighs the same as without weights."""
    if fold.weights is None:
        return None
    weights: NDArray[np.float64] = fold.weights[rows].astype(np.float64)
    weights /= weights.max() or 1.0
    weights /= weights.mean() or 1.0
    return weights


def _converged(task: BaselineTask, estimator: Any) -> bool | None:
    if task.iterations == 0 or task.id == BOOSTING:  # boosting always runs all its iterations
        return None
    done = getattr(estimator, "n_iter_", None)
    return None if done is None else bool(np.max(done) < task.iterations)


@contextmanager
def _quietly() -> Iterator[None]:
    """Use one thread, and show no warnings."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def run_baseline(task: BaselineTask, reference: DataReference) -> FittedBaseline:
    """Fit a baseline to the rows of the first fold."""
    return fit_baseline(task, open_folds(reference)[0], reference.target)
