"""Random tables and random study files of them: the settings of people, in every combination."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pandas as pd

Document = dict[str, dict[str, Any]]

WRITTEN = ("${:,.2f}", "{:.1f} %", "{:.2f} kg", "{:,.0f}", "{:+.3f}")  # numbers as people write them
WORDS = ("unknown", "-", "n/a", "see notes")  # among numbers
TARGETS = ("two", "three", "rare", "twelve", "truth", "number", "positive", "count")
TWO, SEVERAL = ("two", "rare", "truth"), ("three", "twelve")  # of classes
ROLES = {"groups": "group", "time": "day", "weights": "weight", "test_rows": "part"}
OF_TWO = ("roc_auc", "average_precision", "f1", "precision", "recall")
OF_CLASSES = ("accuracy", "balanced_accuracy", "f1_macro", "neg_log_loss", "matthews_corrcoef", "roc_auc_ovr")
OF_NUMBERS = ("r2", "neg_mean_absolute_error", "neg_root_mean_squared_error", "neg_median_absolute_error")
SPACE: dict[str, dict[str, Any]] = {
    "learning_rate": {"low": 1e-4, "high": 0.1, "log": True},
    "l2": {"low": 1e-6, "high": 0.1, "log": True},
    "dropout": {"low": 0.0, "high": 0.5},
    "hidden_layers": {"low": 1, "high": 3},
    "hidden_units": {"low": 2, "high": 64, "log": True},
    "activation": {"choices": ["relu", "tanh"]},
    "optimizer": {"choices": ["adam", "sgd", "adagrad"]},
    "batch_size": {"choices": [8, 32]},
    "numbers": {"choices": ["standard", "robust", "piecewise"]},
    "batch_norm": {"choices": [True, False]},
    "rare": {"choices": [1, 5]},
    "schedule": {"choices": ["constant", "cosine"]},
    "max_norm": {"choices": [0.0, 1.0]},
    "average_epochs": {"choices": [1, 3]},
}
GRID = {"learning_rate": [0.001, 0.01, 0.1], "l2": [0.0, 0.01], "dropout": [0.0, 0.2], "hidden_units": [4, 16]}
TRAINING: dict[str, tuple[Any, ...]] = {  # values of which each key has one, where it is set
    "batch_size": (1, 4, 16, 64, 1000),
    "optimizer": ("adam", "adamw", "sgd", "nesterov", "rmsprop", "adagrad"),
    "schedule": ("step", "exponential", "linear", "cosine", "coslog4", "one_cycle", "plateau"),
    "activation": ("relu", "tanh", "sigmoid", "leaky_relu", "gelu", "silu", "mish", "selu", "identity"),
    "batch_norm": (True,),
    "dropout": (0.1, 0.9),
    "input_dropout": (0.2,),
    "input_noise": (0.1,),
    "noise": (0.2,),
    "input_scale": (True,),
    "l1": (1e-3,),
    "l2": (0, 0.1),
    "max_norm": (2.0,),
    "clip_norm": (1.0,),
    "patience": (0, 1, 3),
    "average_epochs": (2, 5),
    "validate_every": (2, 3),
    "hidden_units": (1, 5, 64),
}


def random_table(chance: Random) -> tuple[pd.DataFrame, str]:
    """Draw a table whose target is y, and the sort of its target, one of TARGETS."""
    rng, rows = np.random.default_rng(chance.getrandbits(32)), chance.choice([60, 100, 150, 250, 400])
    x = rng.normal(size=(rows, chance.randint(1, 6)))
    columns: dict[str, Any] = {"one": 1} if chance.random() < 0.2 else {}
    for at, numbers in enumerate(x.T):
        column = numbers * 10.0 ** chance.randint(-3, 5)
        column = np.round(column) if chance.random() < 0.2 else column
        columns[f"n{at}"] = np.where(rng.random(rows) < 0.1, np.nan, column) if chance.random() < 0.2 else column
    for at in range(chance.randint(0, 3)):
        values = np.array([f"v{value}" for value in range(chance.choice([2, 3, 8, 30]))])
        columns[f"c{at}"] = values[rng.integers(0, len(values), rows)]
    if chance.random() < 0.4:
        form, words = chance.choice(WRITTEN), chance.sample(WORDS, chance.randint(0, 2))
        columns["written"] = [
            chance.choice(words) if words and chance.random() < 0.05 else form.format(v) for v in x[:, 0] * 1000
        ]
    if chance.random() < 0.2:
        columns["code"] = np.where(rng.random(rows) < 0.1, -999, rng.integers(0, 90, rows))
    if chance.random() < 0.2:
        columns["row"] = np.arange(1, rows + 1)
    if chance.random() < 0.2:
        form = chance.choice(["%d.%m.%Y", "%m/%d/%Y %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%d %b %Y"])
        columns["seen"] = (
            pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 9999, rows), unit="h")
        ).strftime(form)
    sizes = chance.choice([2, 5, 10, 20])
    columns["group"] = [f"g{value}" for value in rng.permutation(np.arange(rows) // sizes)]
    columns["day"] = pd.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d")
    columns["weight"] = rng.choice([0.5, 1.0, 2.0, 3.0], rows)
    columns["part"] = rng.choice(["train", "test"], rows, p=[0.75, 0.25])
    truth, kind = x[:, 0] * x[:, -1] + rng.normal(size=rows), chance.choice(TARGETS)
    twelve = np.digitize(truth, np.quantile(truth, np.arange(1, 12) / 12))
    columns["y"] = {
        "two": np.where(truth > 0, "b", "a"),
        "three": np.array(["a", "b", "c"])[np.digitize(truth, [-0.7, 0.7])],
        "rare": (truth > np.quantile(truth, 0.9)).astype(int),
        "twelve": np.array([f"k{value}" for value in range(12)])[twelve],
        "truth": truth > 0.3,
        "number": truth * chance.choice([1e-4, 1.0, 1000.0]),
        "positive": np.exp(truth),
        "count": rng.poisson(np.exp(np.clip(truth / 2, -3, 3))),
    }[kind]
    table = pd.DataFrame(columns)
    copies = table.sample(rows // 5, random_state=1) if chance.random() < 0.25 else table[:0]
    return pd.concat([table, copies], ignore_index=True), kind


def random_study(chance: Random, kind: str, source: str) -> Document:
    """Draw a study file of such a table; few of them are refused."""
    classes = kind in TWO + SEVERAL
    role = chance.choice(["", "", "", *ROLES])
    unused = [column for key, column in ROLES.items() if key != role and chance.random() < 0.6]
    data: dict[str, Any] = {"source": source, "target": "y"} | ({"drop": unused} if unused else {})
    data |= {role: "part=test" if role == "test_rows" else ROLES[role]} if role else {}
    data |= {"task": "regression"} if kind == "count" else {}
    data |= {"target_transform": "log"} if kind == "positive" and chance.random() < 0.5 else {}
    cv: dict[str, Any] = {"n_splits": chance.randint(2, 5)} if chance.random() < 0.5 else {}
    cv |= {"outer": chance.randint(2, 3)} if role != "test_rows" and chance.random() < 0.15 else {}
    metrics = OF_CLASSES + (OF_TWO if kind in TWO else ()) if classes else OF_NUMBERS
    cv |= {"metric": chance.choice(metrics)} if chance.random() < 0.6 else {}
    sampler = chance.choice(["tpe", "tpe", "random", "qmc", "grid", "cmaes"])
    searched = chance.sample(sorted(SPACE), chance.randint(1, 5)) + (["l2"] if sampler == "cmaes" else [])
    space = {key: SPACE[key] for key in searched}
    if sampler == "grid":
        space = {key: {"choices": GRID[key]} for key in chance.sample(sorted(GRID), chance.randint(1, 3))}
    given = [key for key in TRAINING if key not in space and chance.random() < 0.15]
    training = {"epochs": chance.randint(1, 12)} | {key: chance.choice(TRAINING[key]) for key in given}
    pruner = chance.choice(["none", "median", "percentile", "successive_halving", "hyperband", "patient", "threshold"])
    options = {"percentile": {"percentile": 30}, "patient": {"patience": 1}, "threshold": {"lower": 0.1}}
    search = {"trials": chance.choice([1, 2, 3, 6, 9]), "lookahead": chance.choice([1, 2, 4, 8])}
    search |= {"sampler": sampler, "pruner": pruner} | ({"patience": 2} if chance.random() < 0.15 else {})
    search |= {"pruner_options": options[pruner]} if pruner in options else {}
    final = {"members": chance.choice([1, 2, 3]), "choice": chance.choice(["best", "smallest", "with_default"])}
    study = {"name": "s", "seed": chance.randint(0, 9)}
    return {
        "study": study,
        "data": data,
        "cv": cv,
        "training": training,
        "search": search,
        "space": space,
        "final": final,
    }
