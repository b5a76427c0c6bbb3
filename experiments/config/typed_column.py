"""A column as a person types it: by its name, which may stand in quotes, or by its position."""

from __future__ import annotations

import re

QUOTED = re.compile(r"""^(['"])(.+)\1$""", re.DOTALL)


def typed_column(typed: str) -> str | int:
    """Return the name of a column, or its position if it is a whole number; a name may stand in quotes.

    >>> typed_column("age"), typed_column("-1"), typed_column("'3'")
    ('age', -1, '3')
    """
    return int(typed) if re.fullmatch(r"[+-]?\d{1,9}", typed) else QUOTED.sub(r"\2", typed)
