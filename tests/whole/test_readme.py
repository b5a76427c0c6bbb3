"""The README says what is so: its examples run and its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from experiments import delete, reproduce, sync, tune, ui
from experiments.benchmark import __main__ as benchmark
from experiments.config.candidate import NUMBERS
from experiments.config.pruner_options import PRUNERS
from experiments.config.sampler_options import SAMPLERS
from experiments.config.spec import CVSection, PreprocessingSection, TrainingSection
from experiments.config.study_file import parse_spec
from nnet.activations import ACTIVATIONS
from nnet.initializers import INITIALIZERS
from nnet.losses import LOSSES
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES

README = (Path(__file__).parents[2] / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("program", blocks("python"))
def test_a_python_example_does_what_it_says(program: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == re.findall(r"^print.*# (.*)$", program, re.MULTILINE)[0]


def test_every_key_of_the_networks_table_exists() -> None:
    table = README.split("## The network")[1].split("`nnet.MLPClassifier`")[0]
    named = set(re.findall(r"`([a-z_0-9]+)`", table))
    assert named == set(TrainingSection.model_fields)
    values = re.findall(r"`(activation|loss|initializer|optimizer|schedule)`: ([^;|`]*)", table)
    tables = {
        "activation": ACTIVATIONS,
        "loss": LOSSES,
        "initializer": {"auto": None, **INITIALIZERS},
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
    }
    for key, listed in values:
        assert set(re.findall(r"\b[a-z_]+\b", re.sub(r"\(.*?\)| with ", "", listed))) == set(tables[key]), key


def options_table(heading: str, key: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Each name in the first column of a section's table, which are just those names, with its last column."""
    section = README.split(f"## {heading}")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]* \| ([^|]*)\|$", section, re.MULTILINE)
    assert [name for name, _ in rows] == [key, *names]
    return rows[1:]


def test_every_sampler_stands_in_the_table_with_its_options_and_their_defaults() -> None:
    for name, options in options_table("Samplers", "sampler", SAMPLERS):
        shown = dict(re.findall(r"`([a-z_]+)`(?: ([a-z0-9]+))?", options))
        defaults = SAMPLERS[name]().model_dump(mode="json")
        assert shown.keys() == defaults.keys(), name
        unsaid = {"popsize": None, "with_margin": False, "use_separable_cma": False, "lr_adapt": False}
        said = {key: unsaid.get(key, value.lower()) for key, value in shown.items()}
        assert said == {key: value if key in unsaid else str(value).lower() for key, value in defaults.items()}


def test_every_key_and_value_of_the_inputs_table_exists() -> None:
    table = README.split("## Classes or numbers")[1].split("## The network")[0]
    keys = set(re.findall(r"`(?:preprocessing|cv|data)\.([a-z_]+)`", table))
    assert keys == {*PreprocessingSection.model_fields, "splitter", "task"}
    splitters = get_args(CVSection.model_fields["splitter"].annotation)
    assert all(one in table for one in (*NUMBERS, *(set(splitters) - {"auto"})))


def test_every_pruner_stands_in_the_table_with_its_options_and_their_defaults() -> None:
    for name, options in options_table("Pruners", "pruner", PRUNERS):
        shown = dict(re.findall(r"`([a-z_]+)`(?: ([a-z0-9.]+))?", options))
        defaults = {key: field.default for key, field in PRUNERS[name].model_fields.items()}
        assert shown.keys() == defaults.keys(), name
        said = {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in defaults.items()}
        assert {key: value for key, value in shown.items() if value} == {key: said[key] for key in shown if shown[key]}
        unsaid = {key for key in shown if not shown[key]}
        assert unsaid <= {"lower", "upper", "pruner_options"}


def test_the_study_file_is_one() -> None:
    (study,) = blocks("toml")
    shipped = (Path(__file__).parents[2] / "studies" / "digits.toml").read_text()
    shown, real = (parse_spec(tomllib.loads(text), "README").to_document() for text in (study, shipped))
    assert shown == real


def test_every_option_in_the_table_exists() -> None:
    options = set(re.findall(r"`(?:… )?(--[a-z-]+)", README))
    parsers = [command.parser() for command in (tune, benchmark, reproduce, sync, ui, delete)]
    assert options <= {word for it in parsers for action in it._actions for word in action.option_strings}


def test_the_two_commands_are_for_a_fresh_machine() -> None:
    run, test = blocks("sh")
    assert "experiments.tune" in run
    assert "make check" in test
    assert all("constraints.txt" in one and one.startswith("python3 -m venv") for one in (run, test))
