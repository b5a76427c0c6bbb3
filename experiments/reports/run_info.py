"""The part of the report that belongs to one run: how often a ledger has its test rows used, provenance, timing."""

from __future__ import annotations

from typing import Final

from experiments.config.documents import flat
from experiments.evaluation.records.results import LedgerRecord, StudyResult
from experiments.reports.blocks import (
    Fact,
    Facts,
    Folded,
    Parts,
    Section,
    Words,
    counted,
    note,
    number,
    percent,
    sentence,
)
from experiments.reports.formatting import NOTHING, parameter

CHOSEN: Final = (
    " {} not corrected for that: where studies are compared by these scores, the best one’s score{} optimistic."
)
FactRows = tuple[tuple[Words, Words], ...]


def this_run(result: StudyResult, reading: LedgerRecord | None) -> Section:
    """List the facts of this run: the ledger, the provenance with dotted names, and the timing."""
    timing = [
        (
            name.replace("_", " ").replace("refit and look", "refit and test"),
            (Fact(f"timing.{name}", f"{value:,.2f}"), " s"),
        )
        for name, value in result.timing.items()
    ]
    rows = {"Ledger": _ledger(reading) if reading else (), "Provenance": _provenance(result), "Timing": tuple(timing)}
    folded = [Folded(title, (Facts(facts),)) for title, facts in rows.items() if facts]
    return Section("This run", "this run", (note("What may differ in another run of the same study."), *folded))


def rows_scored(result: StudyResult, reading: LedgerRecord | None, now: bool = True) -> Parts:
    """State in how many tests the study's test rows were used, by a reading of the ledger.

    Args:
        now: the reading is of this moment, not of the study's end.
    """
    if reading is None:
        return ("No ledger was read when this page was written.",)
    looks = _tests("looks", reading.looks)
    if not reading.file:
        return sentence("When the study ended, these test rows, or some of them, had been used in {}.", looks)
    file, others = Fact("ledger.file", reading.file), max(0, reading.looks - reading.own)
    own, by_others = number("ledger.own", reading.own), number("ledger.others", others)
    if result.test is not None and not reading.own:
        said = sentence("{} has no entry for the test score of this result", file)
        if others:
            said += sentence("; it has {} of other studies that used these rows", _tests("others", others))
    elif result.test is not None and others:
        said = sentence(
            "By {}, these test rows were used in {}: {} by this study, {} by others", file, looks, own, by_others
        )
    elif result.test is not None:
        said = sentence("By {}, these test rows were used in {}, by this study alone", file, looks)
    elif reading.own:
        said = sentence("This result has no test score, but by {} this study has used these test rows in {}", file,
                        _tests("own", reading.own))  # fmt: skip
        if others:
            said += sentence(", and other studies in {}", _tests("others", others))
    elif others:
        said = sentence("This study has not used these test rows; by {}, other studies have, in {}", file,
                        _tests("others", others))  # fmt: skip
    else:
        said = sentence("No study of {} has used these test rows", file)
    if reading.largest_overlap and reading.looks == reading.own:
        said += ("; another study scored the same models on them",)
    elif reading.largest_overlap:
        said += sentence(", at most {} of them at once", _overlap(reading))
    if not reading.rows_known:
        said += sentence("; tests of rows that only overlap these are not counted, as test_rows.npz is not beside the "
                         "results")  # fmt: skip
    return (*said, "." if now else ". This is the state of the ledger when the study ended.")


def looks_meaning(result: StudyResult, reading: LedgerRecord | None) -> str:
    """Say what it means that other studies were scored on the same test rows; nothing where none was."""
    if result.test is None or reading is None or reading.looks <= reading.own:
        return ""
    is_compared = result.test.difference is not None
    return CHOSEN.format(*(("Interval and p are", " and verdict are") if is_compared else ("The interval is", " is")))


def another_test(result: StudyResult, reading: LedgerRecord | None) -> str:
    """Say what another test needs, where the study was tested before it went on; nothing else."""
    was_tested = result.test is None and reading is not None and reading.own > 0
    return " Another test needs --acknowledge-reuse." if was_tested else ""


def _tests(key: str, many: int) -> Parts:
    return counted(f"ledger.{key}", many, "test")


def _overlap(reading: LedgerRecord) -> Fact:
    return percent("ledger.largest_overlap", reading.largest_overlap)


def _ledger(reading: LedgerRecord) -> FactRows:
    rows: list[tuple[Words, Words]] = [
        ("test evaluations that used these test rows or some of them", number("ledger.looks", reading.looks)),
        ("largest share of these rows that another study used", _overlap(reading)),
        ("hash of the last entry", Fact("ledger.head", reading.head)),
    ]
    if reading.file:
        rows.insert(1, ("of these, by this study on exactly these rows", number("ledger.own", reading.own)))
        rows.insert(0, ("file", Fact("ledger.file", reading.file)))
    return tuple(rows)


def _provenance(result: StudyResult) -> FactRows:
    """List the provenance under dotted names."""
    values = {name: value for name, value in flat(result.provenance).items() if value != {}}
    shown = {name: repr(one) if isinstance(one, float) else parameter(one) for name, one in values.items()}
    return tuple((name, Fact(f"provenance.{name}", words or NOTHING)) for name, words in shown.items())
