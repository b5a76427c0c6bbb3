"""All that can be known to be wrong with a study file is said in one go, and nothing that follows from it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support.study_file import RATE, refusal

SEARCHED = {"hidden_units": {"low": 8, "high": 64}, **RATE}


def test_a_conflict_and_what_the_network_refuses_hide_no_other_error() -> None:
    """A person mends a file in one go: what is found later is said with what is found first."""
    said = refusal(
        training={"hidden_layers": [64, 32], "epochz": 5, "activation": "swish", "learning_rate": 0.1},
        space={**SEARCHED, "l2": {"low": -1, "high": 1}, "lr": {"low": 1, "high": 2}},
        default={"dropout": 0.5},
        cv={"n_splits": 1},
        seach={},
    )
    assert said == (
        "cv.n_splits: must be greater than or equal to 2, but got 1; "
        "training.epochz: there is no such key (did you mean training.epochs?); "
        "seach: there is no such key (did you mean search?); "
        "space.lr: cannot be searched (did you mean space.learning_rate?); "
        "training.hidden_layers: [64, 32] cannot be fixed while [space] searches hidden_units; write hidden_layers = 2 "
        "here and hidden_units = [64, 32] in [default] to try these sizes first, or remove hidden_units from [space]; "
        "space.learning_rate: is also fixed in [training]; remove it there or here, not both; "
        "default.dropout: is not searched in [space]; set it in [training] instead; "
        "training.activation: must be gelu, identity, leaky_relu, mish, relu, selu, sigmoid, silu or tanh, but got "
        "'swish' (did you mean silu?); space.l2: `0 <= l2 < inf` must hold, but got l2=-1.0."
    )


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"cv": {"n_splits": 1}, "default": {"rare": 5}}, ["cv.n_splits", "default.rare"]),
        ({"cv": {"n_splits": 1}, "space": {"l2": {"low": -1, "high": 1}}}, ["cv.n_splits", "space.l2"]),
        (
            {"space": {"hidden_units": {"low": 2, "high": 1}}, "default": {"hidden_units": 9}, "bogus": 1},
            ["space.hidden_units", "bogus"],
        ),
        ({"training": {"hidden_layers": 21, "hidden_units": [1, 2]}, "bogus": 1}, ["training.hidden_layers", "bogus"]),
        (
            {
                "search": {
                    "sampler": "bayes",
                    "sampler_options": {"popsize": 9},
                    "pruner": "x",
                    "pruner_options": {"a": 1},
                }
            },
            ["search.sampler", "search.pruner"],
        ),
        (
            {
                "space": {
                    "l2": {"low": -1, "high": 1},
                    "dropout": {"low": 0, "high": 1},
                    "batch_size": {"low": 0, "high": 1},
                }
            },
            ["space.l2", "space.dropout", "space.batch_size"],
        ),
        (
            {"search": {"sampler": "qmc", "sampler_options": {"a": 1, "b": 2}}},
            ["search.sampler_options.a", "search.sampler_options.b"],
        ),
        (
            {
                "training": {"batch_size": -1, "momentum": 2, "optimizer": "nope"},
                "space": {"dropout": {"low": 0, "high": 2}},
                "bogus": 1,
            },
            ["bogus", "training.optimizer", "training.batch_size", "training.momentum", "space.dropout"],
        ),
        ({"study": {}, "training": {"optimizer": "nope"}}, ["study.name", "training.optimizer"]),
    ],
)
def test_the_keys_that_are_wrong_are_said_and_no_others(sections: dict[str, Any], said: list[str]) -> None:
    assert re.findall(r"(?:^|; )([\w.]+): ", refusal(**sections)) == said
