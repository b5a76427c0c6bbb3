"""What belongs to one run and not to the study: how often a ledger has its test rows scored, provenance and timing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.evaluation.results import LedgerRecord, StudyResult
from experiments.reports.blocks import Fact, Parts, Words, number, sentence
from experiments.reports.formatting import NOTHING, parameter

FactRows = tuple[tuple[Words, Words], ...]


@dataclass(frozen=True)
class ThisRun:
    """What the blocks of this run say.

    times: how often the test rows were scored, by the ledger.
    """

    times: Parts
    ledger: FactRows
    provenance: FactRows
    timing: FactRows


def this_run(result: StudyResult, ledger: LedgerRecord | None) -> ThisRun:
    """Say what is of this run; provenance is whatever was recorded, nested names joined by dots.

    Args:
        ledger: its reading at the moment of writing; None: the one that results.json has is used, and said to be old.
    """
    reading, now = (result.ledger, False) if ledger is None else (ledger, True)
    return ThisRun(
        times=rows_scored(result, reading, now),
        ledger=() if reading is None else _ledger(reading),
        provenance=tuple(_flat("provenance", result.provenance)),
        timing=tuple(
            (name.replace("_", " "), (Fact(f"timing.{name}", f"{value:,.2f}"), " s"))
            for name, value in result.timing.items()
        ),
    )


def rows_scored(result: StudyResult, reading: LedgerRecord | None, now: bool = True) -> Parts:
    """Say how often the study's test rows were scored, by a reading of the ledger.

    Args:
        now: the reading is of this moment, and not of the study's end.
    """
    if reading is None:
        return ("No ledger was read when this page was written.",)
    when = "" if now else " As the ledger was when the study ended."
    looks, own = Fact("ledger.looks", times(reading.looks)), Fact("ledger.own", times(reading.own))
    if not reading.file:
        return sentence("These test rows, or some of them, had been scored {} when the study ended.", looks)
    file, seen = Fact("ledger.file", reading.file), _seen(reading)
    others = max(0, reading.looks - reading.own)
    of_others = Fact("ledger.others", times(others))
    if result.test is not None and reading.own == 0:
        known = sentence(" Other studies have scored these rows, or some of them, {}", of_others) if others else ()
        words = sentence("{} does not know the scoring that this result tells of.{}", file, known)
        return (*words, *seen, *(["."] if known else []), when)
    if result.test is not None:
        if not others:
            return (*sentence("These test rows were scored {} by the studies of {}", looks, file), *seen, ".", when)
        words = sentence(
            "These test rows, or some of them, were scored {} by the studies of {}: {} by this study, {} by others",
            looks, file, own, of_others,
        )  # fmt: skip
        return (*words, *seen, ".", when)
    if reading.own:
        words = sentence("This result has no test score, but by {} this study has scored these test rows {}", file, own)
        more = sentence(", and other studies have scored them, or some of them, {}", of_others) if others else ()
        return (*words, *more, *seen, ".", when)
    if others:
        elsewhere = (
            "This study has not scored these test rows; other studies of {} have scored them, or some of them, {}"
        )
        return (*sentence(elsewhere, file, of_others), *seen, ".", when)
    return (*sentence("No study of {} has scored these test rows.", file), when)


def _seen(reading: LedgerRecord) -> Parts:
    if not reading.largest_overlap:
        return ()
    return sentence("; another study saw {} of these rows at once", _share(reading))


def _share(reading: LedgerRecord) -> Fact:
    return Fact("ledger.largest_overlap", f"{100 * reading.largest_overlap:.3g}%")


def times(count: int) -> str:
    """
    >>> times(0), times(1), times(2), times(3)
    ('0 times', 'once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _ledger(ledger: LedgerRecord) -> FactRows:
    file: FactRows = (("ledger", Fact("ledger.file", ledger.file)),) if ledger.file else ()
    own: FactRows = (("of them by this study, at exactly these rows", number("ledger.own", ledger.own)),)
    return (
        *file,
        ("scorings of these test rows or some of them", number("ledger.looks", ledger.looks)),
        *(own if ledger.file else ()),
        ("largest share of them seen by another study", _share(ledger)),
        ("head of the ledger", Fact("ledger.head", ledger.head)),
    )


def _flat(key: str, values: Mapping[str, Any], above: str = "") -> FactRows:
    """
    >>> _flat("provenance", {"versions": {"numpy": "2.4.6"}})
    (('versions.numpy', Fact(key='provenance.versions.numpy', text='2.4.6')),)
    """
    facts: list[tuple[Words, Words]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            facts += _flat(f"{key}.{name}", value, f"{above}{name}.")
        else:
            shown = repr(value) if isinstance(value, float) else parameter(value)
            facts.append((f"{above}{name}", Fact(f"{key}.{name}", shown or NOTHING)))
    return tuple(facts)
