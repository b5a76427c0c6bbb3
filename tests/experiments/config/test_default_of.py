"""The configuration that won one study is trial 0 of another, whatever the two search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from experiments.config.candidate import Candidate, Preprocessing
from experiments.config.default_of import with_default_of
from experiments.config.override import with_override
from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError
from nnet.network import Architecture
from nnet.settings import TrainingSettings

UNITS, LAYERS = {"low": 4, "high": 64, "log": True}, {"low": 1, "high": 3}
SPACE = {
    "learning_rate": {"low": 1e-4, "high": 0.1, "log": True},
    "hidden_layers": LAYERS,
    "hidden_units": UNITS,
    "numbers": {"choices": ["standard", "piecewise"]},
}
WINNER = Candidate(
    Architecture(1, (62, 16), 1, activation="tanh", dropout=0.25),
    TrainingSettings(epochs=31, learning_rate=0.003125, optimizer="sgd", momentum=0.5),
    "balanced",
    Preprocessing("piecewise", 0.01, 8),
)


def document(space: dict[str, Any] = SPACE, **sections: Any) -> dict[str, Any]:
    return {"study": {"name": "new"}, "data": {"source": "iris"}, "space": space, **sections}


def default_of(changed: dict[str, Any]) -> Candidate:
    space = Space(parse_spec(changed, "test"))
    return space.candidate(space.default)


def taken(given: dict[str, Any], *overrides: str, winner: Candidate = WINNER) -> dict[str, Any]:
    for override in overrides:
        given = with_override(given, override)
    return with_default_of(given, winner, "classification", overrides, "--default-of old")


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"training": {"epochs": 200, "activation": "relu", "loss": "cross_entropy"}, "preprocessing": {"bins": 32}},
        {"default": {"hidden_layers": [5, 6, 7], "learning_rate": 0.1, "numbers": "standard"}},
        {"space": {"learning_rate": SPACE["learning_rate"]}},
        {"space": {"hidden_units": UNITS}, "training": {"hidden_layers": 1}},
        {"space": {"dropout": {"low": 0.3, "high": 0.5}, "class_weight": {"choices": ["none"]}}},
        {"space": {"learning_rate": SPACE["learning_rate"]}, "training": {"hidden_layers": [9, 8, 7]}},
    ],
)
def test_the_default_is_the_winner(sections: dict[str, Any]) -> None:
    assert default_of(taken(document(**sections))) == WINNER


def test_only_what_differs_is_written_and_searched_values_stand_in_the_default() -> None:
    changed = taken(document(training={"epochs": 31, "optimizer": "sgd", "batch_size": 32}))
    assert changed["default"] == {
        "learning_rate": 0.003125, "hidden_layers": 2, "hidden_units": [62, 16], "numbers": "piecewise"
    }  # fmt: skip
    assert changed["training"] == {
        "epochs": 31, "optimizer": "sgd", "batch_size": 32, "activation": "tanh", "dropout": 0.25, "momentum": 0.5,
        "class_weight": "balanced",
    }  # fmt: skip
    assert changed["preprocessing"] == {"rare": 0.01, "bins": 8}
    ordinary = Candidate(Architecture(1, (64,), 1), TrainingSettings(), preprocessing=Preprocessing())
    assert taken(document(), winner=ordinary) == document()


def test_a_loss_is_written_where_the_target_would_decide_otherwise() -> None:
    losses = {"loss": {"choices": ["cross_entropy", "mean_squared_error"]}}
    other = replace(WINNER, training=replace(WINNER.training, loss="mean_squared_error"))
    assert "loss" not in taken(document())["training"]
    assert "loss" not in taken(document(space=SPACE | losses))["default"]
    assert taken(document(), winner=other)["training"]["loss"] == "mean_squared_error"
    assert taken(document(space=SPACE | losses), winner=other)["default"]["loss"] == "mean_squared_error"
    assert taken(document(training={"loss": "huber"}))["training"]["loss"] == "cross_entropy"


def test_bins_that_the_winner_does_not_use_stay_those_of_the_others() -> None:
    without = Candidate(WINNER.shape, WINNER.training, preprocessing=Preprocessing("standard"))
    changed = taken(document(default={"numbers": "piecewise"}, preprocessing={"bins": 32}), winner=without)
    assert (changed["preprocessing"]["bins"], changed["default"]["numbers"]) == (32, "standard")


@pytest.mark.parametrize(
    ("override", "key", "value", "hidden"),
    [
        ("epochs=7", "epochs", 7, (62, 16)),
        ("default.learning_rate=0.01", "learning_rate", 0.01, (62, 16)),
        ("hidden_layers=3", None, None, (62, 16, 16)),
        ("hidden_layers=1", None, None, (62,)),
        ("hidden_layers=0", None, None, ()),
        ("hidden_layers=[5, 6, 7]", None, None, (5, 6, 7)),
        ("hidden_units=9", None, None, (9, 9)),
        ("default.hidden_layers=3", None, None, (62, 16, 16)),
    ],
)
def test_what_is_typed_has_the_last_word(override: str, key: str | None, value: object, hidden: tuple[int]) -> None:
    default = default_of(taken(document(), override))
    assert default.shape.hidden == hidden
    assert key is None or getattr(default.training, key) == value
    assert (default.training.momentum, default.shape.activation) == (0.5, "tanh")


def test_a_typed_axis_of_the_space_takes_the_winners_value() -> None:
    changed = taken(document(), "space.dropout={ low = 0, high = 0.1 }")
    assert changed["default"]["dropout"] == 0.25  # outside of the space, in which the default need not lie
    assert default_of(changed) == WINNER


@pytest.mark.parametrize(
    ("sections", "rule"),
    [
        ({"space": {"hidden_layers": LAYERS}}, r"the layers have 62, 16 units, but training\.hidden_units is one size"),
        (
            {"space": {"hidden_layers": {"low": 1, "high": 1}, "hidden_units": UNITS}},
            r"default\.hidden_layers: must be at most 1, .* but got 2; search up to 2 layers there",
        ),
        ({"search": {"pruner": "hyperband", "pruner_options": {"min_resource": 40}}}, "min_resource: must be at most"),
        ({"space": {"l3": LAYERS}}, r"space\.l3: "),
    ],
)
def test_what_the_file_cannot_have_is_refused_with_the_option(sections: dict[str, Any], rule: str) -> None:
    with pytest.raises(SpecError, match=rf"^--default-of old: .*{rule}") as refused:
        taken(document(**({"training": {"epochs": 60}} | sections)))
    assert "\n" not in str(refused.value)
