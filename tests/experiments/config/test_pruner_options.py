from __future__ import annotations

from typing import Any

import pytest

from experiments.config.pruner_options import PRUNERS
from experiments.config.spec import SearchSection, StudySpec
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError


def parsed(**search: Any) -> StudySpec:
    space = {"dropout": {"low": 0.0, "high": 0.5}}
    return parse_spec({"study": {"name": "x"}, "data": {"source": "iris"}, "space": space, "search": search}, "x.toml")


def test_the_resolved_study_holds_every_option_whether_it_was_given_or_not() -> None:
    full = {"n_startup_trials": 5, "n_warmup_steps": 3, "rung_factor": 2, "n_min_trials": 1}
    ways = [{}, {"pruner": "median"}, {"pruner_options": {"rung_factor": 2.0}}, {"pruner_options": full}]
    documents = [parsed(**way).to_document() for way in ways]
    assert documents == [documents[0]] * 4
    assert documents[0]["search"]["pruner_options"] == full
    assert parse_spec(documents[0], "again").to_document() == documents[0]


def test_every_pruner_has_defaults() -> None:
    for name in sorted(set(PRUNERS) - {"threshold"}):
        document = parsed(pruner=name).to_document()
        assert document["search"]["pruner_options"].keys() == PRUNERS[name].model_fields.keys()
        assert parse_spec(document, "again").to_document() == document


def test_the_names_are_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="pruner") as raised:
        SearchSection(pruner="medium")  # type: ignore[arg-type]
    assert all(repr(name) in str(raised.value) for name in PRUNERS)


def test_a_patient_pruner_has_the_options_of_the_one_that_it_asks() -> None:
    options = {"patience": 2, "pruner": "percentile", "pruner_options": {"percentile": 10}}
    resolved = parsed(pruner="patient", pruner_options=options).to_document()["search"]["pruner_options"]
    assert resolved["patience"] == 2
    assert resolved["pruner_options"]["percentile"] == 10
    assert resolved["pruner_options"]["rung_factor"] == 2


def test_what_breaks_a_rule_is_named_in_one_line() -> None:
    for search, said in [
        (
            {"pruner_options": {"warm_up": 1}},
            "search.pruner_options.warm_up: median has no such option (did you mean n_warmup_steps?): its options are "
            "n_startup_trials, n_warmup_steps, rung_factor, n_min_trials.",
        ),
        (
            {"pruner": "none", "pruner_options": {"x": 1}},
            "search.pruner_options.x: none has no such option: it has none.",
        ),
        (
            {"pruner": "hyperband", "pruner_options": {"max_resource": "auto"}},
            "search.pruner_options.max_resource: hyperband has no such option (did you mean min_resource?): its "
            "options are min_resource, reduction_factor, bootstrap_count.",
        ),
        (
            {"pruner_options": {"n_warmup_steps": 0}},
            "search.pruner_options.n_warmup_steps: must be greater than or equal to 1, but got 0.",
        ),
        (
            {"pruner_options": {"rung_factor": 0.5}},
            "search.pruner_options.rung_factor: must be greater than or equal to 1, but got 0.5.",
        ),
        ({"pruner_options": [1]}, "search.pruner_options: must be a table, but got [1]."),
        (
            {"pruner": "successive_halving", "pruner_options": {"min_resource": 61}},
            "search.pruner_options.min_resource: must be at most training.epochs, which is 60, but got 61.",
        ),
        (
            {"pruner": "patient", "pruner_options": {"pruner": "hyperband", "pruner_options": {"min_resource": 61}}},
            "search.pruner_options.pruner_options.min_resource: must be at most training.epochs, which is 60, but "
            "got 61.",
        ),
        (
            {"pruner": "patient", "pruner_options": {"pruner": "patient"}},
            "search.pruner_options.pruner: must be 'median', 'percentile', 'successive_halving', 'hyperband' or "
            "'threshold', but got 'patient'.",
        ),
        (
            {"pruner": "threshold"},
            "search.pruner_options: threshold needs lower, upper or both, but got neither.",
        ),
        (
            {"pruner": "threshold", "pruner_options": {"lower": 2, "upper": 1}},
            "search.pruner_options: `lower <= upper` must hold, but got lower=2.0, upper=1.0.",
        ),
    ]:
        with pytest.raises(SpecError) as raised:
            parsed(**search)
        assert str(raised.value) == f"x.toml: {said}"
