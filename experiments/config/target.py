"""Target: a class or a number that is predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class Target:
    """The target of a study.

    classes: names in the order of their labels; none where a number is predicted.
    log:     whether the logarithm of the number is learnt.

    >>> Target(("no", "yes")).task, Target(("no", "yes")).outputs, Target().task, Target().outputs
    ('classification', 2, 'regression', 1)
    """

    classes: tuple[str, ...] = ()
    log: bool = False

    @property
    def task(self) -> Task:
        """Return the task of this target."""
        return "classification" if self.classes else "regression"

    @property
    def outputs(self) -> int:
        """Return the length of a prediction: the number of classes, or 1."""
        return len(self.classes) or 1
