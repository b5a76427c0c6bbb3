from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from experiments.study.command.fitting_table import fitting_table

COLUMNS = {"study": [Text("a_long_name")], "sampler": [Text("tpe")], "data": [Text("two.csv")], "score": [Text("0.5")]}


def _lines(width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(fitting_table(COLUMNS, width, spared=("sampler", "data"), right=("score",)))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_columns_are_left_out_before_a_name_is_broken() -> None:
    assert _lines(36) == ["study        sampler  data     score", "a_long_name  tpe      two.csv    0.5"]
    assert _lines(35) == ["study        data     score", "a_long_name  two.csv    0.5"]
    assert _lines(18) == ["study        score", "a_long_name    0.5"]
    assert _lines(14) == ["study    score", "a_long_    0.5", "name"]
