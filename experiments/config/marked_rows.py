"""Rows that a column marks: COLUMN=VALUE, or several values, as data.test_rows names them."""

from __future__ import annotations

from experiments.config.typed_column import typed_column


def column_and_values(typed: str) -> tuple[str | int, tuple[str, ...]]:
    """Return the column and its values.

    Raises:
        ValueError: the column or a value is not there.

    >>> column_and_values("split = test"), column_and_values("-1=9, 10"), column_and_values("'3'=1")
    (('split', ('test',)), (-1, ('9', '10')), ('3', ('1',)))
    """
    name, _, after = typed.partition("=")
    values = tuple(dict.fromkeys(value.strip() for value in after.split(",")))
    if not name.strip() or not all(values):
        raise ValueError(f'it must be COLUMN=VALUE, as in "split=test" or "fold=9,10", but got {typed!r}')
    return typed_column(name.strip()), values


def marked_rows(column: str | int, values: tuple[str, ...]) -> str:
    """Write the column and its values, as `column_and_values` reads them.

    >>> marked_rows("split", ("test",)), marked_rows(-1, ("9", "10")), marked_rows("3", ("1",))
    ('split=test', '-1=9,10', "'3'=1")
    """
    name = f"{column}" if typed_column(f"{column}") == column else f"'{column}'"
    return f"{name}={','.join(values)}"


def in_one_spelling(typed: str) -> str:
    """Return rows as they are typed without spaces that say nothing, so that they are one study.

    Raises:
        ValueError: as of `column_and_values`.

    >>> in_one_spelling(" fold = 9, 10, 9")
    'fold=9,10'
    """
    return marked_rows(*column_and_values(typed))
