"""All that is wrong with a study file is one line, with what was meant."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from experiments.config.study_file import parse_spec
from experiments.errors import SpecError
from support.study_file import RATE, refusal

RANGE = "{ low = 0.001, high = 0.1, log = true }"
WRONG: dict[str, Any] = {
    "data": {"source": "iris", "rows": 1},
    "cv": {"n_splits": 1},
    "training": {"batchsize": 8, "epochs": 0},
    "search": {"sampler": "tpee"},
}


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert refusal(**WRONG) == (
        "data.rows: must be greater than or equal to 2, but got 1; "
        "cv.n_splits: must be greater than or equal to 2, but got 1; "
        "training.epochs: must be greater than or equal to 1, but got 0; "
        "training.batchsize: there is no such key (did you mean training.batch_size?); "
        "search.sampler: must be 'tpe', 'random', 'qmc', 'grid', 'gp' or 'cmaes', but got 'tpee' (did you mean tpe?)."
    )
    more = refusal(**WRONG, models={}, trails=5)
    assert more.endswith("; models: there is no such key; trails: there is no such key (did you mean search.trials?).")
    many = refusal(training={f"key {at}": at for at in range(25)})
    assert many.count(": there is no such key") == 20
    assert many.endswith("; and 5 more.")


@pytest.mark.parametrize("sections", [{"training": {"hidden_units": [8, True]}}, {"default": {"l2": [[1]]}}])
def test_one_wrong_value_is_one_problem(sections: dict[str, Any]) -> None:
    """Where a value may be of several types, each of them has a fault of its own."""
    assert ";" not in refusal(**sections)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"training": {"hidden_units": [64, 0]}},
            "training.hidden_units.1: must be greater than or equal to 1, but got 0.",
        ),
        ({"preprocessing": {"rare": "few"}}, "preprocessing.rare: must be a number, but got 'few'."),
        ({"search": {"budget_minutes": "an hour"}}, "search.budget_minutes: must be a number, but got 'an hour'."),
        ({"cv": 3}, "cv: must be a table, but got 3 (did you mean cv.n_splits?)."),
        ({"search": {"enqueue": [3]}}, "search.enqueue[0]: must be a table, but got 3."),
        ({"data": {"source": "a/", "size": [8, 8, 3]}}, "data.size: must have at most 2 values, but got [8, 8, 3]."),
        ({"data": {"source": "a.csv", "strict": "True"}}, "data.strict: must be true or false, but got 'True'."),
        ({"training": {"batch_norm": "True"}}, "training.batch_norm: must be true or false, but got 'True'."),
        (
            {"space": {"learning_rate": 0.01}},
            f"space.learning_rate: is searched as a table, as in learning_rate = {RANGE} "
            "or { choices = [0.01] }, but got 0.01.",
        ),
        (
            {"space": {"learning_rate": [0.1, 0.01]}},
            f"space.learning_rate: is searched as a table, as in learning_rate = {RANGE} "
            "or { choices = [0.1, 0.01] }, but got [0.1, 0.01].",
        ),
        (
            {"space": {"activation": ["relu", "silu"]}},
            'space.activation: is searched as a table, as in activation = { choices = ["relu", "silu"] }, but got '
            "['relu', 'silu'].",
        ),
        (
            {"space": {"hidden_layers": {"choices": [[64], [64, 32]]}}},
            "space.hidden_layers.choices: lists of sizes cannot be searched, but numbers of layers and their sizes "
            "can, as in hidden_layers = { choices = [1, 2] } and hidden_units = { choices = [32, 64] }; but [64] is a "
            "list.",
        ),
        (
            {"training": {"l2": {"low": 0.1, "high": 0.5}}},
            "training.l2: must be a single value here; write l2 = { low = 0.1, high = 0.5 } in [space] to search it.",
        ),
        (
            {"preprocessing": {"numbers": {"choices": ["standard", "robust"]}}},
            "preprocessing.numbers: must be a single value here; write numbers = { choices = "
            '["standard", "robust"] } in [space] to search it.',
        ),
        (
            {"training": {"epochs": {"low": 1, "high": 5}}},
            "training.epochs: cannot be searched and must be a single value, but got { low = 1, high = 5 }.",
        ),
        (
            {"space": {"l2": {"low": 0.1}}},
            f"space.l2.high: this key is required, as in {RANGE}; or choices = [...] lists the values.",
        ),
        (
            {"cv": {"n_repeats": 3}},
            "cv: n_repeats = 3 belongs to the Repeated splitters, but splitter is auto; set cv.splitter = "
            '"RepeatedStratifiedKFold", or "RepeatedKFold" for a number, or remove n_repeats.',
        ),
    ],
)
def test_a_message_says_what_to_type(sections: dict[str, Any], message: str) -> None:
    assert refusal(**sections) == message


def test_a_section_that_is_missing_has_an_example() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec({}, "here")
    assert str(caught.value) == (
        'here: study: this section is required, as in [study] with name = "mine"; '
        'data: this section is required, as in [data] with source = "mine.csv" and target = "price"; '
        "space: this section is required, as in [space] with learning_rate = { low = 0.001, high = 0.1, log = true }."
    )


def test_near_misses_in_space_are_named() -> None:
    two = {"lerning_rate": {"low": 1, "high": 2}, "batchsize": {"choices": [8]}}
    assert refusal(space=two).startswith(
        "space.lerning_rate: cannot be searched (did you mean space.learning_rate?); "
        "space.batchsize: cannot be searched (did you mean space.batch_size?); the searchable keys are "
    )
    assert refusal(space=two, cv={"n_splits": 1}) == (
        "cv.n_splits: must be greater than or equal to 2, but got 1; "
        "space.lerning_rate: cannot be searched (did you mean space.learning_rate?); "
        "space.batchsize: cannot be searched (did you mean space.batch_size?)."
    )
    always_fixed = refusal(space={"epochs": {"low": 1, "high": 2}})
    assert always_fixed.startswith("space.epochs: cannot be searched; ")  # and average_epochs was not meant


@pytest.mark.parametrize(
    ("sections", "key", "meant"),
    [
        ({"default": {"learning-rate": 0.1}}, "default.learning-rate", "default.learning_rate"),
        ({"training": {"activation": "geluu"}}, "training.activation", "gelu"),
        ({"space": {"loss": {"choices": ["hubert"]}}}, "space.loss", "huber"),
        ({"space": {"l2": {"low": 0, "high": 1, "stp": 1}}}, "space.l2.stp", "space.l2.step"),
        ({"search": {"sampler_options": {"multivariat": True}}}, "search.sampler_options.multivariat", "multivariate"),
    ],
)
def test_a_near_miss_is_named(sections: dict[str, Any], key: str, meant: str) -> None:
    message = refusal(**sections)
    assert message.startswith(f"{key}: ")
    assert f" (did you mean {meant}?)" in message
    assert ".." not in message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"drop": []}, "data.drop: must not be empty, but got []."),
        ({"drop_classes": [True]}, "data.drop_classes.0: must be a valid string, but got True."),
        ({"target": ""}, "data.target: must not be empty, but got ''."),
        ({"test_fold": [3]}, "data.test_fold: must have more values, but got [3]."),
    ],
)
def test_a_list_is_refused_once(data: dict[str, Any], said: str) -> None:
    assert refusal(data={"source": "my.csv", **data}) == said


@pytest.mark.parametrize(
    ("typed", "read"), [(4, ("4",)), ([4, -999.5, "x"], ("4", "-999.5", "x")), ("rare", ("rare",)), (None, None)]
)
@pytest.mark.parametrize("key", ["missing", "present", "drop_classes"])
def test_words_of_cells_may_be_typed_as_numbers(key: str, typed: object, read: tuple[str, ...] | None) -> None:
    spec = parse_spec({"study": {"name": "x"}, "data": {"source": "my.csv", key: typed}, "space": RATE}, "here")
    assert getattr(spec.data, key) == read


@pytest.mark.parametrize(
    ("search", "key", "said"),
    [
        ({"sampler": 3}, "sampler", "3"),
        ({"sampler_options": 3}, "sampler_options", "must be a table, but got 3"),
        ({"sampler_options": {"popsize": 3}}, "sampler_options.popsize", "tpe has no such option: its options are n_s"),
        ({"sampler": "random", "sampler_options": {"x": 3}}, "sampler_options.x", "no such option: it has none"),
        ({"sampler_options": {"n_ei_candidates": 0}}, "sampler_options.n_ei_candidates", "0"),
        ({"sampler_options": {"constant_liar": 1}}, "sampler_options.constant_liar", "1"),
        ({"sampler": "qmc", "sampler_options": {"qmc_type": "x"}}, "sampler_options.qmc_type", "'x'"),
        ({"sampler": "dice", "sampler_options": {"x": 3}}, "sampler", "'dice'"),
        ({"enqueue": 3}, "enqueue", "must be a list, but got 3"),
        ({"enqueue": [{}, {"learning_rate": [[1]]}]}, "enqueue[1].learning_rate", "1"),
        ({"enqueue": [{"float": date(1979, 5, 27)}]}, "enqueue[0].float", "1979"),
    ],
)
def test_search_names_what_it_refuses(search: dict[str, Any], key: str, said: str) -> None:
    message = refusal(search=search)
    assert message.startswith(f"search.{key}: ")
    assert said in message
    assert message.isprintable()
