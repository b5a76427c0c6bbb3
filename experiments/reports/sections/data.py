"""The data and how it was split."""

from __future__ import annotations

from experiments.evaluation.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import Fact, Facts, Names, Section, Words, counted, number, sentence

CLASSES_NAMED = 20


def data(result: StudyResult) -> Section:
    """What was learnt from, what was kept back, and the hashes that identify both."""
    data, split, cv = result.data, result.split, result.spec.get("cv", {})
    folds = counted("best.fold_scores.count", len(result.best.fold_scores), "fold")
    splitter = sentence(" by {}", Fact("spec.cv.splitter", cv["splitter"])) if "splitter" in cv else ()
    rows, features = counted("data.rows", data.rows, "row"), counted("data.features", data.features, "feature")
    learnt = counted("split.development", split.development, "row")
    facts: list[tuple[Words, Words]] = [
        ("data", Names((Fact("data.name", data.name),))),
        ("size", sentence("{}, {}, {}", rows, features, Fact("data.task", data.task))),
    ]
    if data.classes:
        shown = [Fact(f"data.classes[{at}]", one) for at, one in enumerate(data.classes[:CLASSES_NAMED])]
        rest = len(data.classes) - len(shown)
        more = sentence(" and {} more", number("data.classes.rest", rest)) if rest else ""
        named = Names(tuple(shown), more)
        facts.append((counted("data.classes.count", len(data.classes), "class", "classes"), named))
    facts += [
        ("development set", sentence("{} in {}{}, all that the search could read", learnt, folds, splitter)),
        ("test set", sentence("{}, split off first", counted("split.test", split.test, "row"))),
        *((f"fingerprint of the {name}", fact) for name, fact in tables.fingerprints(result)),
    ]
    return Section("Data and split", "data", (Facts(tuple(facts)),))
