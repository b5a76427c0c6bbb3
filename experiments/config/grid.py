"""The grid: every combination of a space's values, in an order shuffled by the seed.

The size of a layer beyond `hidden_layers` has no effect, so it keeps its first value. The configurations to try first,
the default among them, are left out of the grid. Other parameters that have no effect without hidden layers are kept:
the points of a grid must stay what they were when its study began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from experiments.config.candidate import Hyperparameters
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.errors import SpecError

MOST_POINTS = 100_000

Axes = dict[str, Sequence[Any]]


def grid(space: Space, seed: int) -> list[Hyperparameters]:
    """List the points of a space, without the configurations to try first.

    Args:
        space: choices, integer ranges and ranges with a step.
        seed:  shuffles the points.

    Raises:
        SpecError: a range is continuous, or there are too many points.
    """
    # sorted: the order of the lines in a file must not matter
    axes = {name: _values(name, axis) for name, axis in sorted(space.distributions.items())}
    blocks = list(_blocks(space, axes))
    _check_number(sum(prod(map(len, block.values())) for block in blocks))
    known = [_on_the_axes(space, axes, parameters) for parameters in space.known]
    points = [dict(zip(axes, point, strict=True)) for block in blocks for point in product(*block.values())]
    unknown = [point for point in points if point not in known]
    return [unknown[at] for at in np.random.default_rng(seed).permutation(len(unknown))]


def _blocks(space: Space, axes: Axes) -> Iterator[Axes]:
    """Yield the axes for each number of layers, with a single value for a size that has no effect."""
    for layers in axes.get("hidden_layers", (None,)):
        chosen = {} if layers is None else {"hidden_layers": layers}
        unused = space.unused_sizes(chosen)
        alone = {name: (value,) for name, value in chosen.items()}
        yield {name: alone.get(name, axis[:1] if name in unused else axis) for name, axis in axes.items()}


def _on_the_axes(space: Space, axes: Axes, parameters: Mapping[str, Any]) -> Hyperparameters:
    """Return the point of the grid that equals a configuration."""
    unused = space.unused_sizes(parameters)
    return {name: axis[0] if name in unused else _nearest(axis, parameters[name]) for name, axis in axes.items()}


def _nearest(axis: Sequence[Any], value: Any) -> Any:
    """Undo the rounding of a multiple of a step."""
    if not isinstance(value, float):
        return value
    nearest = min(axis, key=lambda point: abs(point - value))
    return nearest if abs(nearest - value) <= 1e-8 * abs(value) else value


def _values(name: str, axis: BaseDistribution) -> Sequence[Any]:
    if isinstance(axis, CategoricalDistribution):
        return axis.choices
    assert isinstance(axis, FloatDistribution | IntDistribution)
    if axis.single():
        return (axis.low,)
    if axis.step is None:
        raise SpecError(
            f"space.{name}: a grid needs choices = [...] or a range with a step, but this range is continuous."
        )
    steps = round((axis.high - axis.low) / axis.step)
    _check_number(steps + 1)
    if isinstance(axis, IntDistribution):
        return range(axis.low, axis.high + 1, axis.step)
    low, step = Decimal(str(axis.low)), Decimal(str(axis.step))
    return [float(low + at * step) for at in range(steps + 1)]


def _check_number(points: int) -> None:
    if points > MOST_POINTS:
        raise SpecError(
            f"space: a grid has at most {MOST_POINTS} points, but this one has {points:.6g} or more; take larger steps "
            "or fewer choices."
        )


def check_sampler(space: Space, spec: StudySpec) -> None:
    """Check that the sampler can search this space.

    Raises:
        SpecError: the sampler cannot; the message names the key.
    """
    search = spec.search
    if search.sampler == "grid":
        grid(space, 0)
    if search.sampler == "cmaes" and all(
        axis.single() or isinstance(axis, CategoricalDistribution) for axis in space.distributions.values()
    ):
        raise SpecError(
            "search.sampler: cmaes needs a range of numbers, but [space] has only choices; take another sampler."
        )


def within_grid(space: Space, spec: StudySpec) -> StudySpec:
    """Limit a study's trials to the configurations to try first and the points of its grid."""
    search = spec.search
    most = len(grid(space, 0)) + len(space.known) if search.sampler == "grid" else search.trials
    return spec.with_trials(min(search.trials, most))
