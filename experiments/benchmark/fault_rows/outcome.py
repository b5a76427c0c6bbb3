"""The ends of a check that are no success."""

from __future__ import annotations


class Broken(Exception):
    """The reason why a row does not hold: the message says what happened instead of what must follow."""


class NotMade(Exception):
    """The reason why a fault cannot be made on this machine. Its row counts as not shown."""


def demand(right: object, otherwise: str) -> None:
    """Go on if something is right.

    Raises:
        Broken: it is not.
    """
    if not right:
        raise Broken(otherwise)
