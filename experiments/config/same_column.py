"""Columns that a user means by a name in another case or with other white space."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from nnet.near import folded


def same_column(name: object, columns: Iterable[str]) -> list[str]:
    """List the columns whose names differ from a name in case and white space alone.

    >>> same_column("survived", ["Survived", "Sur-vived", "Age"])
    ['Survived']
    """
    return [one for one in columns if isinstance(name, str) and folded(one, r"\s+") == folded(name, r"\s+")]


def columns_called(name: str, columns: Collection[str]) -> list[str]:
    """List the column of a name, or else those whose names differ from it in case and white space alone.

    >>> columns_called("age", ["age", "Age"]), columns_called("AGE", ["age", "Age"])
    (['age'], ['age', 'Age'])
    """
    return [name] if name in columns else same_column(name, columns)
