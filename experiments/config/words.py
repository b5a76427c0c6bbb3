"""Other words for the values of a study file, each turned into the program's own before the file is checked.

A name may be written in any case, and with dashes or spaces: `TPE`, `leaky-relu`. A metric may have the name that is
in common use: `rmse`. The sizes of the layers may be given as their number: `hidden_layers = [64, 32]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

from experiments.config.keys import KEYS
from experiments.config.near import folded
from experiments.config.sampler_options import QMCOptions
from experiments.config.section import Section
from experiments.config.spec import PreprocessingSection, StudySpec, TrainingSection
from experiments.errors import SpecError
from nnet.activations import ACTIVATIONS
from nnet.initializers import INITIALIZERS
from nnet.losses import LOSSES
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES

SIZES = re.compile(r"\(\s*\d{1,9}\s*(,\s*\d{1,9}\s*)*,?\s*\)|\d{1,9}\s*(,\s*\d{1,9}\s*)+")  # (64, 32) or 64, 32
METRICS = {  # a common name, folded -> scikit-learn's
    "acc": "accuracy",
    "auc": "roc_auc",
    "aucroc": "roc_auc",
    "balancedacc": "balanced_accuracy",
    "crossentropy": "neg_log_loss",
    "logloss": "neg_log_loss",
    "mae": "neg_mean_absolute_error",
    "mape": "neg_mean_absolute_percentage_error",
    "maxerror": "neg_max_error",
    "mcc": "matthews_corrcoef",
    "meanabsoluteerror": "neg_mean_absolute_error",
    "meanabsolutepercentageerror": "neg_mean_absolute_percentage_error",
    "meansquarederror": "neg_mean_squared_error",
    "medianabsoluteerror": "neg_median_absolute_error",
    "mse": "neg_mean_squared_error",
    "r2score": "r2",
    "rmse": "neg_root_mean_squared_error",
    "rmsle": "neg_root_mean_squared_log_error",
    "rocauc": "roc_auc",
    "rootmeansquarederror": "neg_root_mean_squared_error",
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
WORDS: dict[str, dict[str, Iterable[str]]] = {
    **{name: dict(_choices(StudySpec.model_fields[name].annotation)) for name in KEYS},  # type: ignore[arg-type]
    **dict.fromkeys(("training", "preprocessing", "space", "default", "enqueue"), OF_A_TRAINING),
}
WORDS["search"] |= _choices(QMCOptions)


def canonical(document: Any) -> Any:
    """Return a study file's document in the program's own words.

    Raises:
        SpecError: sizes are given to layers that are searched, or twice.

    >>> canonical({"cv": {"metric": "RMSE"}, "training": {"activation": "Leaky ReLU", "hidden_layers": (64, 32)}})
    {'cv': {'metric': 'neg_root_mean_squared_error'},
     'training': {'activation': 'leaky_relu', 'hidden_layers': 2, 'hidden_units': (64, 32)}}
    """
    if not isinstance(document, Mapping):
        return document
    _check_sizes(document)
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


def _check_sizes(document: Mapping[str, Any]) -> None:
    """Refuse sizes in [training] where [space] searches them, or where they stand twice."""
    training, space = document.get("training"), document.get("space")
    sizes = sizes_of(training.get("hidden_layers")) if isinstance(training, Mapping) else None
    if sizes is None:
        return
    if "hidden_units" in training:  # type: ignore[operator]
        raise SpecError(f"training.hidden_units: hidden_layers = {list(sizes)} gives the sizes already; remove one.")
    searched = [key for key in ("hidden_layers", "hidden_units") if isinstance(space, Mapping) and key in space]
    if searched:
        own = {"hidden_layers": len(sizes), "hidden_units": list(sizes)}
        given = ", ".join(f"{key} = {own[key]}" for key in searched)
        raise SpecError(
            f"training.hidden_layers: {list(sizes)} cannot be fixed while [space] searches {' and '.join(searched)}; "
            f"write default = {{ {given} }} to try these sizes first, or remove {' and '.join(searched)} from [space]."
        )
