"""The data and its split."""

from __future__ import annotations

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Code, Fact, Facts, Parts, Section, Words, counted, joined, number, sentence
from experiments.reports.sections.columns import columns

CLASSES_NAMED = 20


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
    development = counted("split.development", split.development, "row")
    facts += [
        ("development set", sentence("{} in {}; the search never received any other", development, folds(result))),
        ("test set", _test_set(result)),
        ("fingerprint of the data", _hash("data.fingerprint", data.fingerprint)),
        ("fingerprint of the test rows", _hash("split.test_fingerprint", split.test_fingerprint)),
        ("fingerprint of the folds", _hash("split.folds_fingerprint", split.folds_fingerprint)),
    ]
    return Section("Data and split", "data", (Facts(tuple(facts)), *columns(result)))


def _test_set(result: StudyResult) -> Parts:
    rows = counted("split.test", result.split.test, "row")
    if result.outer is not None:
        many = counted("outer.folds.count", len(result.outer.folds), "outer fold")
        return sentence("{} in {}, each split off first from the rows of a search of its own", rows, many)
    return sentence("{}, split off first", rows)


def folds(result: StudyResult) -> Parts:
    """Count the folds, and name their splitter where the study does."""
    many, cv = counted("best.fold_scores.count", len(result.best.fold_scores), "fold"), result.spec.get("cv", {})
    return sentence("{} by {}", many, Fact("spec.cv.splitter", cv["splitter"])) if "splitter" in cv else many


def _hash(key: str, text: str) -> Fact:
    return Fact(key, Code(text, f"{text[:12]}…" if len(text) > 13 else text))
