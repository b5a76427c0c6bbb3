"""Other words for the values of a study file, each turned into the program's own before the file is checked.

A name may be written in any case, and with dashes or spaces: `TPE`, `leaky-relu`. A metric may have the name that is
in common use: `rmse`. The sizes of the layers may be given as their number: `hidden_layers = [64, 32]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

from experiments.config.common_names import meant_words
from experiments.config.keys import KEYS
from experiments.config.readable import readable
from experiments.config.sampler_options import QMCOptions
from experiments.config.section import Section
from experiments.config.spec import PreprocessingSection, StudySpec, TrainingSection
from nnet import common_names, metrics
from nnet.activations import ACTIVATIONS
from nnet.initializers import INITIALIZERS
from nnet.losses import LOSSES
from nnet.near import did_you_mean, enumerated, folded
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES

SIZES = re.compile(r"\(\s*\d{1,9}\s*(,\s*\d{1,9}\s*)*,?\s*\)|\d{1,9}\s*(,\s*\d{1,9}\s*)+")  # (64, 32) or 64, 32
FUNCTIONS = (  # scorers whose function has _score at its end
    "accuracy", "average_precision", "balanced_accuracy", "explained_variance", "f1", "jaccard", "precision", "recall",
    "roc_auc",
)  # fmt: skip
METRICS = {  # a common name, folded -> scikit-learn's
    **{common: name for name in metrics.METRICS for common in common_names.WORDS[name]},
    **{folded(f"{name}_score"): name for name in FUNCTIONS},
    "auc": "roc_auc",
    "aucpr": "average_precision",
    "aucroc": "roc_auc",
    "auprc": "average_precision",
    "auroc": "roc_auc",
    "balancedacc": "balanced_accuracy",
    "brier": "neg_brier_score",
    "brierscore": "neg_brier_score",
    "mape": "neg_mean_absolute_percentage_error",
    "maxerror": "neg_max_error",
    "mcc": "matthews_corrcoef",
    "meanabsolutepercentageerror": "neg_mean_absolute_percentage_error",
    "medianabsoluteerror": "neg_median_absolute_error",
    "prauc": "average_precision",
    "rmsle": "neg_root_mean_squared_log_error",
    "rocauc": "roc_auc",
    "sensitivity": "recall",
}


def _choices(section: type[Section]) -> dict[str, tuple[str, ...]]:
    """Return the words of each key of a section that has a fixed set of them."""
    return {
        key: get_args(field.annotation)
        for key, field in section.model_fields.items()
        if get_origin(field.annotation) is Literal
    }


OF_A_TRAINING: dict[str, Iterable[str]] = {
    **_choices(TrainingSection),
    **_choices(PreprocessingSection),
    "activation": ACTIVATIONS,
    "initializer": ("auto", *INITIALIZERS),
    "loss": ("auto", *LOSSES),
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
OF_A_NETWORK = ("activation", "initializer", "loss", "optimizer", "schedule")
WORDS: dict[str, dict[str, Iterable[str]]] = {
    **{name: dict(_choices(StudySpec.model_fields[name].annotation)) for name in KEYS},  # type: ignore[arg-type]
    **dict.fromkeys(("training", "preprocessing", "space", "default", "enqueue"), OF_A_TRAINING),
}
WORDS["search"] |= _choices(QMCOptions)


def canonical(document: Any) -> Any:
    """Return a study file's document in the program's own words.

    >>> canonical({"cv": {"metric": "RMSE"}, "training": {"activation": "Leaky ReLU", "hidden_layers": (64, 32)}})
    {'cv': {'metric': 'neg_root_mean_squared_error'},
     'training': {'activation': 'leaky_relu', 'hidden_layers': 2, 'hidden_units': (64, 32)}}
    """
    if not isinstance(document, Mapping):
        return document
    return {section: _in_section(str(section), "", value) for section, value in document.items()}


def _in_section(section: str, key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        within = {name: _in_section(section, key if name == "choices" else name, item) for name, item in value.items()}
        return _with_sizes(within) if section in ("training", "default", "enqueue") else within
    if isinstance(value, tuple):
        return tuple(_in_section("enqueue" if key == "enqueue" else section, key, item) for item in value)
    return _word(section, key, value) if isinstance(value, str) else value


def _word(section: str, key: str, value: str) -> str:
    if (section, key) == ("cv", "metric"):
        return METRICS.get(folded(value)) or re.sub(r"[\s-]+", "_", value.strip().lower())
    own = (word for word in WORDS.get(section, {}).get(key, ()) if folded(word) == folded(value))
    return next(own, value)


def sizes_of(value: object) -> tuple[int, ...] | None:
    """Return the sizes of layers that a value lists; None if it is something else.

    >>> sizes_of("(64, 32)"), sizes_of([64, 32]), sizes_of("64"), sizes_of(2)
    ((64, 32), (64, 32), None, None)
    """
    if isinstance(value, str) and SIZES.fullmatch(value.strip()):
        return tuple(map(int, re.findall(r"\d+", value)))
    listed = isinstance(value, list | tuple) and bool(value) and all(type(item) is int for item in value)
    return tuple(value) if listed else None  # type: ignore[arg-type]


def _with_sizes(table: dict[str, Any]) -> dict[str, Any]:
    sizes = sizes_of(table.get("hidden_layers"))
    return table if sizes is None else {**table, "hidden_layers": len(sizes), "hidden_units": sizes}


def wrong_word(key: str, value: object) -> str:
    """Say that a value is none of the words that a key of the network takes; empty if it is one of them.

    >>> wrong_word("activation", "relu"), wrong_word("l2", "relu")
    ('', '')
    >>> wrong_word("optimizer", "adamm")
    "optimizer: must be adagrad, adam, adamw, nesterov, rmsprop or sgd, but got 'adamm' (did you mean adam?)"
    """
    words = sorted({*OF_A_TRAINING[key]} - {"auto"}) if key in OF_A_NETWORK else []
    if not words or value == "auto" or value in words:
        return ""
    meant = did_you_mean(meant_words(value, words))
    return f"{key}: must be {enumerated(words, 'or')}, but got {readable(repr(value), 120)}{meant}"
