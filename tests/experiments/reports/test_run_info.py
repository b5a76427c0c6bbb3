from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.results import LedgerRecord
from experiments.reports.blocks import Folded, plain
from experiments.reports.render import render
from experiments.reports.run_info import looks_meaning, rows_scored, this_run
from support.results import replaced


def said(result, scored=True, now=True, **reading):
    ledger = LedgerRecord(**{"file": "l.jsonl", "largest_overlap": 0.0, "head": "h", **reading})
    result = replace(result, test=result.test if scored else None, ledger=ledger)
    return plain(rows_scored(result, ledger, now))


def test_a_result_with_a_score(study):
    cases = [
        ({"looks": 1, "own": 1}, "By l.jsonl, these test rows were used in 1 test, by this study alone."),
        ({"looks": 2, "own": 2}, "By l.jsonl, these test rows were used in 2 tests, by this study alone."),
        (
            {"looks": 5, "own": 1, "largest_overlap": 0.25},
            "By l.jsonl, these test rows were used in 5 tests: 1 by this study, 4 by others, at most 25% of them at "
            "once.",
        ),
        (
            {"looks": 1, "own": 1, "largest_overlap": 1.0},
            "By l.jsonl, these test rows were used in 1 test, by this study alone; another study scored the same "
            "models on them.",
        ),
        ({"looks": 0, "own": 0}, "l.jsonl has no entry for the test score of this result."),
        (
            {"looks": 2, "own": 0, "largest_overlap": 1.0},
            "l.jsonl has no entry for the test score of this result; it has 2 tests of other studies that used these "
            "rows, at most 100% of them at once.",
        ),
    ]
    for reading, words in cases:
        assert said(study[0], **reading) == words


def test_test_rows_that_others_used_make_the_best_of_them_optimistic(study):
    def meaning(looks, own, result=study[0]):
        ledger = LedgerRecord(file="l.jsonl", looks=looks, own=own, largest_overlap=1.0, head="h")
        return looks_meaning(result, ledger)

    said = (
        " Interval and p are not corrected for that: where studies are compared by these scores, the best one’s score "
        "and verdict are optimistic."
    )
    assert [meaning(5, 1), meaning(2, 2), meaning(2, 0, replace(study[0], test=None))] == [said, "", ""]
    page = render(study[0], (), LedgerRecord(file="l", looks=5, own=1, largest_overlap=1.0, head="h")).markdown
    assert said in page
    assert looks_meaning(study[0], None) == ""
    alone = replaced(study[0], "test", difference=None)
    assert meaning(5, 1, alone) == (
        " The interval is not corrected for that: where studies are compared by these scores, the best one’s score is "
        "optimistic."
    )


def test_a_result_without_a_score(study):
    cases = [
        ({"looks": 0, "own": 0}, "No study of l.jsonl has used these test rows."),
        (
            {"looks": 2, "own": 0, "largest_overlap": 0.5},
            "This study has not used these test rows; by l.jsonl, other studies have, in 2 tests, at most 50% of them "
            "at once.",
        ),
        (
            {"looks": 1, "own": 1},
            "This result has no test score, but by l.jsonl this study has used these test rows in 1 test.",
        ),
        (
            {"looks": 3, "own": 1, "largest_overlap": 1.0},
            "This result has no test score, but by l.jsonl this study has used these test rows in 1 test, and other "
            "studies in 2 tests, at most 100% of them at once.",
        ),
    ]
    for reading, words in cases:
        assert said(study[0], scored=False, **reading) == words


def test_a_study_that_was_tested_before_it_went_on_is_told_what_another_test_needs(study):
    extended = replace(study[0], test=None)
    for result, own, needed in ((extended, 1, True), (extended, 0, False), (study[0], 1, False)):
        ledger = LedgerRecord(file="l.jsonl", looks=2, own=own, largest_overlap=1.0, head="h")
        assert ("Another test needs --acknowledge-reuse." in render(result, (), ledger).html) == needed


def test_an_old_reading_is_marked_as_such(study):
    assert said(study[0], now=False, looks=1, own=1).endswith(" This is the state of the ledger when the study ended.")
    words = "When the study ended, these test rows, or some of them, had been used in 3 tests."
    assert said(study[0], now=False, looks=3, file="") == words
    without = replace(study[0], test=None, ledger=None)
    assert plain(rows_scored(without, None)) == "No ledger was read when this page was written."


def test_the_facts_of_a_run_have_dotted_names(study):
    now = LedgerRecord(file="now.jsonl", looks=7, own=1, largest_overlap=0.5, head="new")
    folded = [block for block in this_run(study[0], now).blocks if isinstance(block, Folded)]
    facts = {
        plain(one.title): {plain(name): plain(fact) for block in one.blocks for name, fact in block.rows}
        for one in folded
    }
    assert (facts["Ledger"]["file"], facts["Ledger"]["hash of the last entry"]) == ("now.jsonl", "new")
    assert facts["Ledger"]["test evaluations that used these test rows or some of them"] == "7"
    assert "versions.numpy" in facts["Provenance"]
    assert facts["Timing"] == {"search": "61.27 s", "refit and test": "1.60 s", "total": "64.02 s"}
