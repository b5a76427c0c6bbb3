"""The finalists: configurations that were fixed first and trained again on new splits, compared in pairs."""

from __future__ import annotations

from statistics import fmean, stdev
from typing import Final

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.evaluation.comparison.finalists import FinalistPair, FinalistsRecord
from experiments.evaluation.records.results import SIGNIFICANCE
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Heading,
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
from experiments.reports.formatting import NOTHING, p_in_column, p_value
from experiments.reports.metrics import Scores, metric_label
from experiments.reports.plots.pair_differences import NamedDifference, pair_differences

CHOSEN: Final = "chosen on these rows"
COLUMNS: Final = (
    Column("study", number=False),
    Column("trial"),
    Column("when chosen"),
    Column("trained again"),
    Column("sd of repetitions"),
    Column("networks"),
)
CONFIGURATIONS: Final = (Column("finalist", number=False), Column("configuration", number=False))
PAIRS: Final = (
    Column("first over second", number=False),
    Column("difference"),
    Column("95% interval"),
    Column("p"),
    Column("p (Holm)"),
    Column("first is better in"),
    Column("95% interval"),
    Column("claimed", number=False),
)
FIXED: Final = (
    "The best {} configurations of {} were fixed first, in finalists.json, and then each was trained again in {} "
    "repetitions. A repetition splits the development rows anew into {} folds ({}), the same for all finalists, and "
    "has initial weights and an order of the batches of its own. Each finalist is trained as in the final model of its "
    "study: as many networks of its configuration, to the trial’s best epoch. The default’s networks are left out."
)
OPTIMISTIC: Final = (
    "They were {}: all scores here are of the rows that chose them. The comparison says which finalist does better "
    "when it is trained again on such rows, not how well it will do on new ones."
)
METHODS: Final = (
    "Difference, interval and p: corrected resampled t test (Nadeau and Bengio) over the {} trainings of each "
    "finalist, whose variance is enlarged because they share rows. p (Holm) is adjusted for the number of pairs, the "
    "intervals are not; a difference is claimed where p (Holm) is below {}. The share of trainings in which the first "
    "is better is P(A > B) of Bouthillier and others, its interval a bootstrap of whole repetitions ({} draws), too "
    "narrow where these are few."
)
CAPTION: Final = "The dot is the difference in {}, the line its 95% interval; blue: claimed."


def finalists(comparison: Comparison) -> Section | None:
    """Show the finalists with their scores, and their differences in pairs; None where none were trained."""
    record = comparison.finalists
    if record is None:
        return None
    plan, scores = record.plan, _scores(record)
    several = len(comparison.studies) > 1
    rows = tuple(_finalist(record, at, scores) for at in range(len(plan.finalists)))
    configurations = tuple(
        Row(_name(record, at), Fact(f"finalists.plan.finalists[{at}].configuration", one.configuration))
        for at, one in enumerate(plan.finalists)
    )
    blocks: list[Block] = [
        text(
            FIXED,
            number("finalists.plan.finalists.count", len(plan.finalists)),
            "all studies" if several else "the study",
            number("finalists.plan.seeds", plan.seeds),
            number("finalists.plan.folds", plan.folds),
            Fact("finalists.plan.splitter", plan.splitter),
        ),
        text(OPTIMISTIC, Strong(CHOSEN)),
        Heading("Their scores"),
        Table("Finalists", COLUMNS, rows, wide=True),
        note("{}, mean over all folds; the selection score that chose it beside it.", _metric(record)),
        Table("Configurations of the finalists", CONFIGURATIONS, configurations, prose=True),
    ]
    if record.pairs:
        pairs = tuple(_pair(record, at, pair, scores) for at, pair in enumerate(record.pairs))
        trainings = number("finalists.trainings", plan.seeds * plan.folds)
        draws = number("finalists.draws", record.draws)
        blocks += [
            Heading("In pairs"),
            Table("Differences of finalists", PAIRS, pairs, wide=True),
            Figures((_picture(record),)),
            note(METHODS, trainings, f"{SIGNIFICANCE:g}", draws),
        ]
    return Section("Finalists", "finalists", tuple(blocks))


