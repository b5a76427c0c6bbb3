"""One row of the fault table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from experiments.benchmark.fault_rows.desk import Desk

Check = Callable[[Desk], Iterator[str]]


@dataclass(frozen=True)
class Row:
    """One fault.

    name:    its number in the table, or the name of a kill.
    happens: the fault.
    follows: what must follow.
    check:   makes the fault at an empty desk and yields a sentence for each thing that was checked and held; it raises
             Broken or NotMade.
    """

    name: str
    happens: str
    follows: str
    check: Check
