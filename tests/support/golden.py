"""Small studies whose digests are committed: every machine with portable arithmetic must come to the same.

Every key that could change an outcome is explicit, so that a changed default moves no digest. The data is made of
integers, or comes with scikit-learn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from experiments.config.data_options import DataSection
from experiments.config.documents import canonical_digest
from experiments.config.formats import GIVEN
from experiments.config.study_file import parse_spec
from experiments.data.readers.in_memory import given_table
from experiments.data.table import Table
from experiments.evaluation.records.result_digest import DEFAULT_OUTSIDE, TEST_OUTSIDE
from experiments.evaluation.records.results import StudyResult
from experiments.study.command.console import study_console
from experiments.study.running.options import Options
from experiments.study.running.run import run_study
from experiments.tracking.tracker import OFF

DIGESTS = Path(__file__).with_name("golden.json")
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
PACKAGES = ("numpy", "scipy", "scikit-learn", "optuna")  # whose versions can change a digest
COMPARED = ("trials", "best", "default", "test")  # parts of a result; the rest of it holds names and settings

TPE = {"n_startup_trials": 3, "n_ei_candidates": 8, "multivariate": True, "constant_liar": True}
MEDIAN = {"n_startup_trials": 2, "n_warmup_steps": 2, "rung_factor": 2.0, "n_min_trials": 1}
LEARNT = {"low": 1e-3, "high": 1e-1, "log": True}
EXPLICIT: dict[str, Any] = {
    "study": {"seed": 3, "arithmetic": "portable"},
    "data": {"test_size": 0.25, "split_seed": 1},
    "cv": {"n_splits": 3, "n_repeats": 1},
    "preprocessing": {"numbers": "standard", "rare": 0.01, "bins": 16},
    "training": {
        **{"epochs": 8, "batch_size": 32, "optimizer": "adam", "momentum": 0.9, "patience": 3, "validate_every": 1},
        **{"beta2": 0.999, "decay_start": 0.0, "noise": 0.0, "input_noise": 0.0, "input_scale": False},
        **{"schedule": "constant", "decay": 0.1, "warm_up": 0.0, "plateau_patience": 5, "average_epochs": 1},
        **{"label_smoothing": 0.0, "huber_delta": 1.0, "l1": 0.0, "max_norm": 0.0, "clip_norm": 0.0},
        **{
            "activation": "relu",
            "initializer": "auto",
            "input_dropout": 0.0,
            "batch_norm": False,
            "class_weight": "none",
        },
    },
    "search": {
        **{"trials": 8, "lookahead": 3, "sampler": "tpe", "sampler_options": TPE, "pruner": "median"},
        **{"pruner_options": MEDIAN, "enqueue": [], "patience": 0, "budget_minutes": 0},
    },
    "space": {
        "learning_rate": LEARNT,
        "hidden_layers": {"low": 1, "high": 2},
        "hidden_units": {"low": 4, "high": 40, "log": True},
        "l2": {"low": 1e-6, "high": 1e-1, "log": True},
        "dropout": {"low": 0.0, "high": 0.5},
    },
    "default": {"learning_rate": 0.01, "hidden_layers": 1, "hidden_units": 16, "l2": 1e-4, "dropout": 0.0},
    "final": {"members": 1},
}
CLASSES = {"cv": {"splitter": "StratifiedKFold", "metric": "accuracy"}, "training": {"loss": "cross_entropy"}}
LOG_LOSS = {"cv": {"splitter": "StratifiedKFold", "metric": "neg_log_loss"}, "training": {"loss": "cross_entropy"}}
NUMBERS = {"cv": {"splitter": "KFold", "metric": "r2"}, "training": {"loss": "mean_squared_error"}}
WIDE: dict[str, Any] = {  # a network by every part that has a name
    "learning_rate": LEARNT,
    "activation": {"choices": ["gelu", "identity", "leaky_relu", "relu", "sigmoid", "silu", "tanh"]},
    "optimizer": {"choices": ["adagrad", "adam", "adamw", "nesterov", "rmsprop", "sgd"]},
    "initializer": {"choices": ["auto", "glorot", "he", "normal", "orthogonal"]},
    "schedule": {"choices": ["constant", "cosine", "exponential", "one_cycle", "plateau", "step"]},
}
NEWER: dict[str, Any] = {
    **{"learning_rate": LEARNT, "beta2": {"choices": [0.95, 0.999]}, "numbers": {"choices": ["piecewise", "robust"]}},
    **{"activation": {"choices": ["mish", "selu"]}, "initializer": {"choices": ["auto", "lecun"]}},
    **{"schedule": {"choices": ["coslog4", "linear"]}, "decay_start": {"low": 0.0, "high": 0.9}},
    **{"noise": {"low": 0.0, "high": 0.3}, "input_noise": {"low": 0.0, "high": 0.3}},
    **{"input_scale": {"choices": [False, True]}, "batch_norm": {"choices": [False, True]}},
}
FIXED = {"hidden_layers": 2, "hidden_units": 12, "l2": 1e-3, "dropout": 0.1}
RANDOM = {"sampler": "random", "sampler_options": {}, "pruner": "none", "pruner_options": {}, "trials": 20}


def study(of: Mapping[str, Any], **sections: Mapping[str, Any]) -> dict[str, Any]:
    """A study file: explicit keys, in each section those of the task, and then those that are given."""
    names = EXPLICIT.keys() | of.keys() | sections.keys()
    return {name: {**EXPLICIT.get(name, {}), **of.get(name, {}), **sections.get(name, {})} for name in names}


def sampled(name: str, options: Mapping[str, Any], **sections: Mapping[str, Any]) -> dict[str, Any]:
    """The study of moons with another sampler."""
    return study(CLASSES, data={"source": "moons"}, search={"sampler": name, "sampler_options": options}, **sections)


def everything(of: Mapping[str, Any], source: str, *losses: str) -> dict[str, Any]:
    """A study that searches a network by every part that has a name."""
    it = study(of, data={"source": source}, search=RANDOM)
    it["space"] = {**WIDE, "loss": {"choices": list(losses)}}
    settings = {key: value for key, value in it["training"].items() if key not in it["space"]}
    it["training"] = {**settings, **FIXED}
    it["default"] = {
        **{"learning_rate": 0.01, "activation": "relu", "optimizer": "adam", "initializer": "auto"},
        **{"schedule": "constant", "loss": losses[0]},
    }
    return it


def newer_parts() -> dict[str, Any]:
    """A study that searches the parts that came later."""
    it = study(LOG_LOSS, data={"source": "people"}, search=RANDOM, preprocessing={"bins": 7})
    it["space"] = NEWER
    for section in ("training", "preprocessing"):
        it[section] = {key: value for key, value in it[section].items() if key not in NEWER}
    it["training"] |= FIXED
    it["default"] = {
        **{"learning_rate": 0.01, "beta2": 0.95, "numbers": "piecewise", "activation": "mish", "initializer": "auto"},
        **{"schedule": "coslog4", "decay_start": 0.0, "noise": 0.1, "input_noise": 0.1, "input_scale": True},
        "batch_norm": False,
    }
    return it


ROWS = DataSection(source=GIVEN)


def raw(count: int, seed: int) -> Any:
    return np.random.SFC64(seed).random_raw(count)


def pixels() -> Table:
    """300 rows of 784 bytes, whose class is that of the brighter half: sums over 784 inputs are blocked."""
    x = (raw(300 * 784, 1) % 256).astype(np.uint8).reshape(300, 784)
    left, right = x[:, :392].sum(axis=1, dtype=np.int64), x[:, 392:].sum(axis=1, dtype=np.int64)
    return given_table((x.astype(np.float64), np.where(left > right, "left", "right")), ROWS)


def people() -> Table:
    """240 rows of numbers with holes and categories with rare values."""
    age, height = (raw(240, 2) % 60 + 18).astype(float), (raw(240, 3) % 100).astype(float) / 8
    height[raw(240, 4) % 10 == 0] = np.nan
    city = np.array(["Aachen", "Basel", "Delft", "Évora", "Çorum"], object)[np.minimum(raw(240, 5) % 16, 4)]
    city[raw(240, 6) % 20 == 0] = None
    signal = age / 6 + np.where(city == "Basel", 4, 0) + raw(240, 7) % 4
    frame = pd.DataFrame({"age": age, "city": city, "height": height})
    frame["group"] = np.where(signal > 10, "high", np.where(signal > 7, "middle", "low"))
    return given_table(frame, ROWS.model_copy(update={"target": "group"}))


def numbers() -> Table:
    """200 rows of 5 numbers, and a number that depends on them."""
    x = (raw(1000, 8) % 201).astype(float).reshape(200, 5) / 100 - 1
    return given_table((x, 40 * x[:, 0] + 25 * x[:, 1] * x[:, 2] + (raw(200, 9) % 9).astype(float)), ROWS)


TABLES = {"pixels": pixels, "people": people, "numbers": numbers}
GRID = {
    "learning_rate": {"choices": [0.003, 0.01, 0.03]},
    "hidden_layers": {"low": 1, "high": 2},
    "hidden_units": {"low": 4, "high": 12, "step": 4},
    "l2": {"choices": [0.0, 1e-3]},
    "dropout": {"low": 0.0, "high": 0.2, "step": 0.1},
}
STUDIES: dict[str, dict[str, Any]] = {
    "digits": study(CLASSES, data={"source": "digits"}),
    "moons, tpe": sampled("tpe", TPE),
    "moons, random": sampled("random", {}),
    "moons, qmc": sampled("qmc", {"qmc_type": "sobol"}),
    "moons, grid": sampled("grid", {}, space=GRID),
    "moons, cmaes": sampled("cmaes", {"n_startup_trials": 1}),
    "diabetes": study(NUMBERS, data={"source": "diabetes"}, final={"members": 3}),
    "people, with categories": study(
        LOG_LOSS, data={"source": "people"}, training={"schedule": "one_cycle"}, final={"members": 3, "epochs": 10}
    ),
    "784 inputs": study(CLASSES, data={"source": "pixels"}, search={"trials": 4}),
    "batch norm and dropout": study(
        LOG_LOSS, data={"source": "people"}, training={"batch_norm": True, "input_dropout": 0.1, "epochs": 12}
    ),
    "all of classification": everything(LOG_LOSS, "moons", "cross_entropy", "binary_cross_entropy"),
    "all of regression": everything(NUMBERS, "numbers", "mean_squared_error", "huber"),
    "newer parts": newer_parts(),
}


TESTED = ("digits", "diabetes", "people, with categories")  # the others end before their test evaluation


def result_of(name: str, folder: Path) -> StudyResult:
    """Run a study of STUDIES, some with their test evaluation."""
    document = {section: dict(keys) for section, keys in STUDIES[name].items()}
    source = document["data"]["source"]
    if source in TABLES:
        document["data"]["source"] = GIVEN
    document["study"]["name"] = "golden"
    spec = parse_spec(document, name)
    look: Literal["take", "leave"] = "take" if name in TESTED else "leave"
    options = Options(folder / "study", folder / "ledger.jsonl", OFF, 1, look=look)
    table = TABLES[source]() if source in TABLES else None
    return run_study(spec, options, study_console(quiet=True), table=table).result


def digest_of(result: StudyResult) -> str:
    """The digest of what was computed: settings and names may get new keys, which change nothing."""
    document = result.document()
    compared = {part: document[part] for part in COMPARED} | {"uncertainty": document["analysis"]["uncertainty"]}
    if test := compared["test"]:
        compared["test"] = {**_without(test, TEST_OUTSIDE), "default": _without(test["default"], DEFAULT_OUTSIDE)}
    return canonical_digest(compared)[:16]


def _without(part: dict[str, Any] | None, names: tuple[str, ...]) -> Any:
    """A part of a result without keys that came after the digests, and are outside a result's own."""
    return part and {key: value for key, value in part.items() if key not in names}


def other_versions() -> list[str]:
    """The packages whose versions here are not those of constraints.txt."""
    wanted = dict(re.findall(r"^([\w-]+)==(\S+)", CONSTRAINTS.read_text(), re.MULTILINE))
    return [f"{name} {version(name)}, not {wanted[name]}" for name in PACKAGES if version(name) != wanted[name]]
