"""The threshold of a probability from which on the second of two classes is predicted."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

from experiments.config.readable import readable
from experiments.config.target import Target
from experiments.errors import DataError
from experiments.evaluation.uncertainty.levels import ARGUMENTS, SET_COVERAGE

OPTIONS = ("--threshold", SET_COVERAGE)  # options of the command
PARAMS = ("threshold", ARGUMENTS[1])  # the same as arguments and as MLflow's params


def asked_threshold(
    target: Target, threshold: float | None, level: str | None, options: Sequence[str] = OPTIONS
) -> float | None:
    """Return the threshold that is asked for; None where none is.

    Args:
        level:   level of sets that are asked for, too; None for none.
        options: names of threshold and level for messages.

    Raises:
        DataError: the model does not predict one of two classes, the threshold is no number between 0 and 1, or sets
            are asked for, too.
    """
    if threshold is None:
        return None
    option, of_sets = options
    if len(target.classes) != 2:
        what = f"one of {len(target.classes)} classes" if target.classes else "a number"
        raise DataError(f"{option}: is for models of two classes, but this one predicts {what}; leave it out.")
    if not isinstance(threshold, Real) or isinstance(threshold, bool) or not 0 < threshold < 1:
        given = readable(repr(threshold), 60)
        raise DataError(f"{option}: must be a number above 0 and below 1, but got {given}; give one such as 0.2.")
    if level is not None:
        raise DataError(
            f"{option}: cannot stand beside {of_sets}, whose sets hold the more probable class, which may not be the "
            "one that is predicted from a threshold on; give one of the two."
        )
    return float(threshold)


def meaning(target: Target, threshold: float) -> str:
    """Say in a line which class is predicted from a threshold on.

    >>> meaning(Target(("no", "yes")), 0.2)
    "'yes' is predicted where its probability is at least 0.2, and else 'no'"
    """
    negative, positive = target.classes
    return f"{positive!r} is predicted where its probability is at least {threshold:.9g}, and else {negative!r}"
