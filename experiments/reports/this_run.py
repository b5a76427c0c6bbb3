"""What belongs to one run and not to the study: the ledger of looks, provenance and timing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.records.results import LedgerRecord, StudyResult
from experiments.reports.wording import NOTHING, parameter

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ThisRun:
    """Facts by group, each a name and its text."""

    ledger: Facts
    provenance: Facts
    timing: Facts


def this_run(result: StudyResult) -> ThisRun:
    """The facts of this run; provenance is whatever was recorded, nested names joined by dots."""
    return ThisRun(
        ledger=_ledger(result.ledger),
        provenance=tuple(_flat(result.provenance)),
        timing=tuple((name.replace("_", " "), f"{value:,.2f} s") for name, value in result.timing.items()),
    )


def _ledger(ledger: LedgerRecord | None) -> Facts:
    if ledger is None:
        return ()
    return (
        ("looks at these test rows so far", str(ledger.looks)),
        ("largest share of them seen by another study", f"{100 * ledger.largest_overlap:.3g}%"),
        ("head of the ledger", ledger.head),
    )


def _flat(values: Mapping[str, Any], above: str = "") -> Facts:
    """
    >>> _flat({"commit": "abc", "versions": {"numpy": "2.4.6"}})
    (('commit', 'abc'), ('versions.numpy', '2.4.6'))
    """
    facts: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            facts += _flat(value, f"{above}{name}.")
        else:
            shown = repr(value) if isinstance(value, float) else parameter(value)
            facts.append((f"{above}{name}", shown or NOTHING))
    return tuple(facts)
