from __future__ import annotations

import tomllib
import tracemalloc

import pytest

from experiments.config.study_file import parse_spec
from experiments.config.toml import DEEPEST, parse_toml, study_file, toml_value

SPEC = {
    "study": {"name": "digits", "seed": 0},
    "data": {"source": "digits", "test_size": 0.2},
    "training": {"epochs": 60, "optimizer": "adam"},
    "search": {"trials": 40, "sampler": "tpe"},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}, "dropout": {"low": 0.0, "high": 0.5}},
}


def test_any_value_comes_back():
    spec = {
        "study": {"name": 'q"uote \\ \n \x7f \x01 🎈 שלום', "seed": 1 << 40},
        "training": {"learning_rate": 1e-05, "hidden_units": [64, 32], "big": 1e300, "flag": True, "off": False},
        "space": {"l2": {"low": 1e-06, "high": 0.1, "log": True}, "odd key": {"choices": ["a", 1, 0.5]}},
    }
    assert tomllib.loads(study_file(spec)) == spec


def test_what_steers_a_terminal_or_turns_a_line_around_is_written_as_an_escape():
    assert toml_value("a\x7f\x9b2J\u202eb\u2066é🎈ש") == r'"a\u007f\u009b2J\u202eb\u2066é🎈ש"'


def test_the_resolved_study_resolves_to_itself():
    resolved = parse_spec(SPEC, "spec").to_document()
    assert parse_spec(tomllib.loads(study_file(resolved)), "study.toml").to_document() == resolved


def test_options_get_a_heading_of_their_own_and_empty_ones_none():
    spec = {"search": {"sampler": "tpe", "sampler_options": {"n_startup_trials": 5}, "pruner_options": {}}}
    assert study_file(spec) == '[search]\nsampler = "tpe"\n\n[search.sampler_options]\nn_startup_trials = 5\n'


def test_the_order_of_settings_does_not_matter():
    turned = {key: dict(reversed(value.items())) for key, value in reversed(SPEC.items())}
    assert study_file(turned) == study_file(SPEC)


def test_an_empty_section_is_left_out():
    assert study_file({"study": {"name": "a"}, "default": {}}) == '[study]\nname = "a"\n'


@pytest.mark.parametrize("part", ["a", '"a b"', "'a'", "a ", "\ta"])
def test_a_key_may_have_some_dots(part: str) -> None:
    for dots in (DEEPEST, DEEPEST + 1):
        text = f"x = 1\n{'.'.join([part] * (dots + 1))} = 1"
        if dots == DEEPEST:
            assert parse_toml(text)["x"] == 1
        else:
            with pytest.raises(ValueError, match=r"^line 2 has a key with more than 32 dots$"):
                parse_toml(text)


def test_the_dots_of_a_key_take_no_memory() -> None:
    tracemalloc.start()
    try:
        for text in ("[[" + ".".join(["a"] * 100_000) + "]]", "x = {" + ".".join(["'='"] * 100_000) + " = 1}"):
            with pytest.raises(ValueError, match="line 1 has a key"):
                parse_toml(text)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def test_dots_in_texts_numbers_and_comments_are_none() -> None:
    dots = ".".join(["a"] * 40)
    texts = ", ".join(["'.'"] * 40)
    lines = [f"# {dots} = 1", f'path = "{dots}=1"', f"marks = [{texts}] # {dots}", "rates = [0.5, 0.5]"]
    said = "One day. Two days. " * 100
    document = parse_toml("\n".join([*lines, f'said = "{said}"']))
    assert (document["path"], document["said"], len(document["marks"])) == (f"{dots}=1", said, 40)
