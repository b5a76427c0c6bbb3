from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.results import LedgerRecord
from experiments.reports.blocks import Folded, plain
from experiments.reports.render import render
from experiments.reports.run_info import looks_meaning, rows_scored, this_run


def said(result, scored=True, now=True, **reading):
    ledger = LedgerRecord(**{"file": "l.jsonl", "largest_overlap": 0.0, "head": "h", **reading})
    result = replace(result, test=result.test if scored else None, ledger=ledger)
    return plain(rows_scored(result, ledger, now))


def test_a_result_with_a_score(study):
    cases = [
        ({"looks": 1, "own": 1}, "These test rows were scored once by the studies of l.jsonl."),
        ({"looks": 2, "own": 2}, "These test rows were scored twice by the studies of l.jsonl."),
        (
            {"looks": 5, "own": 1, "largest_overlap": 0.25},
            "These test rows, or some of them, were scored 5 times by the studies of l.jsonl: once by this study, "
            "4 times by others; another study saw 25% of these rows at once.",
        ),
        (
            {"looks": 1, "own": 1, "largest_overlap": 1.0},
            "These test rows were scored once by the studies of l.jsonl; another study scored the same models on them.",
        ),
        ({"looks": 0, "own": 0}, "l.jsonl has no entry for the test score of this result."),
        (
            {"looks": 2, "own": 0, "largest_overlap": 1.0},
            "l.jsonl has no entry for the test score of this result. Other studies have scored these rows, or "
            "some of them, twice; another study saw 100% of these rows at once.",
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


def test_a_result_without_a_score(study):
    cases = [
        ({"looks": 0, "own": 0}, "No study of l.jsonl has scored these test rows."),
        (
            {"looks": 2, "own": 0, "largest_overlap": 0.5},
            "This study has not scored these test rows; other studies of l.jsonl have scored them, or some of them, "
            "twice; another study saw 50% of these rows at once.",
        ),
        (
            {"looks": 1, "own": 1},
            "This result has no test score, but by l.jsonl this study has scored these test rows once.",
        ),
        (
            {"looks": 3, "own": 1, "largest_overlap": 1.0},
            "This result has no test score, but by l.jsonl this study has scored these test rows once, and other "
            "studies have scored them, or some of them, twice; another study saw 100% of these rows at once.",
        ),
    ]
    for reading, words in cases:
        assert said(study[0], scored=False, **reading) == words


def test_an_old_reading_is_marked_as_such(study):
    assert said(study[0], now=False, looks=1, own=1).endswith(" This is the state of the ledger when the study ended.")
    words = "These test rows, or some of them, had been scored 3 times when the study ended."
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
    assert list(facts["Timing"].values()) == ["61.27 s", "1.60 s", "64.02 s"]
