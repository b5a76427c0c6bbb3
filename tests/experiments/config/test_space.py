"""From parameters to a candidate, and what cannot be searched."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.config.target import Target
from experiments.errors import SpecError

RATE = {"low": 1e-4, "high": 0.1, "log": True}


def make(space: dict[str, Any], **sections: Any) -> Space:
    return Space(StudySpec.model_validate(document(space, **sections)))


def document(space: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"study": {"name": "x"}, "data": {"source": "iris"}, "space": space, **sections}


def test_every_layer_has_a_size_of_its_own() -> None:
    space = make({"hidden_units": {"low": 4, "high": 64, "log": True}, "hidden_layers": {"low": 1, "high": 3}})
    assert list(space.distributions) == ["hidden_units_1", "hidden_units_2", "hidden_units_3", "hidden_layers"]
    assert space.distributions["hidden_units_2"] == IntDistribution(4, 64, log=True)
    assert space.log_scaled == ("hidden_units_1", "hidden_units_2", "hidden_units_3")


@pytest.mark.parametrize(("layers", "hidden"), [(0, ()), (1, (5,)), (2, (5, 6)), (3, (5, 6, 7))])
def test_a_candidate_uses_the_first_layers(layers: int, hidden: tuple[int, ...]) -> None:
    space = make({"hidden_units": {"low": 4, "high": 64}, "hidden_layers": {"low": 0, "high": 3}})
    sizes = {"hidden_units_1": 5, "hidden_units_2": 6, "hidden_units_3": 7}
    assert space.candidate({**sizes, "hidden_layers": layers}).shape.hidden == hidden


def test_one_fixed_size_serves_every_layer() -> None:
    space = make({"hidden_layers": {"low": 0, "high": 3}}, training={"hidden_units": 9})
    assert [space.candidate({"hidden_layers": layers}).shape.hidden for layers in range(4)] == [
        (),
        (9,),
        (9, 9),
        (9, 9, 9),
    ]


def test_a_fixed_list_names_the_size_of_each_layer() -> None:
    space = make({"learning_rate": RATE}, training={"hidden_layers": 2, "hidden_units": (9, 5)})
    assert space.candidate(space.default).shape.hidden == (9, 5)
    with pytest.raises(SpecError, match=r"training.hidden_units: .*hidden_layers=3 .*got \[9, 5\]"):
        make({"learning_rate": RATE}, training={"hidden_layers": 3, "hidden_units": (9, 5)})
    with pytest.raises(SpecError, match=r"training\.hidden_units: "):
        make({"hidden_layers": {"low": 1, "high": 2}}, training={"hidden_units": (9,)})


def test_sizes_are_searched_for_a_fixed_number_of_layers() -> None:
    space = make({"hidden_units": {"low": 4, "high": 8}}, training={"hidden_layers": 2})
    assert list(space.distributions) == ["hidden_units_1", "hidden_units_2"]
    assert space.candidate({"hidden_units_1": 4, "hidden_units_2": 8}).shape.hidden == (4, 8)


def test_a_configuration_to_try_first_has_no_more_layers_than_have_a_size() -> None:
    layers, rule = {"hidden_layers": {"low": 1, "high": 2}, "hidden_units": {"low": 4, "high": 8}}, "must be at most 2"
    for section in ({"default": {"hidden_layers": 3}}, {"search": {"enqueue": ({"hidden_layers": 3},)}}):
        with pytest.raises(SpecError, match=rf"^(default|search\.enqueue\[0\])\.hidden_layers: {rule}.* but got 3"):
            make(layers, **section)
    assert make(layers, default={"hidden_layers": 0}).default["hidden_layers"] == 0
    of_one_size = make({"hidden_layers": {"low": 1, "high": 2}}, default={"hidden_layers": 3})
    assert of_one_size.candidate(of_one_size.default).shape.hidden == (64, 64, 64)


def test_no_hidden_layer_at_all() -> None:
    candidate = make({"learning_rate": RATE}, training={"hidden_layers": 0}).candidate({"learning_rate": 0.01})
    assert candidate.architecture(4, Target(("a", "b", "c"))).sizes == (4, 3)


def test_what_is_searched_replaces_what_is_fixed() -> None:
    space = make(
        {"learning_rate": RATE, "optimizer": {"choices": ("adam", "sgd")}, "dropout": {"low": 0, "high": 0.5}},
        training={"epochs": 7, "momentum": 0.5, "activation": "tanh", "initializer": "glorot", "l2": 0.25},
    )
    candidate = space.candidate({"learning_rate": 0.02, "optimizer": "sgd", "dropout": 0.3})
    assert (candidate.shape.dropout, candidate.shape.activation, candidate.shape.initializer) == (0.3, "tanh", "glorot")
    training = candidate.training
    assert (training.learning_rate, training.optimizer) == (0.02, "sgd")
    assert (training.epochs, training.momentum, training.l2) == (7, 0.5, 0.25)


def test_class_weights_go_with_the_candidate() -> None:
    space = make({"class_weight": {"choices": ("none", "balanced")}})
    assert [space.candidate({"class_weight": name}).class_weight for name in ("none", "balanced")] == [
        *("none", "balanced")
    ]


def test_a_rule_is_a_distribution() -> None:
    for searched, distribution in [
        ({"l2": {"low": 0, "high": 1}}, FloatDistribution(0.0, 1.0)),
        ({"l2": {"low": 0, "high": 1, "step": 0.1}}, FloatDistribution(0.0, 1.0, step=0.1)),
        ({"l2": {"low": 1e-6, "high": 1, "log": True}}, FloatDistribution(1e-6, 1.0, log=True)),
        ({"l2": {"low": 0.5, "high": 0.5, "log": True}}, CategoricalDistribution([0.5])),
        ({"l2": {"low": 0.5, "high": 0.5}}, FloatDistribution(0.5, 0.5)),
        ({"l2": {"low": 0.1, "high": 0.7, "step": 0.3}}, FloatDistribution(0.1, 0.7, step=0.3)),
        ({"batch_size": {"low": 1, "high": 7, "step": 3}}, IntDistribution(1, 7, step=3)),
        ({"l2": {"choices": (0, 0.5)}}, CategoricalDistribution([0.0, 0.5])),
        ({"rare": {"choices": (0, 0.05, 5)}}, CategoricalDistribution([0.0, 0.05, 5])),
        ({"batch_size": {"low": 8, "high": 64, "step": 8}}, IntDistribution(8, 64, step=8)),
        ({"batch_size": {"low": 8, "high": 8, "log": True}}, CategoricalDistribution([8])),
        ({"batch_norm": {"choices": (False, True)}}, CategoricalDistribution([False, True])),
        ({"activation": {"choices": ("relu", "tanh")}}, CategoricalDistribution(["relu", "tanh"])),
    ]:
        assert list(make(searched).distributions.values()) == [distribution]


def test_the_space_keeps_the_order_of_the_file() -> None:
    rules = {
        "momentum": {"low": 0, "high": 0.9},
        "dropout": {"low": 0, "high": 0.5},
        "batch_size": {"low": 8, "high": 9},
    }
    assert list(make(rules).distributions) == list(rules)


def test_whatever_is_drawn_makes_a_network() -> None:
    space = make(
        {
            "hidden_layers": {"low": 0, "high": 4},
            "hidden_units": {"choices": (4, 8, 16)},
            "learning_rate": RATE,
            "l2": {"low": 0.5, "high": 0.5, "log": True},
            "momentum": {"low": 0.0, "high": 0.9, "step": 0.3},
            "activation": {"choices": ("relu", "tanh", "sigmoid")},
        }
    )
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    depths = set()
    for _ in range(30):
        candidate = space.candidate(study.ask(fixed_distributions=space.distributions).params)
        assert candidate.architecture(4, Target(("a", "b", "c"))).hidden == candidate.shape.hidden
        assert set(candidate.shape.hidden) <= {4, 8, 16}
        depths.add(len(candidate.shape.hidden))
    assert depths == {0, 1, 2, 3, 4}


def test_the_default_is_the_training_section_unless_it_is_named() -> None:
    rules = {"learning_rate": RATE, "hidden_units": {"low": 4, "high": 64}, "hidden_layers": {"low": 1, "high": 3}}
    units = {f"hidden_units_{layer}": 64 for layer in (1, 2, 3)}
    assert make(rules).default == {"learning_rate": 1e-3, **units, "hidden_layers": 1}
    named = make(rules, default={"hidden_units": (32, 8), "hidden_layers": 3}).default
    assert [named[f"hidden_units_{layer}"] for layer in (1, 2, 3)] == [32, 8, 8]
    assert named["hidden_layers"] == 3


def test_the_default_cannot_be_changed_from_outside() -> None:
    space = make({"learning_rate": RATE})
    space.default["learning_rate"] = 9.0
    assert space.default == {"learning_rate": 1e-3}


def test_a_default_need_not_lie_in_the_space() -> None:
    for rule, default, inside in [
        ({"low": 8, "high": 64}, 64, True),
        ({"low": 8, "high": 64}, 65, False),
        ({"low": 8, "high": 64}, 7, False),
        ({"low": 8, "high": 64, "step": 8}, 24, True),
        ({"low": 8, "high": 64, "step": 8}, 25, False),
        ({"low": 1, "high": 7, "step": 3}, 4, True),
        ({"low": 1, "high": 7, "step": 3}, 5, False),
        ({"choices": (8, 16)}, 16, True),
        ({"choices": (8, 16)}, 12, False),
        ({"low": 8, "high": 8, "log": True}, 8, True),
        ({"low": 8, "high": 8, "log": True}, 9, False),
    ]:
        space = make({"batch_size": rule}, default={"batch_size": default})
        assert space.default == {"batch_size": default}
        assert space.contains(space.default) is inside
        assert space.candidate(space.default).training.batch_size == default


@pytest.mark.parametrize(("default", "inside"), [(0.3, True), (0.30000000000000004, True), (0.35, False), (1.1, False)])
def test_a_default_on_a_step_is_inside(default: float, inside: bool) -> None:
    space = make({"l2": {"low": 0.0, "high": 1.0, "step": 0.1}}, default={"l2": default})
    assert space.contains(space.default) is inside


def test_any_default_in_a_range_is_inside() -> None:
    space = make({"l2": {"low": 0, "high": 1}}, default={"l2": 0.123})
    assert space.contains(space.default)


def test_one_layer_of_the_default_outside_is_outside() -> None:
    rules = {"hidden_units": {"low": 4, "high": 32}, "hidden_layers": {"low": 1, "high": 2}}
    for units, inside in [((32, 4), True), ((32, 33), False)]:
        space = make(rules, default={"hidden_units": units})
        assert space.contains(space.default) is inside


def test_what_is_enqueued_is_given_like_the_default_which_has_the_rest() -> None:
    rules = {
        "learning_rate": RATE,
        "hidden_units": {"low": 4, "high": 64},
        "hidden_layers": {"low": 1, "high": 2},
        "l2": {"low": 0, "high": 1},
    }
    enqueue = ({}, {"hidden_units": (8, 4), "l2": 1}, {"hidden_units": 9, "learning_rate": 0.5})
    space = make(rules, default={"learning_rate": 0.02}, search={"enqueue": enqueue})
    default, *enqueued = space.known
    assert default == space.default == enqueued[0]
    assert enqueued[1] == {**default, "hidden_units_1": 8, "hidden_units_2": 4, "l2": 1.0}
    assert enqueued[2] == {**default, "hidden_units_1": 9, "hidden_units_2": 9, "learning_rate": 0.5}
    assert [space.contains(one) for one in enqueued] == [True, True, False]


def test_sizes_of_layers_that_are_not_there_are_unused() -> None:
    space = make({"hidden_units": {"low": 4, "high": 64}, "hidden_layers": {"low": 0, "high": 3}})
    assert space.unused({"hidden_layers": 1}) == {"hidden_units_2", "hidden_units_3"}
    assert space.unused({"hidden_layers": 3}) == set()
    assert make({"hidden_units": {"low": 4, "high": 64}}, training={"hidden_layers": 2}).unused({}) == set()


def test_what_acts_on_hidden_layers_is_unused_without_them() -> None:
    rules = {"hidden_layers": {"low": 0, "high": 1}, "hidden_units": {"low": 4, "high": 64}}
    space = make({**rules, "dropout": {"low": 0.0, "high": 0.5}, "activation": {"choices": ("relu", "tanh")}})
    assert space.unused({"hidden_layers": 0}) == {"hidden_units_1", "dropout", "activation"}
    assert space.unused({"hidden_layers": 1}) == set()
    assert space.unused_sizes({"hidden_layers": 0}) == {"hidden_units_1"}
    linear = make({"dropout": {"low": 0.0, "high": 0.5}, "l2": {"low": 0, "high": 1}}, training={"hidden_layers": 0})
    assert linear.unused({"dropout": 0.5, "l2": 0.0}) == {"dropout"}


def test_bins_are_part_of_a_preprocessing_with_bins_alone() -> None:
    rules = {"numbers": {"choices": ("standard", "piecewise")}, "bins": {"choices": (8, 16, 32)}}
    space = make(rules)
    ways = [Preprocessing("standard"), *(Preprocessing("piecewise", bins=bins) for bins in (8, 16, 32))]
    assert set(space.preprocessings) == set(ways)
    assert len(space.preprocessings) == 4
    for numbers, bins, way in (("standard", 8, ways[0]), ("piecewise", 8, ways[1]), ("piecewise", 32, ways[3])):
        assert space.candidate({**space.default, "numbers": numbers, "bins": bins}).preprocessing == way


def test_what_the_network_cannot_take_is_refused() -> None:
    for space, sections, words in [
        ({}, {}, "space: at least one key"),
        ({"seed": {"low": 1, "high": 2}}, {}, "space.seed: cannot be searched; .*learning_rate"),
        ({"l2": {"low": 0, "high": 1}}, {"training": {"l2": 0.1}}, r"space.l2: .*not both"),
        ({"l2": {"low": 0, "high": 1}}, {"default": {"dropout": 0.1}}, r"default.dropout: is not searched"),
        ({"l2": {"low": 0, "high": 1}}, {"default": {"l2": "a"}}, "default.l2: must be a number, but got 'a'"),
        ({"l2": {"choices": (0.1, True)}}, {}, "space.l2: must be a number, but got True"),
        ({"batch_size": {"low": 1, "high": 8.0}}, {}, "space.batch_size: must be an integer, but got 8.0"),
        ({"batch_size": {"choices": (8, True)}}, {}, "space.batch_size: must be an integer, but got True"),
        ({"batch_size": {"low": 2, "high": 8, "step": 2.0}}, {}, "space.batch_size.step: .*got 2.0"),
        ({"l2": {"low": 0, "high": 1}}, {"default": {"l2": -1}}, "default.l2: "),
        ({"l2": {"low": 0, "high": 1}}, {"training": {"batch_size": 0}}, "training.batch_size: .*=0"),
        ({"batch_size": {"low": 1, "high": 8, "step": 2}}, {}, "space.batch_size.step: .*divides 7, but got 2"),
        ({"l2": {"low": 0.25, "high": 1, "step": 0.5}}, {}, r"space.l2.step: must divide .* = 0\.75, but got 0\.5"),
        ({"activation": {"choices": ("relu", 1)}}, {}, "space.activation: must be a name, but got 1"),
        ({"activation": {"choices": ("gulp",)}}, {}, "space.activation: .*'gulp'"),
        ({"hidden_layers": {"low": 0, "high": 21}}, {}, "space.hidden_layers: .*<= 20.*got 21"),
        ({"hidden_units": {"low": 0, "high": 8}}, {}, "space.hidden_units: "),
        ({"class_weight": {"choices": ("none", "heavy")}}, {}, "space.class_weight: .*'heavy'"),
        ({"batch_norm": {"choices": (True, 0)}}, {}, "space.batch_norm: must be true or false, but got 0"),
        ({"batch_norm": {"low": 0, "high": 1}}, {}, "space.batch_norm: must be true or false, but got 0"),
        ({"dropout": {"low": 0, "high": 1}}, {}, r"space.dropout: .*dropout=1\.0"),
        ({"momentum": {"choices": (0.5, 1.5, 0.6)}}, {}, r"space.momentum: .*momentum=1\.5"),
        ({"rare": {"choices": (5, 1.5)}}, {}, r"space.rare: rare must be a number of rows, .* but got 1\.5"),
        ({"bins": {"choices": (8, 1)}}, {}, r"space.bins: `2 <= bins <= 256` must hold, but got bins=1"),
        ({"bins": {"low": 8, "high": 9}}, {}, r"space.bins: is searched with choices"),
        ({"rare": {"choices": (5, "a")}}, {}, "space.rare: must be a number, but got 'a'"),
        (
            {"hidden_units": {"low": 1, "high": 8}},
            {"default": {"hidden_units": (1, 2)}},
            r"default.hidden_units: .*\[1, 2\]",
        ),
        *(
            ({"l2": {"low": 0, "high": 1}, "dropout": {"low": 0, "high": 0.5}}, {"search": {"enqueue": entries}}, words)
            for entries, words in [
                (({}, {"dropout": 1}), r"^search\.enqueue\[1\]\.dropout: .*dropout=1\.0"),
                (({"l2": "a"},), r"^search\.enqueue\[0\]\.l2: must be a number, but got 'a'"),
                (({"momentum": 0.5},), r"^search\.enqueue\[0\]\.momentum: is not searched in \[space\]"),
                (({"dropout": (0.1, 0.2)},), r"^search\.enqueue\[0\]\.dropout: must be a number"),
            ]
        ),
    ]:
        with pytest.raises(SpecError, match=words):
            make(space, **sections)


def test_a_parsed_file_has_a_space() -> None:
    with pytest.raises(SpecError, match=r"^here: space.dropout: "):
        parse_spec(document({"dropout": {"low": 0, "high": 2}}), "here")


@pytest.mark.parametrize("units", [{"low": 1, "high": 16_000}, {"choices": (16_000, 8)}])
def test_the_largest_network_of_a_space_is_refused_at_once(units: dict[str, Any]) -> None:
    make({"hidden_units": units, "hidden_layers": {"low": 1, "high": 2}})
    message = r"^space.hidden_units in all hidden_layers: a network must have at most .*16000, 16"
    with pytest.raises(SpecError, match=message):
        make({"hidden_units": units, "hidden_layers": {"low": 1, "high": 3}})
