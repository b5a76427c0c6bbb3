"""Sections that contradict each other are all named, and the advice works when it is typed."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.conflicts import conflicts
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError

UNITS, LAYERS = {"hidden_units": {"low": 8, "high": 64}}, {"hidden_layers": {"low": 1, "high": 3}}
BASE: dict[str, Any] = {"study": {"name": "x"}, "data": {"source": "iris"}}


@pytest.mark.parametrize(
    ("space", "advice", "typed"),
    [
        (
            UNITS,
            "write hidden_layers = 2 here and hidden_units = [64, 32] in [default] to try these sizes first, or remove",
            {"training": {"hidden_layers": 2}, "default": {"hidden_units": [64, 32]}, "space": UNITS},
        ),
        (
            UNITS | LAYERS,
            "remove it and write hidden_layers = 2 and hidden_units = [64, 32] in [default] to try these sizes first",
            {"default": {"hidden_layers": 2, "hidden_units": [64, 32]}, "space": UNITS | LAYERS},
        ),
        (
            LAYERS,
            "remove hidden_layers from [space], so that every trial has these sizes",
            {"training": {"hidden_layers": [64, 32]}, "space": {"l2": {"low": 0.1, "high": 0.5}}},
        ),
    ],
)
def test_the_advice_on_sizes_works_when_it_is_typed(space: Any, advice: str, typed: dict[str, Any]) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec({**BASE, "training": {"hidden_layers": [64, 32]}, "space": space}, "here")
    assert advice in str(caught.value)
    assert str(caught.value).count("training.") == 1
    spec = parse_spec({**BASE, **typed}, "here")
    assert spec.default.get("hidden_units", spec.training.hidden_units) == (64, 32)


def test_every_conflict_is_named_at_its_key() -> None:
    found = conflicts(
        {
            "training": {"l2": 0.1, "dropout": 0.5},
            "preprocessing": {"rare": 5},
            "space": {"l2": {}, "rare": {}, "bogus": {}},
            "default": {"dropout": 0.1, "numbers": "robust"},
            "search": {"enqueue": ({"l2": 1, "momentum": 0.5}, 7)},
        }
    )
    assert found == {
        ("training", "l2"): "space.l2: is also fixed in [training]; remove it there or here, not both",
        ("preprocessing", "rare"): "space.rare: is also fixed in [preprocessing]; remove it there or here, not both",
        ("default", "dropout"): "default.dropout: is not searched in [space]; set it in [training] instead",
        ("default", "numbers"): "default.numbers: is not searched in [space]; set it in [preprocessing] instead",
        ("search", "enqueue[0]", "momentum"): (
            "search.enqueue[0].momentum: is not searched in [space]; set it in [training] instead"
        ),
    }


def test_sections_of_a_wrong_type_have_no_conflicts() -> None:
    assert conflicts({"training": 3, "space": [], "default": None, "search": {"enqueue": 5}}) == {}
    assert conflicts({}) == {}
