"""The peer of a whole study: scikit-learn's network tuned by Optuna, as a user would write it.

python -m experiments.benchmark.optuna_peer FOLDER TRIALS runs it on the files that `peer_study` writes.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SETTINGS, ROWS, PIXELS, TARGET, FOLDS = "settings.json", "rows.csv", "pixels.npy", "target.npy", "folds.npz"
ALL_CORES = -1
INTEGERS = ("hidden_layers", "hidden_units", "batch_size")


@dataclass(frozen=True)
class PeerSettings:
    """The settings of a search over scikit-learn's network.

    classifies:  True for classes, False for numbers.
    metric:      name of scikit-learn's scorer.
    epochs:      epochs of a training at most; scikit-learn's own rule may end it.
    space:       the searched settings: a key of a study's [space] -> its range or choices.
    fixed:       the settings that are not searched.
    strings:     names of the columns that hold strings.
    pixel_range: largest value of a pixel; None where the rows are not pictures.
    seed:        seed of the sampler.
    """

    classifies: bool
    metric: str
    epochs: int
    space: dict[str, dict[str, Any]]
    fixed: dict[str, Any]
    strings: list[str]
    pixel_range: float | None = None
    seed: int = 0


class OptunaPeer:
    """A search over scikit-learn's network, one process per core.

    Args:
        x:     (N, d) pixels, or a DataFrame of numbers and strings.
        y:     (N,) classes or numbers.
        folds: pairs of training and validation rows.
    """

    def __init__(self, settings: PeerSettings, x: Any, y: Any, folds: Any):
        self._settings, self._y, self._folds = settings, y, folds
        self._x = x if settings.pixel_range is None else x / settings.pixel_range
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        # the epochs end before scikit-learn's own criterion; its workers read the environment
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"
        self._study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=settings.seed))

    def optimize(self, trials: int) -> None:
        """Run so many more trials."""
        self._study.optimize(self._objective, n_trials=trials)

    def best_model(self) -> Any:
        """Return the model of the best trial, fitted on all rows."""
        return self._model(self._study.best_trial).fit(self._x, self._y)

    def _objective(self, trial: optuna.Trial) -> float:
        model, metric = self._model(trial), self._settings.metric
        return float(cross_val_score(model, self._x, self._y, scoring=metric, cv=self._folds, n_jobs=ALL_CORES).mean())

    def _model(self, trial: optuna.Trial | optuna.trial.FrozenTrial) -> Any:
        network = self._network(trial)
        if self._settings.classifies:
            model = MLPClassifier(**network)
        else:
            model = TransformedTargetRegressor(MLPRegressor(**network), transformer=StandardScaler())
        return model if self._settings.pixel_range is not None else make_pipeline(_inputs(), model)

    def _network(self, trial: optuna.Trial | optuna.trial.FrozenTrial) -> dict[str, Any]:
        """Return the settings of a trial's network."""
        layers, sizes = self._drawn(trial, "hidden_layers"), self._settings.fixed.get("hidden_units")
        if not isinstance(sizes, list):
            sizes = [self._drawn(trial, "hidden_units", f"_{layer}") for layer in range(1, layers + 1)]
        return {
            "hidden_layer_sizes": sizes[:layers],
            "learning_rate_init": self._drawn(trial, "learning_rate"),
            "alpha": self._drawn(trial, "l2"),
            "batch_size": self._drawn(trial, "batch_size"),
            "activation": self._drawn(trial, "activation"),
            "max_iter": self._settings.epochs,
            "random_state": 0,
        }

    def _drawn(self, trial: optuna.Trial | optuna.trial.FrozenTrial, key: str, layer: str = "") -> Any:
        """Return the trial's value of a setting."""
        axis, name = self._settings.space.get(key), key + layer
        if axis is None:
            return self._settings.fixed[key]
        if "choices" in axis:
            return trial.suggest_categorical(name, axis["choices"])
        if key in INTEGERS:
            return trial.suggest_int(name, **axis)
        return trial.suggest_float(name, **axis)


def read_peer(folder: Path) -> OptunaPeer:
    """Return the search that the files of a folder describe; it has not begun."""
    settings = PeerSettings(**json.loads((folder / SETTINGS).read_text()))
    if settings.pixel_range is None:
        strings = dict.fromkeys(settings.strings, str)
        x = pd.read_csv(folder / ROWS, dtype=strings, keep_default_na=False, na_values=[""])
    else:
        x = np.load(folder / PIXELS)
    with np.load(folder / FOLDS) as rows:
        pairs = [(rows[f"train_{fold}"], rows[f"validation_{fold}"]) for fold in range(len(rows) // 2)]
    return OptunaPeer(settings, x, np.load(folder / TARGET), pairs)


def _inputs() -> Any:
    """Return the usual preprocessing of numbers and of strings."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include=np.number)),
            ("categories", categories, make_column_selector(dtype_exclude=np.number)),
        ]
    )


if __name__ == "__main__":
    read_peer(Path(sys.argv[1])).optimize(int(sys.argv[2]))
