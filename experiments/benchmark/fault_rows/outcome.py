"""The ends of a check that are no success."""

from __future__ import annotations


class Broken(Exception):
    """What must follow did not; the message says what happened instead."""


class NotMade(Exception):
    """The fault cannot be made on this machine; the message says why. The row then counts as not shown."""


def demand(right: object, otherwise: str) -> None:
    """Go on if something is right.

    Raises:
        Broken: it is not.
    """
    if not right:
        raise Broken(otherwise)
