"""The size of the networks beside their scores: the smallest one that is hardly worse than the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from experiments.evaluation.final_model.final_kind import keeps_smallest
from experiments.evaluation.records.analysis_record import NetworkSize, SmallestMethod, SmallestRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Code,
    Column,
    Fact,
    Figures,
    Parts,
    Picture,
    Row,
    Section,
    Strong,
    Table,
    Words,
    note,
    number,
    percent,
    sentence,
    text,
)
from experiments.reports.formatting import hidden_sizes
from experiments.reports.metrics import Scores, metric_label, metric_of
from experiments.reports.plots import sizes as plots

KEY: Final = "analysis.smallest"
ERRORS: Final[dict[SmallestMethod, str]] = {
    "paired_bootstrap_rows": "{} bootstrap draws of rows that both predicted",
    "paired_bootstrap_groups": "{} bootstrap draws of groups of rows that both predicted",
    "corrected_folds": "the folds, widened because their training rows overlap (Nadeau and Bengio)",
}
CAPTION: Final = (
    "Mean {} over the folds by the number of parameters, for complete trials. The halo marks those within one standard "
    "error of the best."
)
LISTED: Final = "The table has the networks that no smaller one equals. "
OPTION: Final = Code('[final] choice = "smallest"')


def sizes(result: StudyResult) -> Section | None:
    """Name the smallest network within one standard error of the best of several, and show score against size."""
    record = result.analysed.smallest
    if record is None or len(result.trials) == 1:
        return None
    blocks: list[Block] = [text("{}", _answer(result, record))]
    differ = len({one.parameters for one in record.networks}) > 1
    listed = _frontier(record) if differ else []
    if differ:
        blocks.append(Figures((_picture(result, record),)))
    if len(listed) > 1:
        blocks.append(_table(result, listed))
    blocks.append(
        note(
            "{}The standard error is that of the difference between a trial’s score and the best one’s, by {}. It says "
            "how much the difference depends on these rows; that networks trained again would differ too is not in "
            "it. Sizes are of one network.",
            LISTED if len(listed) > 1 else "",
            _errors(record),
        )
    )
    return Section("Size of the network", "size", tuple(blocks))


def _answer(result: StudyResult, record: SmallestRecord) -> Parts:
    scores, at = Scores.of_selection(result), {one.trial: place for place, one in enumerate(record.networks)}
    best, smallest = at[record.best], at[record.trial]
    if best == smallest:
        return sentence(
            "{}: trial {} with {} parameters.",
            Strong("No smaller network is within one standard error of the best"),
            Fact(f"{KEY}.best", str(record.best)),
            number(f"{KEY}.networks[{best}].parameters", record.networks[best].parameters),
        )
    one, full = record.networks[smallest], record.networks[best].parameters
    kept = "The best is kept; {} keeps the smallest instead."
    if keeps_smallest(result):
        kept = "It is kept instead of the best, by {}."
    return sentence(
        "{}: trial {} with {} parameters, {} of the {} of the best, trial {}. Its selection score is {}, {} "
        "behind; the standard error of that difference is {}. {}",
        Strong("The smallest network within one standard error of the best"),
        Fact(f"{KEY}.trial", str(record.trial)),
        number(f"{KEY}.networks[{smallest}].parameters", one.parameters),
        percent("sizes.share", one.parameters / full),
        number(f"{KEY}.networks[{best}].parameters", full),
        Fact(f"{KEY}.best", str(record.best)),
        Fact(f"trials[{record.trial}].value", scores.show(result.trials[record.trial].value)),
        Fact(f"{KEY}.networks[{smallest}].behind", scores.size(one.behind)),
        Fact(f"{KEY}.networks[{smallest}].error", scores.size(one.error)),
        sentence(kept, OPTION),
    )


def _errors(record: SmallestRecord) -> Parts:
    words = ERRORS[record.method]
    return (words,) if record.draws is None else sentence(words, number(f"{KEY}.draws", record.draws))


def _picture(result: StudyResult, record: SmallestRecord) -> Picture:
    name = metric_label(metric_of(result.spec))
    alt = f"{name} of each complete trial by its number of parameters"
    return Picture("sizes", plots.sizes(result, record), alt, sentence(CAPTION, Fact("spec.cv.metric", name)))


def _table(result: StudyResult, listed: Sequence[tuple[int, NetworkSize]]) -> Table:
    trials, scores = {trial.number: trial for trial in result.trials}, Scores.of_selection(result)
    metric = Fact("spec.cv.metric", metric_label(scores.metric))
    titles: tuple[Words, ...] = ("trial", "hidden layers", "parameters", metric)
    columns = [Column(title) for title in (*titles, "behind", "standard error")]
    rows = [
        Row(
            Fact(f"{KEY}.networks[{at}].trial", str(one.trial)),
            Fact(f"trials[{one.trial}].hidden", hidden_sizes(trials[one.trial].params, result.spec)),
            number(f"{KEY}.networks[{at}].parameters", one.parameters),
            Fact(f"trials[{one.trial}].value", scores.show(trials[one.trial].value)),
            Fact(f"{KEY}.networks[{at}].behind", scores.size(one.behind)),
            Fact(f"{KEY}.networks[{at}].error", scores.size(one.error)),
            kind="winner" if one.trial == result.best.number else "",
        )
        for at, one in listed
    ]
    return Table("Networks that no smaller one equals", tuple(columns), tuple(rows), wide=True)


def _frontier(record: SmallestRecord) -> list[tuple[int, NetworkSize]]:
    """List the networks that no smaller one equals in score, up to the best, with their places in the record."""
    found: list[tuple[int, NetworkSize]] = []
    for at, one in enumerate(record.networks):
        if not found or one.behind < found[-1][1].behind:
            found.append((at, one))
    return found
