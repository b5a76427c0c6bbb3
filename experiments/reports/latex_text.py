"""Plain text, tables and sections of a page as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from experiments.reports.blocks import Section, Table, Text, plain

PACKAGES: Final = "% The tables need \\usepackage{booktabs}."
LETTERS: Final = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    **{"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "²": "$^2$"},
    **{"<": "$<$", ">": "$>$", "−": "$-$", "–": "--", "“": "``", "”": "''", "’": "'", "…": "\\dots{}", "\xa0": "~"},
}


def escaped(text: str) -> str:
    r"""Write plain text as LaTeX.

    >>> print(escaped("R² of a_b & c: −0.5, 95%"))
    R$^2$ of a\_b \& c: $-$0.5, 95\%
    """
    return re.sub(".", lambda found: LETTERS.get(found[0], found[0]), text)


def table(caption: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of plain texts.

    Args:
        columns: title of each column, and whether it holds numbers.
    """
    sides = "".join("r" if number else "l" for _, number in columns)
    lines = [_line([title for title, _ in columns]), "\\midrule", *map(_line, rows)]
    begin = ["\\begin{table}", f"\\caption{{{escaped(caption)}}}", f"\\begin{{tabular}}{{{sides}}}", "\\toprule"]
    return "\n".join([*begin, *lines, "\\bottomrule", "\\end{tabular}", "\\end{table}"])


def section(one: Section) -> str:
    """Write the tables and the paragraphs of a section, without its pictures."""
    written = []
    for block in one.blocks:
        if isinstance(block, Text):
            written.append(escaped(plain(block.parts)))
        elif isinstance(block, Table):
            columns = [(plain(column.title), column.number) for column in block.columns]
            written.append(table(block.title, columns, [list(map(plain, row.cells)) for row in block.rows]))
    return "\n\n".join([f"% {one.title}", *written])


def _line(cells: Sequence[str]) -> str:
    return f"{' & '.join(map(escaped, cells))} \\\\"
