"""Settings that would do nothing beside others.

A learning rate of 0, a batch normalisation over single rows, and label smoothing without probabilities.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.errors import SpecError
from nnet.losses import loss_of
from nnet.schedules import MULTIPLYING


def check_effects(space: Space, spec: StudySpec) -> None:
    """Refuse settings that train nothing, and label smoothing that no loss of the study knows.

    Raises:
        SpecError: there is such a setting; the message names its key.
    """
    _check_decay(space, spec)
    _check_batch_norm(space, spec)
    _check_smoothing(spec)


def _check_decay(space: Space, spec: StudySpec) -> None:
    """Refuse a schedule that multiplies the rate by decay where decay can be 0: the rate is then 0 for good.

    Raises:
        SpecError: there is one, as it is fixed, searched, or given as a configuration to try first.
    """
    instead = 'schedule = "cosine", which falls to 0 slowly'

    def rule(names: Iterable[str]) -> str:
        return f"`0 < decay <= 1` must hold with schedule = {' or '.join(map(json.dumps, names))}, but"

    multiplying = [name for name in _values(spec, "schedule") if name in MULTIPLYING]
    if multiplying and min(_values(spec, "decay")) == 0:
        place, got, better = (
            ("space", "0 can be drawn", "search it from 0.01 on")
            if "decay" in spec.space
            else ("training", "got 0", "set decay = 0.01")
        )
        raise SpecError(f"{place}.decay: {rule(multiplying)} {got}, a learning rate of 0; {better}, or {instead}.")
    for where, chosen in _first_configurations(space, spec):
        if chosen["schedule"] in MULTIPLYING and chosen["decay"] == 0:
            named = rule([chosen["schedule"]])
            raise SpecError(f"{where}: {named} got decay = 0, a learning rate of 0; set decay = 0.01, or {instead}.")


def _check_batch_norm(space: Space, spec: StudySpec) -> None:
    """Refuse a batch normalisation over batches of one row, whose hidden units would all be 0.

    Raises:
        SpecError: there can be one, as it is fixed, searched, or given as a configuration to try first.
    """
    rule = "must be at least 2 with batch_norm = true"
    drawn = True in _values(spec, "batch_norm") and max(_values(spec, "hidden_layers")) > 0
    if drawn and min(_values(spec, "batch_size")) == 1:
        place, got = ("space", "1 can be drawn") if "batch_size" in spec.space else ("training", "got 1")
        raise SpecError(f"{place}.batch_size: {rule}, but {got}; begin at 2, or set batch_norm = false.")
    for where, chosen in _first_configurations(space, spec):
        if chosen["batch_norm"] and chosen["hidden_layers"] and chosen["batch_size"] == 1:
            raise SpecError(f"{where}: batch_size {rule}, but got 1; set batch_size = 2, or batch_norm = false.")


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
    return (getattr(spec.training, key),) if searched is None else searched.ends


def _first_configurations(space: Space, spec: StudySpec) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the settings of each configuration that is tried first."""
    default, *enqueued = space.known
    yield ("default" if spec.default else "training", {**spec.training.model_dump(), **default})
    for at, parameters in enumerate(enqueued):
        yield f"search.enqueue[{at}]", {**spec.training.model_dump(), **parameters}
