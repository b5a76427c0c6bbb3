"""README.md and the guides: their examples run, their links lead somewhere, what they name exists."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from experiments import compare, delete, predict, report, reproduce, score, sync, tune, ui
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

ROOT = Path(__file__).parents[2]
COMMANDS = (tune, predict, score, compare, report, reproduce, sync, ui, delete, benchmark)
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for folder in (".", "studies", "experiments", "experiments/*", "nnet", "tests")
    for path in sorted(ROOT.glob(f"{folder}/*.md"))
    if not path.parent.is_symlink() and path.name != "rdatasets.md"
}
END = "--- the end of an example"
ONE_AFTER_ANOTHER = f"""
import os, sys, tempfile
here = os.getcwd()
for program in sys.argv[1:]:
    os.chdir(tempfile.mkdtemp(dir=here))
    exec(program, {{}})
    print({END!r})
"""
README, STUDIES, DATA = (PAGES[name] for name in ("README.md", "studies/README.md", "experiments/data/README.md"))


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def section(page: str, heading: str) -> str:
    return page.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def anchors(page: str) -> set[str]:
    """The names by which a page's headings are linked to."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readme_is_short_and_leads_to_every_guide() -> None:
    assert len(README.splitlines()) <= 160
    assert {name for name in PAGES if name.endswith("/README.md") and f"]({name})" not in README} == set()


def test_the_python_examples_do_what_they_say(tmp_path: Path) -> None:
    programs = [program for page in PAGES.values() for program in blocks(page, "python")]
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_ANOTHER, *programs], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for program, said in zip(programs, done.stdout.split(f"{END}\n")[:-1], strict=True):
        printed = re.findall(r"^print.*?  # (.*)$", program, re.MULTILINE)
        assert said.splitlines()[-len(printed) :] == printed


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
        path, _, heading = target.partition("#")
        file = (ROOT / name).parent / path
        assert file.exists(), target
        assert not heading or heading in anchors((file / "README.md" if file.is_dir() else file).read_text()), target


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"CHANGELOG.md"}))  # it names options of before
def test_every_option_exists(name: str) -> None:
    ours = {word for command in COMMANDS for action in command.parser()._actions for word in action.option_strings}
    text = re.sub(r"^mlflow .*$|^curl .*$", "", PAGES[name], flags=re.MULTILINE)
    assert set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text)) <= ours


def test_every_option_of_a_command_stands_where_the_command_is_explained() -> None:
    page = PAGES["experiments/README.md"]
    others = section(page, "The other commands").split("\n### ")[1:]
    said = {"tune": section(page, "tune"), **{text.split("\n")[0]: text for text in others}}
    for command in set(COMMANDS) - {benchmark}:
        ours = {word for action in command.parser()._actions for word in action.option_strings if word[:2] == "--"}
        name = command.__name__.rpartition(".")[2]
        assert ours - {"--help"} <= set(re.findall(r"--[a-z-]+[a-z]", said[name])), name


@pytest.mark.parametrize("name", PAGES)
def test_every_file_in_a_table_exists(name: str) -> None:
    named = re.findall(r"`([a-z_0-9/]+\.py)`", PAGES[name])
    places = ((ROOT / name).parent, ROOT, ROOT / "experiments")
    assert [file for file in named if not any((place / file).exists() for place in places)] == []


def test_every_key_of_the_networks_table_exists() -> None:
    table = section(STUDIES, "The network")
    rows = re.findall(r"^\| \*?`([a-z_0-9]+)`\*? \| (\S+) \| (.*) \|$", table, re.MULTILINE)
    defaults = {key: field.default for key, field in TrainingSection.model_fields.items()}
    assert {key: default for key, default, _ in rows} == {
        key: f"{value:g}" if isinstance(value, float) else str(value).lower() for key, value in defaults.items()
    }
    values = [(key, said.rpartition(": ")[2]) for key, _, said in rows]
    tables = {
        "activation": ACTIVATIONS,
        "loss": LOSSES,
        "initializer": {"auto": None, **INITIALIZERS},
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
    }
    for key, listed in values:
        if key in tables:
            assert set(re.sub(r" \(.*?\)", "", listed).split(", ")) == set(tables[key]), key


def options_table(heading: str, key: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Each name in the first column of a section's table, which are just those names, with its last column."""
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]* \| ([^|]*)\|$", section(STUDIES, heading), re.MULTILINE)
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


def test_every_pruner_stands_in_the_table_with_its_options_and_their_defaults() -> None:
    for name, options in options_table("Pruners", "pruner", PRUNERS):
        shown = dict(re.findall(r"`([a-z_]+)`(?: ([a-z0-9.]+))?", options))
        defaults = {key: field.default for key, field in PRUNERS[name].model_fields.items()}
        assert shown.keys() == defaults.keys(), name
        said = {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in defaults.items()}
        assert {key: value for key, value in shown.items() if value} == {key: said[key] for key in shown if shown[key]}
        unsaid = {key for key in shown if not shown[key]}
        assert unsaid <= {"lower", "upper", "pruner_options"}


def test_every_key_and_value_of_the_inputs_table_exists() -> None:
    table = section(DATA, "Classes or numbers") + section(DATA, "What the network sees of a row")
    keys = set(re.findall(r"`(?:preprocessing|cv|data)\.([a-z_]+)`", table))
    assert keys == {*PreprocessingSection.model_fields, "splitter", "task"}
    splitters = get_args(CVSection.model_fields["splitter"].annotation)
    assert all(name in table for name in (*NUMBERS, *(set(splitters) - {"auto"})))


def test_the_study_file_is_the_shipped_one() -> None:
    (study,) = blocks(STUDIES, "toml")
    shipped = (ROOT / "studies" / "digits.toml").read_text()
    shown, real = (parse_spec(tomllib.loads(text), "README").to_document() for text in (study, shipped))
    assert shown == real


@pytest.mark.parametrize("name", PAGES)
def test_a_command_has_no_comment(name: str) -> None:
    """The shell of macOS takes `#` for an argument, and what follows for more of them."""
    lines = [line for kind in ("sh", "console") for block in blocks(PAGES[name], kind) for line in block.splitlines()]
    assert [line for line in lines if re.search(r"(^|\s)#", line)] == []


def test_the_two_commands_are_for_a_fresh_machine() -> None:
    run, test = blocks(README, "sh")
    assert "experiments.tune" in run
    assert "make check" in test
    assert all("constraints.txt" in command and command.startswith("python3 -m venv") for command in (run, test))
