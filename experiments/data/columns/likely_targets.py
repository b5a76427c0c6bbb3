"""The columns of a table that nobody chose from yet, those first that are likely to be the target."""

from __future__ import annotations

import re

from experiments.data.formats.column_types import FEW, is_text
from experiments.data.raw_table import SHOWN, RawTable, listed
from experiments.data.texts import NUMBER

NAMES = (
    r"(?i)(.*[_ .-])?(targets?|labels?|labeled|class(es)?|classification|outcomes?|responses?|results?|diagnos[ie]s"
    r"|diagnose|dependent|output|y|ziel(variable|größe)?|klasse|species|churn(ed)?|default(ed)?|survived|died|death)"
)


def listed_targets(raw: RawTable) -> str:
    """List the columns of a table in a message: all of a narrow one, and the likely targets first of a wide one."""
    names = list(raw.columns)
    if len(names) <= SHOWN:
        return listed(names)
    words = [name for name in names if _has_words(raw, name)]
    likely = [name for name in names if re.fullmatch(NAMES, name)]
    likely += words if len(words) < SHOWN else []
    first = list(dict.fromkeys([*likely[: SHOWN - 1], names[-1], *names]))
    return f"{len(names):,} columns, the likelier ones first: {listed(first)}"


def _has_words(raw: RawTable, name: str) -> bool:
    """Return whether the first cells of a column are words that differ, and some stand again, as classes do."""
    column = raw.columns[name].slice(0, FEW)
    if not is_text(column.type):
        return False
    cells = [cell for cell in map(str.strip, column.drop_null().to_pylist()) if cell]
    return 1 < len(set(cells)) < len(cells) and not any(re.match(NUMBER, cell) for cell in cells)
