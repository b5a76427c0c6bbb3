"""Ten tables by `tune --data` alone, against scikit-learn's network tuned by Optuna with as many trials.

Both see the same development rows, folds and test rows, for several splits of each table; the peer gets scikit-learn's
own preprocessing of the same kinds of columns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from experiments.benchmark.datasets import TABLES, columns_of, seeds_for
from experiments.config.default_study import own_study
from experiments.data.holdout import Look
from experiments.data.prepare import prepare

EPOCHS = 60  # as `tune --data` trains


@dataclass(frozen=True)
class TableRow:
    """Mean test scores of one table over its splits.

    standard_error: of the mean paired difference.
    worse:          whether ours is worse by more than that.
    """

    table: str
    rows: int
    metric: str
    splits: int
    ours: float
    peer: float
    difference: float
    standard_error: float
    worse: bool


def compare_tables(names: Sequence[str], trials: int, splits: int | None = None) -> Iterator[TableRow]:
    """One row a table.

    Args:
        splits: of each table; as many as its number of rows asks for when None.
    """
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{name}.csv"
            rows = TABLES[name].write(file)
            seeds = seeds_for(rows) if splits is None else range(splits)
            pairs = [(*_ours(file, name, seed, trials), _peer(file, name, seed, trials)) for seed in seeds]
        differences = [ours - peer for ours, _, peer in pairs]
        error = stdev(differences) / sqrt(len(differences)) if len(differences) > 1 else float("nan")
        yield TableRow(
            table=name,
            rows=rows,
            metric=pairs[0][1],
            splits=len(pairs),
            ours=mean(ours for ours, _, _ in pairs),
            peer=mean(peer for _, _, peer in pairs),
            difference=mean(differences),
            standard_error=error,
            worse=mean(differences) < -error,
        )


def _ours(file: Path, name: str, seed: int, trials: int) -> tuple[float, str]:
    """The test score of the command, as a process."""
    out = file.parent / f"study_{seed}"
    command = [sys.executable, "-m", "experiments.tune", "--data", str(file), "--target", TABLES[name].target]
    options = ["--set", f"data.split_seed={seed}", "--set", f"search.trials={trials}", "--out", str(out), "--quiet"]
    subprocess.run([*command, *options], cwd=file.parent, check=True)
    test = json.loads((out / "results.json").read_text())["test"]
    return float(test["score"]), str(test["metric"])


def _peer(file: Path, name: str, seed: int, trials: int) -> float:
    """The test score of the best of as many trials of scikit-learn's network, refitted on all development rows."""
    import optuna
    from sklearn.model_selection import cross_val_score

    spec, _ = own_study(str(file), TABLES[name].target, [f"data.split_seed={seed}"])
    data = prepare(spec, os.environ)
    x, y = data.development.features, data.development.y
    classifies = data.target.task == "classification"
    jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def model(trial: optuna.Trial | optuna.trial.FrozenTrial) -> Any:
        layers = trial.suggest_int("hidden_layers", 1, 3)
        sizes = [trial.suggest_int(f"hidden_units_{layer}", 16, 256, log=True) for layer in range(1, layers + 1)]
        rate = trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True)
        return _pipeline(x, classifies, sizes, rate, trial.suggest_float("l2", 1e-6, 1e-1, log=True))

    def objective(trial: optuna.Trial) -> float:
        return float(cross_val_score(model(trial), x, y, cv=data.folds.pairs, n_jobs=jobs).mean())

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    os.environ["PYTHONWARNINGS"] = "ignore"  # the workers': 60 epochs end before scikit-learn's own criterion
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
        study.optimize(objective, n_trials=trials)
        best = model(study.best_trial).fit(x, y)
        return float(best.score(*data.test.open(Look(data.test.fingerprint, "", ""), lambda _: True)))


def _pipeline(x: Any, classifies: bool, sizes: Sequence[int], rate: float, l2: float) -> Any:
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers, categories = columns_of(x)
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
        ]
    )
    network = (MLPClassifier if classifies else MLPRegressor)(
        hidden_layer_sizes=sizes, learning_rate_init=rate, alpha=l2, batch_size=32, max_iter=EPOCHS, random_state=0
    )
    prepare_fold = network if classifies else TransformedTargetRegressor(network, transformer=StandardScaler())
    return make_pipeline(columns, prepare_fold)
