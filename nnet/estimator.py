"""The network as scikit-learn estimators, MLPClassifier and MLPRegressor. No other file here needs scikit-learn."""

from __future__ import annotations

import warnings
from abc import ABCMeta, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

import nnet.estimator_base as base
import nnet.estimator_settings as checks
from nnet.arrays import Array, Labels, Rows, Targets
from nnet.batches import FoldData
from nnet.checks import unmasked
from nnet.class_weights import class_weights
from nnet.errors import SettingError, lookup
from nnet.estimator_parameters import described
from nnet.lockstep import State
from nnet.metrics import correct, predicted_labels
from nnet.network import Network

TYPES = (np.float64, np.float32)  # of X; other types become the first


@dataclass(eq=False, repr=False)
class MLP(BaseEstimator, metaclass=ABCMeta):  # type: ignore[misc]
    """The base of both estimators. Their docstrings describe the parameters."""

    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: str = "relu"
    _: KW_ONLY
    solver: str = "adam"
    alpha: float = 1e-4
    batch_size: int | str = "auto"
    learning_rate: str = "constant"
    learning_rate_init: float = 1e-3
    max_iter: int = 200
    shuffle: bool = True
    random_state: Any = None
    tol: float = 1e-4
    verbose: bool | int = False
    warm_start: bool = False
    n_iter_no_change: float = 10
    early_stopping: bool = False
    validation_fraction: float = 0.1
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    beta_2: float = 0.999
    dropout: float = 0.0
    input_dropout: float = 0.0
    batch_norm: bool = False
    noise: float = 0.0
    input_noise: float = 0.0
    l1: float = 0.0
    max_norm: float = 0.0
    clip_norm: float = 0.0
    schedule: str = "constant"
    decay: float = 0.1
    decay_start: float = 0.0
    warm_up: float = 0.0
    plateau_patience: int = 5
    initializer: str = "glorot"
    average_epochs: int = 1
    train_scores: bool = False

    @property
    def coefs_(self) -> list[Array]:
        """Return the weights (in, out) of each layer."""
        check_is_fitted(self)
        return base.plain_layers(self.network_)[0]

    @property
    def intercepts_(self) -> list[Array]:
        """Return the biases (out,) of each layer."""
        check_is_fitted(self)
        return base.plain_layers(self.network_)[1]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _checked(self, X: ArrayLike, y: ArrayLike, reset: bool, **options: Any) -> tuple[Any, Targets]:
        """Return X (N, features), an array or a sparse matrix, and y, after a look at the truth values."""
        checks.check_flags(self.get_params(deep=False))
        X, y = unmasked("X", X), unmasked("y", y)
        x, truth = validate_data(self, X, y, dtype=TYPES, accept_sparse="csr", reset=reset, **options)
        return (x if reset else x.astype(self.network_.dtype, copy=False)), truth

    def _begins(self, go_on: bool) -> bool:
        """Tell whether a call trains a new network, and not that of the call before."""
        return not (hasattr(self, "network_") and (go_on or self.warm_start))

    def _weights(self, X: Any, sample_weight: ArrayLike | None) -> Array | None:
        if sample_weight is None:
            return None
        weights: Array = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        return weights

    @abstractmethod
    def _score_rows(self, outputs: Array, truth: Targets, weights: Array | None) -> float:
        """Return the value of `score` for these outputs."""

    def _train(self, X: Any, y: Targets, weights: Array | None, outputs: int, loss: str, go_on: bool) -> None:
        """Train for max_iter epochs, or for one more epoch if go_on, and set the fitted attributes."""
        parameters = self.get_params(deep=False)
        patience, again = checks.patience_of(parameters), not self._begins(go_on)
        if go_on and self.early_stopping:
            raise SettingError("partial_fit does not support early_stopping=True; set early_stopping=False.")
        weights = None if weights is None else base.relative(weights, X.dtype)
        rows: Rows = np.arange(X.shape[0]) if weights is None else np.flatnonzero(weights)
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        validation = rows[:0]
        if self.early_stopping:
            rows, validation = self._split(rows, y, seed)
        settings = checks.settings_of(parameters, loss, len(rows))

        def score(z: Array, which: Rows) -> float:
            return self._score_rows(z, y[which], None if weights is None else weights[which])

        # rows of weight 0 are left out
        data = FoldData(base.SparseRows.of(X) if issparse(X) else X, y, rows, validation, weights)
        architecture = checks.architecture_of(parameters, X.shape[1], outputs)
        if again:
            checks.check_same_layers(architecture, self.network_.architecture, "partial_fit" if go_on else "warm_start")
        seeds = np.random.SeedSequence(seed)
        training = base.Training(architecture, settings, data, seeds, score, self.train_scores)
        outcome = base.Outcome({name: list(values) for name, values in self.history_.items()} if again else {})
        training.lockstep.shuffle = bool(self.shuffle)
        if go_on:
            epochs = self.n_iter_ + 1 if again else 1
            state = training.once(epochs, self._state if again else None, outcome, bool(self.verbose))
        else:
            if again:
                training.start_from(self.network_, self._state)
            epochs, state = training.until(patience, outcome, bool(self.verbose))
            if not outcome.converged:
                told = f"{outcome.ended}, and training has not converged; {outcome.advice}."
                warnings.warn(told, ConvergenceWarning, stacklevel=5)  # at the line that calls fit
        self._state: State = state
        self._learnt(training.network, outcome, epochs)

    def _split(self, rows: Rows, y: Targets, seed: int) -> tuple[Rows, Rows]:
        """Split the rows into training and validation rows; classes have equal shares in both."""
        labels = y[rows] if isinstance(self, ClassifierMixin) else None
        checks.check_split(self.validation_fraction, len(rows), labels)
        train, validation = train_test_split(
            rows, test_size=self.validation_fraction, random_state=seed, stratify=labels
        )
        return train, validation

    def _learnt(self, network: Network, outcome: base.Outcome, epochs: int) -> None:
        self.n_outputs_, self.n_layers_ = network.architecture.outputs, len(network.architecture.sizes)
        self.network_, self.history_, self.n_iter_ = network, outcome.history, epochs
        losses = self.loss_curve_ = outcome.history["loss"]
        self.loss_, self.best_loss_ = losses[-1], None if self.early_stopping else min(losses)
        self.validation_scores_ = outcome.history["validation_score"] if self.early_stopping else None
        self.best_validation_score_ = outcome.best if self.early_stopping else None

    def _outputs(self, X: ArrayLike) -> Array:
        """Compute the network's outputs (N, outputs), before any softmax."""
        check_is_fitted(self)
        x = validate_data(self, unmasked("X", X), dtype=TYPES, accept_sparse="csr", reset=False)
        outputs = base.predicted_sparse(self.network_, x) if issparse(x) else self.network_.predict(x)
        checks.check_outputs(outputs)
        return outputs

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = {**super().__getstate__()}
        if "network_" in state:
            network: Network = state["network_"]  # without its random bits, as `_state` has them
            state["network_"] = network.architecture, network.parameters.values, network.parameters.statistics
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "network_" in state:
            state = {**state, "network_": base.network_of(*state["network_"])}
        super().__setstate__(state)


