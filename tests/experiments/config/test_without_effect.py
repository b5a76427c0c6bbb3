"""Settings that would do nothing are refused, fixed or searched, and those that do something are not."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.without_effect import check_effects
from experiments.errors import SpecError
from nnet.losses import LOSSES

RATE = {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}}
SCHEDULES = {"choices": ("constant", "exponential")}
EXPONENTIAL = {"schedule": "exponential"}
RULE = r"`0 < decay <= 1` must hold with schedule = \"exponential\", but "


def check(space: dict[str, Any], **sections: Any) -> None:
    document = {"study": {"name": "x"}, "data": {"source": "iris"}, "space": RATE | space, **sections}
    spec = StudySpec.model_validate(document)
    check_effects(Space(spec), spec)


@pytest.mark.parametrize(
    ("space", "sections", "words"),
    [
        ({}, {"training": EXPONENTIAL | {"decay": 0}}, rf"^training\.decay: {RULE}got 0, .*; set decay = 0\.01, or"),
        ({"schedule": SCHEDULES}, {"training": {"decay": 0.0}}, rf"^training\.decay: {RULE}got 0"),
        (
            {"decay": {"low": 0, "high": 0.5}},
            {"training": EXPONENTIAL},
            rf"^space\.decay: {RULE}0 can be drawn, a learning rate of 0; search it from 0\.01 on, or schedule = ",
        ),
        ({"decay": {"choices": (0.1, 0)}}, {"training": EXPONENTIAL}, rf"^space\.decay: {RULE}0 can be drawn"),
        ({"decay": {"low": 0, "high": 0.5}, "schedule": SCHEDULES}, {}, rf"^space\.decay: {RULE}0 can be drawn"),
        (
            {"decay": {"low": 0.1, "high": 0.5}},
            {"training": EXPONENTIAL, "default": {"decay": 0}},
            rf"^default: {RULE}got decay = 0",
        ),
        (
            {"decay": {"low": 0.1, "high": 0.5}, "schedule": SCHEDULES},
            {"search": {"enqueue": ({"decay": 0}, {"decay": 0, **EXPONENTIAL})}},
            rf"^search\.enqueue\[1\]: {RULE}got decay = 0",
        ),
    ],
)
def test_an_exponential_schedule_that_falls_to_0_at_once_is_refused(
    space: dict[str, Any], sections: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpecError, match=words):
        check(space, **sections)


def test_a_decay_of_0_is_taken_where_it_trains_something() -> None:
    for name in ("step", "cosine", "plateau", "constant"):
        check({"decay": {"low": 0, "high": 0.5}}, training={"schedule": name})
        check({}, training={"schedule": name, "decay": 0})
    check({"decay": {"low": 0.01, "high": 0.5}, "schedule": SCHEDULES}, default={"decay": 0, "schedule": "constant"})


@pytest.mark.parametrize("loss", [name for name, one in LOSSES.items() if not one.classifies])
def test_label_smoothing_is_refused_with_a_loss_of_errors(loss: str) -> None:
    words = rf"must be 0 with a loss that is no cross-entropy, as it does nothing with {loss}, but "
    either = r'; remove it, or set loss = "cross_entropy" if the target is classes\.$'
    with pytest.raises(SpecError, match=rf"^training\.label_smoothing: {words}got 0\.1{either}"):
        check({}, training={"loss": loss, "label_smoothing": 0.1})
    for searched in ({"low": 0, "high": 0.2}, {"choices": (0, 0.1)}):
        with pytest.raises(SpecError, match=rf"^space\.label_smoothing: {words}it is searched{either}"):
            check({"label_smoothing": searched}, training={"loss": loss})
    with pytest.raises(SpecError, match=rf"{words}got 0\.1; remove it\.$"):
        check({}, training={"loss": loss, "label_smoothing": 0.1}, data={"source": "x.csv", "task": "regression"})
    check({}, training={"loss": loss, "label_smoothing": 0})


def test_label_smoothing_is_taken_with_a_loss_of_probabilities() -> None:
    for loss in ("auto", "cross_entropy", "binary_cross_entropy"):
        check({}, training={"loss": loss, "label_smoothing": 0.1})
    losses = {"loss": {"choices": ("cross_entropy", "huber")}}
    check({**losses, "label_smoothing": {"low": 0, "high": 0.2}})
    with pytest.raises(SpecError, match=r"it does nothing with huber and mean_squared_error, but got 0\.1"):
        check({"loss": {"choices": ("huber", "mean_squared_error")}}, training={"label_smoothing": 0.1})
