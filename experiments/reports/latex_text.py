"""Plain text, tables and sections of a page as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from experiments.reports.blocks import Section, Table, Text, plain

BROKEN: Final = 0.7  # width of a column of sentences, as a share of the page's
SMALL: Final = "\\footnotesize\\setlength{\\tabcolsep}{4pt}"
OPTIONS: Final = ("[", "*")  # what LaTeX takes for an option of the line before, at the beginning of a line
PACKAGES: Final = "% The tables need \\usepackage{booktabs}."
LETTERS: Final = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    **{"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "²": "$^2$"},
    **{
        "|": "\\textbar{}",
        '"': "''",
        "<": "$<$",
        ">": "$>$",
        "−": "$-$",
        "–": "--",
        "“": "``",
        "”": "''",
        "’": "'",
        "…": "\\dots{}",
        "\xa0": "~",
    },
}


def escaped(text: str) -> str:
    r"""Write plain text as LaTeX.

    >>> print(escaped("R² of a_b & c: −0.5, 95%"))
    R$^2$ of a\_b \& c: $-$0.5, 95\%
    """
    return re.sub(".", lambda found: LETTERS.get(found[0], found[0]), text)


def table(
    caption: str,
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[str]],
    prose: bool = False,
    wide: bool = False,
) -> str:
    """Write a table of plain texts.

    Args:
        columns: title of each column, and whether it holds numbers.
        prose:   the last column holds sentences, which are broken into lines.
        wide:    it would not fit on a page in letters of the usual size.
    """
    sides = "".join("r" if number else "l" for _, number in columns[:-1])
    sides += f"p{{{BROKEN}\\linewidth}}" if prose else "r" if columns[-1][1] else "l"
    lines = [_line([title for title, _ in columns]), "\\midrule", *map(_line, rows)]
    begin = [
        "\\begin{table}",
        *([SMALL] if wide else []),
        f"\\caption{{{escaped(caption)}}}",
        f"\\begin{{tabular}}{{{sides}}}",
        "\\toprule",
    ]
    return "\n".join([*begin, *lines, "\\bottomrule", "\\end{tabular}", "\\end{table}"])


def section(one: Section) -> str:
    """Write the tables and the paragraphs of a section, without its pictures."""
    written = []
    for block in one.blocks:
        if isinstance(block, Text):
            written.append(escaped(plain(block.parts)))
        elif isinstance(block, Table):
            columns = [(plain(column.title), column.number) for column in block.columns]
            rows = [list(map(plain, row.cells)) for row in block.rows]
            written.append(table(block.title, columns, rows, block.prose, block.wide))
    return "\n\n".join([f"% {one.title}", *written])


def _line(cells: Sequence[str]) -> str:
    line = " & ".join(map(escaped, cells))
    return f"{'{}' if line[:1] in OPTIONS else ''}{line} \\\\"
