"""The peer of a whole study: scikit-learn's network tuned by Optuna, as a user would write it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import optuna
from sklearn.model_selection import cross_val_score

from experiments.search.executors.create import usable_cores

EPOCHS = 60  # as the digits study and `tune --data` train


class OptunaPeer:
    """A search over scikit-learn's network, one process per core.

    Args:
        model: settings of an MLPClassifier or MLPRegressor -> what is fitted.
        folds: a splitter, or pairs of training and validation rows.
    """

    def __init__(self, model: Callable[[dict[str, Any]], Any], x: Any, y: Any, folds: Any, seed: int = 0):
        self._model, self._x, self._y, self._folds = model, x, y, folds
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        # 60 epochs end before scikit-learn's own criterion; its workers read the environment
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"
        self._study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))

    def optimize(self, trials: int) -> None:
        """Run so many more trials."""
        self._study.optimize(self._objective, n_trials=trials)

    def best_model(self) -> Any:
        """Return the model of the best trial, fitted on all rows."""
        return self._model(_settings(self._study.best_trial)).fit(self._x, self._y)

    def _objective(self, trial: optuna.Trial) -> float:
        model = self._model(_settings(trial))
        return float(cross_val_score(model, self._x, self._y, cv=self._folds, n_jobs=usable_cores()).mean())


def _settings(trial: optuna.Trial | optuna.trial.FrozenTrial) -> dict[str, Any]:
    """Return the settings of a trial's network."""
    layers = trial.suggest_int("hidden_layers", 1, 3)
    return {
        "hidden_layer_sizes": [trial.suggest_int(f"hidden_units_{k}", 16, 256, log=True) for k in range(1, layers + 1)],
        "learning_rate_init": trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True),
        "alpha": trial.suggest_float("l2", 1e-6, 1e-1, log=True),
        "batch_size": 32,
        "max_iter": EPOCHS,
        "random_state": 0,
    }
