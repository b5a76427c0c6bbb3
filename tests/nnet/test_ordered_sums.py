"""Sums of floats are the same in every version of Python: `sum` compensates from 3.12 on."""

from __future__ import annotations

import ast
from pathlib import Path

from nnet.ordered_sums import ordered_mean, ordered_sum

ROOT = Path(__file__).parents[2]
RESULTS = ("nnet", "experiments/data", "experiments/search", "experiments/evaluation", "experiments/tracking")


def test_each_sum_is_rounded() -> None:
    tenths = [0.1] * 10
    assert (ordered_sum(tenths), ordered_mean(tenths)) == (0.9999999999999999, 0.09999999999999999)
    assert ordered_sum([]) == 0.0
    assert ordered_sum([1e16, 1.0, -1e16]) == 0.0


def test_no_mean_of_a_result_is_made_of_pythons_own_sum() -> None:
    found = []
    for path in (path for room in RESULTS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                ends = [getattr(end.func, "id", "") for end in (node.left, node.right) if isinstance(end, ast.Call)]
                if ends == ["sum", "len"]:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found
