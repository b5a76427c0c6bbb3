"""The data and how it was split."""

from __future__ import annotations

from experiments.records.results import StudyResult
from experiments.reports import tables
from experiments.reports.blocks import Code, Facts, Names, Part, Section
from experiments.reports.wording import count

CLASSES_NAMED = 20


def data(result: StudyResult) -> Section:
    """What was learnt from, what was kept back, and the hashes that identify both."""
    data, split, cv = result.data, result.split, result.spec.get("cv", {})
    folds = count(len(result.best.fold_scores), "fold")
    splitter = f" by {cv['splitter']}" if "splitter" in cv else ""
    facts: list[tuple[str, Part]] = [
        ("data", Names((data.name,))),
        ("size", f"{count(data.rows, 'row')}, {count(data.features, 'feature')}, {data.task}"),
    ]
    if data.classes:
        named = Names(data.classes[:CLASSES_NAMED], max(0, len(data.classes) - CLASSES_NAMED))
        facts.append((count(len(data.classes), "class", "classes"), named))
    facts += [
        ("development set", f"{count(split.development, 'row')} in {folds}{splitter}, all that the search could read"),
        ("test set", f"{count(split.test, 'row')}, split off first"),
        *((f"fingerprint of the {one.name}", Code(one.full, one.short)) for one in tables.fingerprints(result)),
    ]
    return Section("Data and split", "data", (Facts(tuple(facts)),))
