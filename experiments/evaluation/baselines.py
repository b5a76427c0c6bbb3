"""Plain models that a study's score stands beside, fixed beforehand: what anyone would try first. By scikit-learn.

Their settings are constants of the platform, bounded so that a large table takes seconds. They learn from development
rows only, and nothing else depends on them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.subsample import subsample
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.target_scaling import TargetScaler, fit_scaler
from nnet.arrays import Array
from nnet.batches import FoldData

Id = Literal["majority_class", "logistic_regression", "gradient_boosting", "mean", "ridge_regression"]
VERSION = 1  # goes up when a model comes to be another under the same id
LINEAR_CELLS = 200_000_000  # rows x inputs x outputs, each read in every iteration
LINEAR_ITERATIONS = 100  # scikit-learn's own; a convex loss gains little after
BOOSTED_CELLS = 400_000_000  # rows x inputs x trees
BOOSTED_ITERATIONS = (
    10,
    50,
)  # at the learning rate 0.2, what 20 to 100 are at scikit-learn's own 0.1, in half the time
LEARNING_RATE, LEAVES, BINS = 0.2, 15, 64  # of boosting
BOOSTING: Id = "gradient_boosting"
MOST_BOOSTED = 100  # classes, each with a tree in every iteration
SEED = 0  # not the study's: on the same rows every study has the same references
OWN = TargetScaler()
LONGEST = 200  # characters of a reason


@dataclass(frozen=True)
class ReferenceTask:
    """A plain model and what it may cost.

    settings:   with id and version all that the model is, besides the rows themselves.
    rows:       to learn from; a seeded choice of them where there are more.
    iterations: 0 where there are none.
    """

    id: Id
    settings: dict[str, float | int | str]
    rows: int
    iterations: int = 0
    version: int = VERSION


@dataclass(frozen=True)
class Unfitted:
    """Why there is no fitted model.

    detail: the library's own error text.
    limit:  number of classes that are too many.
    """

    code: Literal["too_many_classes", "not_fitted"]
    detail: str = ""
    limit: int = 0


@dataclass(frozen=True)
class FittedReference:
    """A plain model that has learnt.

    estimator: scikit-learn's, fitted; None where it could not be.
    units:     of what it predicts, where that is a number.
    converged: whether the fit ended before its last iteration; None of a model without iterations.
    reason:    why there is no estimator.
    """

    estimator: Any | None
    units: TargetScaler = OWN
    converged: bool | None = None
    reason: Unfitted | None = None


def plain_references(target: Target, rows: int, inputs: int) -> tuple[ReferenceTask, ...]:
    """The plain models for data of this size.

    Args:
        rows:   there are to learn from.
        inputs: of each row.

    >>> [one.id for one in plain_references(Target(("no", "yes")), rows=100, inputs=4)]
    ['majority_class', 'logistic_regression', 'gradient_boosting']
    """
    trees = target.outputs if target.outputs > 2 else 1
    few, many = BOOSTED_ITERATIONS
    linear = max(1, LINEAR_CELLS // (inputs * target.outputs))
    boosted = max(1, BOOSTED_CELLS // (inputs * trees * few))
    rounds = min(many, max(few, BOOSTED_CELLS // (min(rows, boosted) * inputs * trees)))

    def task(id: Id, most: int, iterations: int = 0, **settings: float | int | str) -> ReferenceTask:
        limit = {"iterations": iterations} if iterations else {}
        return ReferenceTask(id, {**settings, **limit, "rows": min(most, rows), "rows_in_all": rows}, most, iterations)

    boosting = task(BOOSTING, boosted, rounds, learning_rate=LEARNING_RATE, leaves=LEAVES, bins=BINS)
    if target.classes:
        regression = task("logistic_regression", linear, LINEAR_ITERATIONS, c=1.0, solver="lbfgs")
        return task("majority_class", rows), regression, boosting
    regression = task("ridge_regression", linear, LINEAR_ITERATIONS, alpha=1.0, solver="lsqr")
    return task("mean", rows), regression, boosting


def fit_reference(task: ReferenceTask, fold: FoldData, target: Target) -> FittedReference:
    """Fit on `fold.train`, every row with its weight; a number is learnt at mean 0 and variance 1.

    A fit that fails is an outcome, and no warning reaches anyone.

    Raises:
        MemoryError: there is no room for it here; elsewhere there may be.
    """
    if task.id == BOOSTING and target.outputs > MOST_BOOSTED:
        return FittedReference(None, reason=Unfitted("too_many_classes", limit=MOST_BOOSTED))
    seed = np.random.SeedSequence(SEED)
    rows = fold.train[subsample(fold.y[fold.train], task.rows, bool(target.classes), seed)]
    x = fold.x if len(rows) == len(fold.x) else fold.x[rows]
    y, weights = fold.y[rows], _weights(fold, rows)
    units = OWN if target.classes else fit_scaler(y)
    try:
        with _quietly():
            estimator = _estimator(task, target)
            estimator.fit(x, y if target.classes else units.standardised(y), sample_weight=weights)
    except MemoryError:
        raise
    except Exception as error:  # a library may raise what it likes
        return FittedReference(None, reason=Unfitted("not_fitted", brief(error)))
    return FittedReference(estimator, units, _converged(task, estimator))


def reference_outputs(fitted: FittedReference, x: Array, target: Target) -> Array:
    """(N, inputs) -> (N, C) log-probabilities or (N, 1) log-odds, up to a constant, or (N, 1) numbers in their units.

    Raises:
        ValueError: there is no estimator, or it takes no such rows.
    """
    if fitted.estimator is None:
        raise ValueError(str(fitted.reason))
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


def _estimator(task: ReferenceTask, target: Target) -> Any:
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
            random_state=0,
        )
    from sklearn.linear_model import LogisticRegression, Ridge

    if target.classes:
        return LogisticRegression(max_iter=task.iterations)
    return Ridge(solver="lsqr", max_iter=task.iterations)


def _weights(fold: FoldData, rows: NDArray[np.integer[Any]]) -> NDArray[np.float64] | None:
    """(N,) of mean 1, so that a penalty weighs the same as without."""
    if fold.weights is None:
        return None
    weights: NDArray[np.float64] = fold.weights[rows].astype(np.float64)
    weights /= weights.max() or 1.0
    weights /= weights.mean() or 1.0
    return weights


def _converged(task: ReferenceTask, estimator: Any) -> bool | None:
    if task.iterations == 0 or task.id == BOOSTING:  # boosting has no end that it could miss
        return None
    done = getattr(estimator, "n_iter_", None)
    return None if done is None else bool(np.max(done) < task.iterations)


@contextmanager
def _quietly() -> Iterator[None]:
    """One thread, and no warnings."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def brief(error: Exception) -> str:
    """What a library says, in one short line."""
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return line[:LONGEST]


def run_reference(task: ReferenceTask, reference: DataReference) -> FittedReference:
    """Fit a plain model to the rows of the first fold."""
    return fit_reference(task, open_folds(reference)[0], reference.target)
