"""The data and its split."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Code, Fact, Facts, Parts, Section, Words, counted, joined, number, sentence
from experiments.reports.sections.columns import columns
from experiments.reports.split import drawn_for_folds, folds, in_groups, is_forward, origin

CLASSES_NAMED = 20
SEEN: Final = "{}{} in {}; the search never received any other{}"
LATER: Final = ". A fold learns from the rows before those that it predicts, so that the first rows are never predicted"
WEIGHTS: Final = "rows count as {} says in training, and once in scores, intervals and tests"


def data(result: StudyResult) -> Section:
    """Describe the development set and the test set, with the hashes that identify both."""
    data, split = result.data, result.split
    facts: list[tuple[Words, Words]] = [
        ("data", Fact("data.name", data.name)),
        (
            "size",
            sentence(
                "{}, {}, {}",
                counted("data.rows", data.rows, "row"),
                counted("data.features", data.features, "feature"),
                Fact("data.task", data.task),
            ),
        ),
    ]
    if data.classes:
        shown = joined([Fact(f"data.classes[{at}]", name) for at, name in enumerate(data.classes[:CLASSES_NAMED])])
        if rest := len(data.classes[CLASSES_NAMED:]):
            shown += sentence(" and {} more", number("data.classes.rest", rest))
        facts.append((counted("data.classes.count", len(data.classes), "class", "classes"), shown))
    development = in_groups(result, counted("split.development", split.development, "row"), "development_groups")
    some = drawn_for_folds(result)
    drawn = sentence(", {} of them drawn for the search,", some) if some else ""
    facts += [
        ("development set", sentence(SEEN, development, drawn, folds(result), LATER if is_forward(result) else "")),
        ("test set", _test_set(result)),
        *_weights(result),
        ("fingerprint of the data", _hash("data.fingerprint", data.fingerprint)),
        ("fingerprint of the test rows", _hash("split.test_fingerprint", split.test_fingerprint)),
        ("fingerprint of the folds", _hash("split.folds_fingerprint", split.folds_fingerprint)),
    ]
    return Section("Data and split", "data", (Facts(tuple(facts)), *columns(result)))


def _weights(result: StudyResult) -> list[tuple[Words, Words]]:
    column = result.spec.get("data", {}).get("weights")
    return [("weights", sentence(WEIGHTS, Fact("spec.data.weights", column)))] if column else []


def _test_set(result: StudyResult) -> Parts:
    rows = in_groups(result, counted("split.test", result.split.test, "row"), "test_groups")
    if result.outer is not None:
        many = counted("outer.folds.count", len(result.outer.folds), "outer fold")
        return sentence("{} in {}, each split off first from the rows of a search of its own", rows, many)
    return origin(result, rows)


def _hash(key: str, text: str) -> Fact:
    return Fact(key, Code(text, f"{text[:12]}…" if len(text) > 13 else text))
