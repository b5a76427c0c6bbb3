"""The study at a glance, at the top of the report: what it predicts from what, and by what it was made."""

from __future__ import annotations

from experiments.config.documents import flat
from experiments.evaluation.records.provenance import OWN
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Fact, Parts, Strong, Words, counted, joined, number, sentence
from experiments.reports.metrics import label_of_class, lower_is_better, metric_of
from experiments.reports.outer_fold import searched
from experiments.reports.run_info import FactRows
from experiments.reports.split import both_sides

KINDS = {"number": ("number", "numbers"), "category": ("category", "categories"), "pixel": ("pixel", "pixels")}


def glance(result: StudyResult) -> FactRows:
    """List target, columns, metric, rows, trials and the author: the same in every run of the study."""
    metric = metric_of(result.spec)
    named = Fact("spec.cv.metric", label_of_class(metric, result.data.classes))
    author = result.report.author if result.report else ""
    return (
        ("predicts", sentence("{}, from {}", _target(result), _columns(result))),
        ("metric", sentence("{}{}", named, " (lower is better)" if lower_is_better(metric) else "")),
        ("rows", both_sides(result)),
        ("trials", _trials(result)),
        *((("author", Fact("report.author", author)),) if author else ()),
    )


def made_by(result: StudyResult) -> Parts:
    """Name the date and the program's version of this run, as far as they are recorded."""
    known = flat(result.provenance)
    words = {"date": "{}", f"versions.{OWN}": "version {} of this program"}
    facts = [sentence(words[name], Fact(f"provenance.{name}", str(known[name]))) for name in words if known.get(name)]
    return sentence("Made: {}.", joined(facts)) if facts else ()


def _trials(result: StudyResult) -> Words:
    trials, searches = number("trials.count", len(result.trials)), searched(result)
    if result.outer is None:
        return trials
    everything = number("searches.trials", sum(searches))
    many = number("searches.count", len(searches))
    return sentence("{} of the search over all rows, {} of all {} searches", trials, everything, many)


def _target(result: StudyResult) -> Words:
    """Name the column to predict, where it is recorded, and its kind."""
    classes, reading = result.data.classes, result.reading
    named = Strong(Fact("reading.target", reading.target)) if reading is not None and reading.target else ""
    kind: Words = "a number"
    if classes:
        kind = sentence("one of {}", counted("data.classes.count", len(classes), "class", "classes"))
    return joined([named, kind])


def _columns(result: StudyResult) -> Words:
    """Count the columns by their kinds, and all of them where there are several kinds."""
    data, columns = result.data, result.data.columns
    counts = {kind: getattr(columns, kind) for kind in KINDS if columns is not None and getattr(columns, kind)}
    of = {kind: counted(f"data.columns.{kind}", many, *KINDS[kind]) for kind, many in counts.items()}
    if (dates := data.features - sum(counts.values())) and columns is not None:
        of["date"] = counted("reading.columns.dates", dates, "date")
    if len(of) == 1:
        return next(iter(of.values()))
    every = counted("data.features", data.features, "column")
    return sentence("{} ({})", every, joined(list(of.values()))) if of else every
