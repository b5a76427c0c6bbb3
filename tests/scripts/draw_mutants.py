"""Draw a table of mutants from the source: python tests/scripts/draw_mutants.py [--seed 0] > tests/scripts/mutants.txt.

A mutant is a source line with one small fault: another comparison, operator, constant or function, `and` for `or`, a
`not` that is missing, a result that is not returned. Faults are put only into code that runs: not into strings,
messages, annotations or __repr__. A line is drawn only if its text stands once in its package, so that
tests/scripts/mutants.py finds the line again after the code has moved.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
ROOMS = {"nnet": 16, "experiments/search": 12, "experiments/evaluation": 12}  # folder -> number of mutants
SYMBOLS = {
    "comparison": {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "is": "is not", "in": "not in"},
    "sum": {"+": "-", "-": "+"},
    "product": {"*": "/", "/": "*", "//": "/", "%": "//", "**": "*", "@": "*"},
    "and or": {"and": "or", "or": "and"},
}
NAMES = {"min": "max", "max": "min", "add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply"}
NAMES |= {"maximum": "minimum", "minimum": "maximum", "any": "all", "all": "any", "greater": "less", "less": "greater"}
NO_CODE = ast.JoinedStr | ast.Raise | ast.Assert | ast.Import | ast.ImportFrom
Site = tuple[str, int, int, int, str]  # kind, line, first column, column after the last, new text


def sites(node: ast.AST, lines: list[str]) -> Iterator[Site]:
    """Yield every place below the node that can hold a fault within one line."""
    match node:
        case ast.FunctionDef(name="__repr__") | ast.FunctionDef(name="__str__"):
            return
        case ast.Compare(left, _, right):
            yield from _symbols("comparison", [left, *right], lines)
        case ast.BinOp(left, ast.Add() | ast.Sub(), right):
            yield from _symbols("sum", [left, right], lines)
        case ast.BinOp(left, _, right):
            yield from _symbols("product", [left, right], lines)
        case ast.BoolOp(_, values):
            yield from _symbols("and or", values, lines)
        case ast.UnaryOp(ast.Not()):
            yield "not", node.lineno, node.col_offset, node.col_offset + len("not "), ""
        case ast.Constant(bool() as value):
            yield "constant", node.lineno, node.col_offset, node.end_col_offset or 0, str(not value)
        case ast.Constant(int() | float() as value):
            yield "constant", node.lineno, node.col_offset, node.end_col_offset or 0, str(value + 1)
        case ast.Return(ast.expr() as value) if value.lineno == value.end_lineno:
            yield "return", value.lineno, value.col_offset, value.end_col_offset or 0, "None"
        case ast.Call(ast.Name(name) | ast.Attribute(attr=name) as function) if name in NAMES:
            end = function.end_col_offset or 0
            yield "function", function.end_lineno or 0, end - len(name), end, NAMES[name]
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if field not in ("annotation", "returns") and isinstance(child, ast.AST) and not isinstance(child, NO_CODE):
                yield from sites(child, lines)


def _symbols(kind: str, operands: list[ast.expr], lines: list[str]) -> Iterator[Site]:
    """Yield the operators between operands; an operand may stand in brackets."""
    for left, right in pairwise(operands):
        start, stop = left.end_col_offset or 0, right.col_offset
        if left.end_lineno == right.lineno:
            [symbol] = re.findall(r"[^\s()]+", lines[right.lineno - 1][start:stop])[:1]
            if symbol in SYMBOLS[kind]:
                at = lines[right.lineno - 1].index(symbol, start)
                yield kind, right.lineno, at, at + len(symbol), SYMBOLS[kind][symbol]


def drawn(room: str, count: int, rng: Random) -> list[tuple[str, str, str]]:
    """Draw (path, line, mutated line), each kind of fault with the same chance, at most one a line."""
    package = Counter(
        line.strip() for path in (ROOT / room.split("/")[0]).rglob("*.py") for line in path.read_text().splitlines()
    )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted((ROOT / room).glob("*.py")):
        lines = path.read_text().splitlines()
        for kind, number, start, stop, text in sites(ast.parse(path.read_text()), lines):
            line = lines[number - 1]
            if package[line.strip()] == 1 and line.isascii():
                mutated = (line[:start] + text + line[stop:]).strip()
                found.setdefault(kind, []).append((str(path.relative_to(ROOT)), line.strip(), mutated))
    chosen: dict[str, tuple[str, str, str]] = {}
    while len(chosen) < count:
        mutant = rng.choice(found[rng.choice(sorted(found))])
        chosen.setdefault(mutant[1], mutant)
    return sorted(chosen.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="seed of the draw (default: 0)")
    rng = Random(parser.parse_args().seed)
    for room, count in ROOMS.items():
        for path, line, mutated in drawn(room, count, rng):
            print(f"{path}\n- {line}\n+ {mutated}\n")


if __name__ == "__main__":
    main()
