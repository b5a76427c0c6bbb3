"""Target: what is to be predicted, one of some classes or a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class Target:
    """One of some classes, by name and in the order of their labels, or a number, which has none.

    >>> Target(("no", "yes")).task, Target(("no", "yes")).outputs, Target().task, Target().outputs
    ('classification', 2, 'regression', 1)
    """

    classes: tuple[str, ...] = ()

    @property
    def task(self) -> Task:
        """The task that follows from it."""
        return "classification" if self.classes else "regression"

    @property
    def outputs(self) -> int:
        """Numbers that describe a prediction: one a class, or the number itself."""
        return len(self.classes) or 1