def claims(comparison: Comparison) -> list[Words]:
    """Return lines about the finalists for the top of the page."""
    record = comparison.finalists
    if record is None:
        return []
    scores = _scores(record)
    found: list[Words] = [_claim(record, at, pair, scores) for at, pair in enumerate(record.pairs) if pair.claimed]
    if not found:
        return [sentence("{} ({}).", Strong("Between the finalists no difference is shown"), CHOSEN)]
    return found


def _claim(record: FinalistsRecord, at: int, pair: FinalistPair, scores: Scores) -> Parts:
    better, worse = (pair.first, pair.second) if pair.score > 0 else (pair.second, pair.first)
    return sentence(
        "Trained again, {} is better than {}: {} {}, {} ({}).",
        Strong(_name(record, better)),
        Strong(_name(record, worse)),
        metric_label(record.plan.metric),
        Fact(f"finalists.pairs[{at}].size", scores.size(abs(pair.score))),
        Fact(f"finalists.pairs[{at}].adjusted", p_value(pair.adjusted)),
        CHOSEN,
    )


def _finalist(record: FinalistsRecord, at: int, scores: Scores) -> Row:
    one, key = record.plan.finalists[at], f"finalists.plan.finalists[{at}]"
    means = [fmean(row) for row in _finite_rows(record, at)]
    lost = sum(score is None for row in record.scores[at] for score in row)
    again: Words = Fact(f"finalists.means[{at}]", scores.show(fmean(means)) if means else NOTHING)
    if lost:
        again = sentence("diverged in {}", number(f"finalists.lost[{at}]", lost))
    return Row(
        Fact(f"{key}.study", one.study),
        Fact(f"{key}.trial", str(one.trial)),
        Fact(f"{key}.selection", scores.show(one.selection)),
        again,
        Fact(f"finalists.deviations[{at}]", scores.size(stdev(means)) if len(means) > 1 else NOTHING),
        number(f"{key}.members", one.members),
    )


def _pair(record: FinalistsRecord, at: int, pair: FinalistPair, scores: Scores) -> Row:
    key = f"finalists.pairs[{at}]"
    low, high = pair.share95
    return Row(
        sentence("{} over {}", _name(record, pair.first), _name(record, pair.second)),
        Fact(f"{key}.score", scores.gain(pair.score)),
        Fact(f"{key}.interval", scores.gain_interval(pair.interval)),
        Fact(f"{key}.p_value", p_in_column(pair.p_value)),
        Fact(f"{key}.adjusted", p_in_column(pair.adjusted)),
        percent(f"{key}.better", pair.better, in_column=True),
        Fact(f"{key}.share95", f"[{100 * low:.1f}%, {100 * high:.1f}%]"),
        Fact(f"{key}.claimed", "yes" if pair.claimed else "no"),
        kind="winner" if pair.claimed else "",
    )


def _picture(record: FinalistsRecord) -> Picture:
    label = metric_label(record.plan.metric)
    named = [NamedDifference(_title(record, pair.first), _title(record, pair.second), pair) for pair in record.pairs]
    svg = pair_differences(named, record.plan.metric)
    alt = f"Differences in {label} between finalists, with their intervals"
    return Picture("finalists", svg, alt, CAPTION.format(label))


def _finite_rows(record: FinalistsRecord, at: int) -> list[list[float]]:
    """Return the scores of the repetitions in which no network diverged."""
    rows = [[score for score in row if score is not None] for row in record.scores[at]]
    return [row for row in rows if len(row) == record.plan.folds]


def _metric(record: FinalistsRecord) -> Fact:
    label = metric_label(record.plan.metric)
    return Fact("finalists.plan.metric", label[:1].upper() + label[1:])


def _name(record: FinalistsRecord, at: int) -> Parts:
    one, key = record.plan.finalists[at], f"finalists.plan.finalists[{at}]"
    return sentence("{} trial {}", Fact(f"{key}.study", one.study), Fact(f"{key}.trial", str(one.trial)))


def _title(record: FinalistsRecord, at: int) -> str:
    one = record.plan.finalists[at]
    return f"{one.study} {one.trial}"


def _scores(record: FinalistsRecord) -> Scores:
    return Scores.like(record.plan.metric, record.plan.finalists[0].selection)
