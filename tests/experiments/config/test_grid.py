"""The grid: every combination once, those that are known already left out."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.grid import grid, within_grid
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError

LAYERS = {"low": 0, "high": 2}


def spec_of(rules: dict[str, Any], trials: int = 1, **sections: Any) -> StudySpec:
    search = {"sampler": "grid", "trials": trials, **sections.pop("search", {})}
    base = {"study": {"name": "x"}, "data": {"source": "iris"}}
    return parse_spec({**base, "search": search, "space": rules, **sections}, "here")


def space_of(rules: dict[str, Any], trials: int = 1, **sections: Any) -> Space:
    return Space(spec_of(rules, trials, **sections))


def values(points: list[dict[str, Any]], name: str) -> set[Any]:
    return {point[name] for point in points}


def test_every_combination_stands_in_it_once() -> None:
    rules = {
        "activation": {"choices": ["relu", "tanh"]},
        "batch_size": {"low": 8, "high": 32, "step": 8},
        "average_epochs": {"low": 1, "high": 3},
        "momentum": {"low": 0.1, "high": 0.7, "step": 0.1},
        "l2": {"low": 0.5, "high": 0.5},
    }
    points = grid(space_of(rules, default={"momentum": 0.9}), 0)
    assert len({tuple(point.items()) for point in points}) == len(points) == 2 * 4 * 3 * 7
    assert values(points, "batch_size") == {8, 16, 24, 32}
    assert values(points, "momentum") == {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}
    assert values(points, "l2") == {0.5}


def test_a_size_of_a_layer_that_is_not_there_makes_no_point_of_its_own() -> None:
    space = space_of({"hidden_layers": LAYERS, "hidden_units": {"choices": [4, 5, 6]}})
    points = grid(space, 0)
    hidden = [space.candidate(point).shape.hidden for point in points]
    assert len(points) == len(set(hidden)) == 1 + 3 + 9
    assert all(map(space.contains, points))


def test_a_grid_stays_what_it_was_though_dropout_has_no_effect_without_hidden_layers() -> None:
    points = grid(space_of({"hidden_layers": LAYERS, "dropout": {"choices": [0.0, 0.25]}}), 0)
    assert {(0, 0.0), (0, 0.25)} - {(point["hidden_layers"], point["dropout"]) for point in points} == set()


@pytest.mark.parametrize("known", [{"hidden_units": (5, 999), "hidden_layers": 1}, {"hidden_units": (5, 4)}])
def test_what_is_tried_first_is_not_tried_again(known: dict[str, Any]) -> None:
    rules = {"hidden_layers": LAYERS, "hidden_units": {"choices": [4, 5]}}
    for sections in ({"default": known}, {"search": {"enqueue": [known, known]}}):
        space = space_of(rules, **sections)
        tried = [space.candidate(one).shape.hidden for one in space.known]
        hidden = [space.candidate(point).shape.hidden for point in grid(space, 0)]
        assert (5,) in tried
        assert set(hidden) == {(), (4,), (4, 4), (4, 5), (5, 4), (5, 5)}


@pytest.mark.parametrize("known", [0.3, 0.30000000000000004])
def test_a_step_is_known_however_it_was_rounded(known: float) -> None:
    rules = {"momentum": {"low": 0.0, "high": 0.4, "step": 0.1}}
    points = grid(space_of(rules, default={"momentum": known}), 0)
    assert values(points, "momentum") == {0.0, 0.1, 0.2, 0.4}


def test_the_order_is_shuffled_by_the_seed_and_by_nothing_else() -> None:
    rules = {"batch_size": {"low": 1, "high": 9}, "average_epochs": {"low": 1, "high": 5}}
    turned = dict(reversed(rules.items()))
    first, second = grid(space_of(rules), 0), grid(space_of(rules), 1)
    assert first == grid(space_of(turned), 0)
    assert first != second
    assert first != sorted(first, key=lambda point: tuple(point.values()))
    assert sorted(map(str, first)) == sorted(map(str, second))


def test_what_is_no_grid_is_refused_before_any_memory_is_taken() -> None:
    for rules, words in [
        ({"l2": {"low": 0.0, "high": 1.0}}, r"^here: space\.l2: a grid needs choices"),
        (
            {"batch_size": {"low": 1, "high": 1000}, "average_epochs": {"low": 1, "high": 101}},
            "but this one has 101000",
        ),
        ({"l2": {"low": 0, "high": 1, "step": 1e-8}}, r"space: a grid has at most 100000 points"),
        ({"average_epochs": {"low": 1, "high": 10**9}}, r"but this one has 1e\+09 or more"),
        (
            {"hidden_layers": {"low": 1, "high": 20}, "hidden_units": {"low": 1, "high": 1000}},
            "space: a grid has at most",
        ),
    ]:
        with pytest.raises(SpecError, match=words):
            space_of(rules)


def test_a_study_has_no_more_trials_than_its_grid_has_points() -> None:
    rules = {"batch_size": {"choices": [8, 16, 32]}, "momentum": {"choices": [0.5, 0.9]}}
    enqueue = {"enqueue": [{"momentum": 0.1}]}
    for asked, given in {3: 3, 7: 7, 8: 7}.items():  # 6 points, of which one is the default, and one enqueued
        spec = spec_of(rules, trials=asked, search=enqueue)
        assert within_grid(Space(spec), spec).search.trials == given