@described
@dataclass(eq=False, repr=False)
class MLPClassifier(ClassifierMixin, MLP):  # type: ignore[misc]
    """A network that classifies, trained on the cross-entropy: a logistic unit for two classes, softmax for more.

    The parameters have scikit-learn's names; nnet/README.md lists those whose meaning differs. X may be sparse.
    Everything is computed in X's type, float32 or float64; other types become float64.

    Args:
        {PARAMETERS}
        label_smoothing:     share of the true class's probability that is spread over all classes, in training.
        class_weight:        None, "balanced", or weights by class, 1 for classes without one; they multiply
                             sample_weight, in validation too. Both weigh rows within their mini-batch, as
                             scikit-learn's sample_weight does: with batch_size=1 they do nothing.

    Attributes:
        {ATTRIBUTES}
        classes_:                the labels in order.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier((16,), learning_rate_init=0.02, tol=1e-3, random_state=0).fit(X, y)
    >>> model.predict(X[:2]), bool(model.score(X, y) > 0.95)
    (array([0, 0]), True)
    """

    _: KW_ONLY
    label_smoothing: float = 0.0
    class_weight: Mapping[Any, float] | str | None = None

    @base.all_or_nothing
    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPClassifier:
        """Train a new network, or with `warm_start` the one that there is.

        Args:
            X:             (N, features), an array or a sparse matrix.
            y:             (N,) labels of any kind that has an order.
            sample_weight: (N,) importance of each row within its mini-batch; a row of importance 0 is left out.

        Raises:
            ValueError: an argument or a parameter is invalid, or the training diverged.
        """
        first = self._begins(go_on=False)
        x, truth = self._checked(X, y, reset=first)
        check_classification_targets(truth)
        classes, labels = np.unique(truth, return_inverse=True)
        if not first:
            checks.check_same_classes(classes, self.classes_)
        return self._fit(x, labels, classes, sample_weight, go_on=False)

    @base.all_or_nothing
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> MLPClassifier:
        """Train one more epoch on these rows; otherwise like `fit`.

        Args:
            classes: all labels of all calls; needed in the first call.
        """
        first = self._begins(go_on=True)
        if isinstance(self.class_weight, str):
            raise SettingError(f"class_weight must be None or a dict for partial_fit, but got {self.class_weight!r}.")
        if first and classes is None:
            raise SettingError("classes must be passed in the first call of partial_fit.")
        x, truth = self._checked(X, y, reset=first)
        check_classification_targets(truth)
        known = self.classes_ if classes is None else np.unique(np.asarray(classes))
        if not first and not np.array_equal(known, self.classes_):
            raise SettingError(f"classes must stay {self.classes_} over calls of partial_fit, but got {known}.")
        if not np.isin(truth, known).all():
            raise SettingError(f"y must hold labels of classes alone, but got {np.setdiff1d(truth, known)}.")
        return self._fit(x, np.searchsorted(known, truth), known, sample_weight, go_on=True)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of each row, (N,), for X (N, features)."""
        labels = predicted_labels(self._outputs(X))
        return np.take(self.classes_, labels)

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probabilities (N, classes), in the order of `classes_`, for X (N, features)."""
        return np.exp(base.log_probabilities(self._outputs(X))).astype(self.network_.dtype)

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithms of the probabilities (N, classes), finite where probabilities underflow."""
        return base.log_probabilities(self._outputs(X)).astype(self.network_.dtype)

    def _fit(
        self, X: Any, labels: Labels, classes: NDArray[Any], sample_weight: ArrayLike | None, go_on: bool
    ) -> MLPClassifier:
        if len(classes) < 2:
            raise SettingError(f"y must hold at least two classes, but got one class: {classes}.")
        weights = self._weights(X, sample_weight)
        if self.class_weight is not None:
            weights = np.ones(X.shape[0]) if weights is None else weights
            weights = weights * class_weights(self.class_weight, classes, labels, weights)[labels]
        outputs, loss = (1, "binary_cross_entropy") if len(classes) == 2 else (len(classes), "cross_entropy")
        self._train(X, labels, weights, outputs, loss, go_on)
        self.classes_, self.out_activation_ = classes, "logistic" if len(classes) == 2 else "softmax"
        return self

    def _score_rows(self, outputs: Array, truth: Targets, weights: Array | None) -> float:
        return float(np.average(correct(outputs, truth), weights=weights))


@described
@dataclass(eq=False, repr=False)
class MLPRegressor(MultiOutputMixin, RegressorMixin, MLP):  # type: ignore[misc]
    """A network that predicts one or several numbers for each row; scale y if it is far from unit variance.

    The parameters have scikit-learn's names; nnet/README.md lists those whose meaning differs. X may be sparse.
    Everything is computed in X's type, float32 or float64; other types become float64.

    Args:
        {PARAMETERS}
        loss:                mean_squared_error, mean_absolute_error or huber, a sum over outputs; no square is halved.
        huber_delta:         error from which on huber grows linearly, in units of y.

    Attributes:
        {ATTRIBUTES}

    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = MLPRegressor((20,), activation="tanh", batch_size=10, learning_rate_init=0.01, random_state=0)
    >>> bool(model.fit(X, np.sin(3 * X[:, 0])).score(X, np.sin(3 * X[:, 0])) > 0.95)
    True
    """

    _: KW_ONLY
    loss: str = "mean_squared_error"
    huber_delta: float = 1.0

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPRegressor:
        """Train a new network as MLPClassifier does, but on numbers y (N,) or (N, outputs)."""
        return self._fit(X, y, sample_weight, go_on=False)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPRegressor:
        """Train one more epoch on these rows; otherwise like `fit`."""
        return self._fit(X, y, sample_weight, go_on=True)

    def predict(self, X: ArrayLike) -> Array:
        """Return the predictions for X (N, features), of shape (N,) or (N, outputs) as y was."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._one_column else outputs

    @base.all_or_nothing
    def _fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, go_on: bool) -> MLPRegressor:
        lookup(dict.fromkeys(("huber", "mean_absolute_error", "mean_squared_error")), self.loss, "loss")
        first = self._begins(go_on)
        x, truth = self._checked(X, y, first, multi_output=True, y_numeric=True)
        if not first:
            checks.check_same_columns(truth.shape[1:], () if self._one_column else (self.n_outputs_,))
        self._one_column: bool = truth.ndim == 1
        outputs = 1 if self._one_column else truth.shape[1]
        self._train(x, truth, self._weights(x, sample_weight), outputs, self.loss, go_on)
        self.out_activation_ = "identity"
        return self

    def _score_rows(self, outputs: Array, truth: Targets, weights: Array | None) -> float:
        return float(r2_score(truth, outputs, sample_weight=weights)) if np.isfinite(outputs).all() else float("nan")
