"""What is commonly called otherwise is meant before what is spelled like it."""

from __future__ import annotations

import pytest

from experiments.config.common_names import KEYS, WORDS, meant_keys, meant_words
from experiments.config.keys import KEYS as OWN_KEYS
from experiments.config.keys import nearest_keys
from experiments.config.searchable import SEARCHABLE
from experiments.config.spec import Choices, Range
from experiments.config.words import WORDS as OWN_WORDS
from nnet.metrics import METRICS
from nnet.near import folded


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("training.lr", "training.learning_rate"),
        ("training.weight_decay", "training.l2"),
        ("training.alpha", "training.l2"),
        ("training.dropout_rate", "training.dropout"),
        ("training.batchsize", "training.batch_size"),
        ("training.n_layers", "training.hidden_layers"),
        ("training.n_epochs", "training.epochs"),
        ("search.max_epochs", "training.epochs"),
        ("lr", "training.learning_rate"),
        ("search.n_trials", "search.trials"),
        ("cv.folds", "cv.n_splits"),
        ("cv.random_state", "study.seed"),
        ("data.random_state", "data.split_seed"),
        ("data.sep", "data.separator"),
        ("training.timeout", "search.budget_minutes"),
        ("space.l2.min", "space.l2.low"),
        ("space.l2.values", "space.l2.choices"),
    ],
)
def test_a_key_by_its_common_name(typed: str, meant: str) -> None:
    assert nearest_keys(typed.split(".")) == [meant]


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [
        ("activation", "swish", "silu"),
        ("activation", "linear", "identity"),
        ("optimizer", "adam-w", "adamw"),
        ("loss", "MSE", "mean_squared_error"),
        ("initializer", "xavier", "glorot"),
        ("schedule", "ReduceLROnPlateau", "plateau"),
    ],
)
def test_a_word_by_its_common_name(key: str, typed: str, meant: str) -> None:
    assert meant_words(typed, sorted(OWN_WORDS["training"][key])) == [meant]


def test_a_sampler_by_its_common_name() -> None:
    samplers = list(OWN_WORDS["search"]["sampler"])
    for typed in ("bayes", "Bayesian", "bayesian optimization", "bo"):
        assert meant_words(typed, samplers) == ["tpe"]
    assert meant_words("randon", samplers) == ["random"]


def test_common_names_are_of_what_there_is_and_hide_nothing() -> None:
    keys = {key for of_one in OWN_KEYS.values() for key in of_one} | {*Range.model_fields, *Choices.model_fields}
    assert set(KEYS) <= keys
    words = {word for section in OWN_WORDS.values() for of_one in section.values() for word in map(str, of_one)}
    assert set(WORDS) <= words | {*METRICS}
    for table in (KEYS, WORDS):
        assert all(name == folded(name) for names in table.values() for name in names)
    for key in keys:
        assert meant_keys(key, [*keys]) == [key]
    assert set(SEARCHABLE) <= keys
