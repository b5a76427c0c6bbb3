"""Settings that would do nothing beside others: a learning rate of 0, and label smoothing without probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.config.space import Space
from experiments.config.spec import Choices, StudySpec
from experiments.errors import SpecError
from nnet.losses import loss_of


def check_effects(space: Space, spec: StudySpec) -> None:
    """Refuse a schedule that trains nothing, and label smoothing that no loss of the study knows.

    Raises:
        SpecError: there is such a setting; the message names its key.
    """
    _check_decay(space, spec)
    _check_smoothing(spec)


def _check_decay(space: Space, spec: StudySpec) -> None:
    """Refuse an exponential schedule whose decay can be 0: its factor is 0 after the first step.

    Raises:
        SpecError: there is one, as it is fixed, searched, or given as a configuration to try first.
    """
    rule = '`0 < decay <= 1` must hold with schedule = "exponential", but'
    instead = 'schedule = "cosine", which falls to 0 slowly'
    if "exponential" in _values(spec, "schedule") and min(_values(spec, "decay")) == 0:
        place, got, better = (
            ("space", "0 can be drawn", "search it from 0.01 on")
            if "decay" in spec.space
            else ("training", "got 0", "set decay = 0.01")
        )
        raise SpecError(f"{place}.decay: {rule} {got}, a learning rate of 0; {better}, or {instead}.")
    for where, chosen in _first_configurations(space, spec):
        if chosen["schedule"] == "exponential" and chosen["decay"] == 0:
            raise SpecError(f"{where}: {rule} got decay = 0, a learning rate of 0; set decay = 0.01, or {instead}.")


def _check_smoothing(spec: StudySpec) -> None:
    """Refuse label smoothing with losses that smooth no probabilities.

    Raises:
        SpecError: it is fixed or searched, and no loss of the study is a cross-entropy.
    """
    losses = _values(spec, "loss")
    if (
        "auto" in losses
        or any(loss_of(name).classifies for name in losses)
        or not max(_values(spec, "label_smoothing"))
    ):
        return
    searched = "label_smoothing" in spec.space
    got = "it is searched" if searched else f"got {spec.training.label_smoothing:g}"
    classes = "" if spec.data.task == "regression" else ', or set loss = "cross_entropy" if the target is classes'
    raise SpecError(
        f"{'space' if searched else 'training'}.label_smoothing: must be 0 with a loss that is no cross-entropy, as it "
        f"does nothing with {' and '.join(losses)}, but {got}; remove it{classes}."
    )


def _values(spec: StudySpec, key: str) -> tuple[Any, ...]:
    """Return the value of a key that is fixed, the choices of one that is searched, or the ends of its range."""
    searched = spec.space.get(key)
    if searched is None:
        return (getattr(spec.training, key),)
    return searched.choices if isinstance(searched, Choices) else (searched.low, searched.high)


def _first_configurations(space: Space, spec: StudySpec) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the settings of each configuration that is tried first."""
    default, *enqueued = space.known
    yield ("default" if spec.default else "training", {**spec.training.model_dump(), **default})
    for at, parameters in enumerate(enqueued):
        yield f"search.enqueue[{at}]", {**spec.training.model_dump(), **parameters}
