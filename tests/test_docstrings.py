"""Docstrings say what a thing is or does, an imperative for a function, and their examples print what they show."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for package in ("nnet", "experiments") for path in (ROOT / package).rglob("*.py"))
QUESTION = re.compile(r"(What|Who|Whether|Where|Which|How)\b")
NOUN = re.compile(r"(The|A|An|This|Each|All|As|If|In|It|Of|On|\()\b")
VALUES = {"property", "cached_property", "setter"}
RUNS_A_STUDY = ROOT / "experiments" / "study" / "python" / "api.py"
EXAMPLES = [
    pytest.param(
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"),
        marks=[pytest.mark.slow] if path == RUNS_A_STUDY else [],
    )
    for folder, paths in ((ROOT, MODULES), (ROOT / "tests", sorted((ROOT / "tests" / "support").glob("*.py"))))
    for path in paths
    if ">>> " in path.read_text()
]


def docstrings(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield name, first line, and whether it is a function that is called, of everything in a file that has one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            called = isinstance(node, ast.FunctionDef) and not any(
                ast.unparse(decorator).split(".")[-1] in VALUES for decorator in node.decorator_list
            )
            yield getattr(node, "name", path.name), text.splitlines()[0], called


def test_first_lines() -> None:
    lines = [(path, *found) for path in MODULES for found in docstrings(path)]
    assert not [(path, name, line) for path, name, line, _ in lines if QUESTION.match(line)]
    assert not [(path, name, line) for path, name, line, called in lines if called and NOUN.match(line)]
    assert not [(path, name, line) for path, name, line, called in lines if called and not line.endswith((".", ":"))]


@pytest.mark.parametrize("module", EXAMPLES)
def test_examples(module: str) -> None:
    done = doctest.testmod(import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (done.attempted > 0, done.failed) == (True, 0)  # what failed is printed above
