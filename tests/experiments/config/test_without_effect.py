"""Settings that would do nothing are refused, fixed or searched, and those that do something are not."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.without_effect import check_effects
from experiments.errors import SpecError
from nnet.losses import LOSSES
from support.study_file import RATE

SINGLE = {"batch_norm": True, "batch_size": 1}


def rule(*schedules: str) -> str:
    """The beginning of what is said of these schedules."""
    named = " or ".join(rf'"{name}"' for name in schedules)
    return rf"`0 < decay <= 1` must hold with schedule = {named}, but "


def check(space: dict[str, Any], **sections: Any) -> Space:
    document = {"study": {"name": "x"}, "data": {"source": "iris"}, "space": RATE | space, **sections}
    spec = StudySpec.model_validate(document)
    made = Space(spec)
    check_effects(made, spec)
    return made


@pytest.mark.parametrize("name", ["exponential", "plateau", "step"])
def test_a_schedule_that_falls_to_0_for_good_is_refused(name: str) -> None:
    fixed, searched = {"schedule": name}, {"schedule": {"choices": ("constant", name)}}
    said, space, beyond = rule(name), {"decay": {"low": 0, "high": 0.5}}, {"decay": {"low": 0.1, "high": 0.5}}
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (rf"^training\.decay: {said}got 0, .*; set decay = 0\.01, or", {}, {"training": fixed | {"decay": 0}}),
        (rf"^training\.decay: {said}got 0", searched, {"training": {"decay": 0.0}}),
        (rf"^space\.decay: {said}0 can be drawn, .* 0; search it from 0\.01 on, or", space, {"training": fixed}),
        (rf"^space\.decay: {said}0 can be drawn", {"decay": {"choices": (0.1, 0)}}, {"training": fixed}),
        (rf"^space\.decay: {said}0 can be drawn", space | searched, {}),
        (rf"^default: {said}got decay = 0", beyond, {"training": fixed, "default": {"decay": 0}}),
        (
            rf"^search\.enqueue\[1\]: {said}got decay = 0",
            beyond | searched,
            {"search": {"enqueue": ({"decay": 0}, {"decay": 0, **fixed})}},
        ),
    ]
    for words, space, sections in cases:
        with pytest.raises(SpecError, match=words):
            check(space, **sections)


def test_a_decay_of_0_is_taken_where_it_trains_something() -> None:
    for name in ("constant", "cosine", "linear"):
        check({"decay": {"low": 0, "high": 0.5}}, training={"schedule": name})
        check({}, training={"schedule": name, "decay": 0})
    searched = {"decay": {"low": 0.01, "high": 0.5}, "schedule": {"choices": ("constant", "step", "plateau")}}
    check(searched, default={"decay": 0, "schedule": "constant"})
    with pytest.raises(SpecError, match=rule("step", "plateau")):
        check(searched | {"decay": {"low": 0, "high": 0.5}})


@pytest.mark.parametrize(
    ("space", "sections", "words"),
    [
        (
            {},
            {"training": SINGLE},
            r"^training\.batch_size: must be .* 2 with batch_norm = true, but got 1; begin at 2,",
        ),
        (
            {"batch_size": {"choices": (1, 8)}},
            {"training": {"batch_norm": True}},
            r"^space\.batch_size: .* 1 can be drawn",
        ),
        (
            {"batch_norm": {"choices": (False, True)}},
            {"training": {"batch_size": 1}},
            r"^training\.batch_size: .* got 1",
        ),
        (
            {"batch_size": {"choices": (4, 8)}},
            {"training": {"batch_norm": True}, "default": {"batch_size": 1}},
            r"^default: batch_size must be at least 2 with batch_norm = true, but got 1; set batch_size = 2, or",
        ),
    ],
)
def test_a_batch_normalisation_over_single_rows_is_refused(
    space: dict[str, Any], sections: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpecError, match=words):
        check(space, **sections)


def test_single_rows_are_taken_where_nothing_is_normalised() -> None:
    check({}, training={"batch_size": 1})
    check({}, training={**SINGLE, "hidden_layers": 0})
    check({"batch_norm": {"choices": (False, True)}}, training={"batch_size": 2})


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
    space = check({**losses, "label_smoothing": {"low": 0, "high": 0.2}})
    for loss, smoothing in (("cross_entropy", 0.1), ("huber", 0.0)):  # what the network is trained with
        drawn = {**space.default, "loss": loss, "label_smoothing": 0.1}
        assert space.candidate(drawn).training.label_smoothing == smoothing
    with pytest.raises(SpecError, match=r"it does nothing with huber and mean_squared_error, but got 0\.1"):
        check({"loss": {"choices": ("huber", "mean_squared_error")}}, training={"label_smoothing": 0.1})
