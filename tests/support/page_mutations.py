"""Seeded faults in the code of the pages: a wrong key, number, sign, field or word, or a missing fact.

The code is rewritten once: every call that makes a fact, and every attribute in it that has a neighbour, asks here
first whether it has the fault. The fault is chosen before a page is made.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

MAKERS = ("Fact", "number", "counted", "percent")
FIELDS = {
    **{"cv_mean": "cv_std", "cv_std": "cv_mean", "corrected": "pooled", "pooled": "corrected", "floor": "floor95"},
    **{"floor95": "floor", "development": "test", "rows": "features", "features": "rows", "row": "fold", "fold": "row"},
    **{"truth": "predicted", "predicted": "truth", "value": "last", "last": "value"},
    **{"p_value": "score", "looks": "own", "own": "looks", "drop": "deviation", "kind": "trial"},
    **{"test_fingerprint": "folds_fingerprint", "folds_fingerprint": "test_fingerprint", "epochs": "number"},
}
ON_FACTS = ("another key", "off by one", "wrong sign", "without a key", "missing", "another word")
LEFT_ALONE = ("trials_csv.py", "markdown.py", "blocks.py", "svg.py", "marks.py", "intervals.py")


@dataclass(frozen=True)
class Fault:
    """A fault of a kind at a place: a call or an attribute, by file, line and column, or a piece of a template."""

    place: str
    kind: str


class Faults:
    """The fault that is on, and the places that were passed."""

    def __init__(self) -> None:
        self.on: Fault | None = None
        self.passed: dict[str, set[str]] = {}
        self.keys: Sequence[str] = ()

    def call(self, place: str, maker: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Make a fact, or another in its place."""
        kinds = self.passed.setdefault(place, set())
        kinds.update(ON_FACTS if maker.__name__ == "Fact" else ("another key", "off by one", "missing"))
        if self.on is None or self.on.place != place:
            return maker(*given, **named)
        key, *rest = given
        if self.on.kind == "another key":
            return maker(self._another(key), *rest, **named)
        if self.on.kind == "missing":
            return (
                "" if maker.__name__ in ("Fact", "number", "percent") else () if maker.__name__ == "counted" else None
            )
        if maker.__name__ != "Fact":
            shifted = [one + 1 if isinstance(one, int | float) and at == 0 else one for at, one in enumerate(rest)]
            return maker(key, *shifted, **named)
        text = rest[0]
        if self.on.kind == "without a key":
            return text
        words = text if isinstance(text, str) else text.text
        wrong = {"off by one": _off, "wrong sign": _negated, "another word": _reworded}[self.on.kind](words)
        return maker(key, wrong if isinstance(text, str) else replace(text, text=wrong, short=wrong[:12]))

    def field(self, place: str, owner: Any, name: str) -> Any:
        """Read an attribute, or its neighbour."""
        if hasattr(owner, FIELDS[name]):
            self.passed.setdefault(place, set()).add("another field")
            if self.on is not None and self.on.place == place:
                return getattr(owner, FIELDS[name])
        return getattr(owner, name)

    def _another(self, key: str) -> str:
        """Return a neighbour of a key, of the same list or record if there is one."""
        above = re.split(r"[.\[]", key)[0]
        others = [one for one in self.keys if one != key and one.startswith(above)] or [f"{key}.x"]
        return others[len(key) % len(others)]


def _off(text: str) -> str:
    """Return the text with its last digit one higher."""
    return re.sub(r"\d(?=\D*$)", lambda one: str((int(one[0]) + 1) % 10), text)


def _negated(text: str) -> str:
    if re.search(r"\d (better|worse)", text):
        return re.sub("better|worse", lambda word: "worse" if word[0] == "better" else "better", text)
    if not re.search("[1-9]", text) or not re.match(r"[+−]?[\d.]", text):
        return text
    return text[1:] if text[0] == "−" else f"−{text.removeprefix('+')}"


def _reworded(text: str) -> str:
    return "another" if re.fullmatch(r"[A-Za-z ,()-]+", text) else text


class _Rewriter(ast.NodeTransformer):
    def __init__(self, name: str):
        self.name = name
        self._of_a_fact = 0

    def _place(self, node: ast.expr) -> ast.Constant:
        return ast.Constant(f"{self.name}:{node.lineno}:{node.col_offset}")

    def visit_Call(self, node: ast.Call) -> ast.AST:
        makes = isinstance(node.func, ast.Name) and node.func.id in MAKERS and bool(node.args)
        self._of_a_fact += makes
        self.generic_visit(node)
        self._of_a_fact -= makes
        if makes:
            asked = ast.Attribute(ast.Name("__faults__", ast.Load()), "call", ast.Load())
            return ast.copy_location(ast.Call(asked, [self._place(node), node.func, *node.args], node.keywords), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if self._of_a_fact and node.attr in FIELDS and isinstance(node.ctx, ast.Load):
            asked = ast.Attribute(ast.Name("__faults__", ast.Load()), "field", ast.Load())
            given: list[ast.expr] = [self._place(node), node.value, ast.Constant(node.attr)]
            return ast.copy_location(ast.Call(asked, given, []), node)
        return node


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads rewritten modules of the pages."""

    def __init__(self, folder: Path):
        self._folder = folder

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith("experiments.reports."):
            return None
        path = self._folder / (name.removeprefix("experiments.reports.").replace(".", "/") + ".py")
        return importlib.util.spec_from_loader(name, self, origin=str(path)) if path.exists() else None

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        path = Path(str(module.__spec__.origin))
        module.__file__ = str(path)
        tree = ast.parse(path.read_text())
        if path.name not in LEFT_ALONE:
            tree = ast.fix_missing_locations(_Rewriter(str(path.relative_to(self._folder))).visit(tree))
        # the source is this project's own, read from its folder a line above
        exec(compile(tree, str(path), "exec"), module.__dict__)


def install(folder: Path) -> Faults:
    """Load the code of the pages, in this folder of experiments.reports, rewritten from now on."""
    assert not [name for name in sys.modules if name.startswith("experiments.reports.")]
    faults = Faults()
    builtins.__faults__ = faults  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder(folder))
    return faults


def in_templates(sources: dict[str, str]) -> dict[Fault, dict[str, str]]:
    """Map each fault that leaves out one printed value of a template to the templates that have it."""
    found = {}
    for name in ("report.html.jinja", "report.md.jinja"):
        for at, printed in enumerate(re.finditer(r"\{\{[^}]*\}\}", sources[name])):
            if "fact(" in printed[0] or "blocks.part(" in printed[0]:
                without = sources[name][: printed.start()] + sources[name][printed.end() :]
                found[Fault(f"{name}:{at}", "missing")] = {**sources, name: without}
    return found
