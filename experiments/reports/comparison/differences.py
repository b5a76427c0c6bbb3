"""The differences of the studies in pairs: the answer at the top of the page, and all pairs in a section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from experiments.evaluation.comparison.choices import ChoiceDifference
from experiments.evaluation.comparison.comparison_record import ComparedPair, Comparison
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
    joined,
    note,
    number,
    sentence,
)
from experiments.reports.comparison.finalists import claims
from experiments.reports.comparison.many_pairs import ONLY, with_the_best
from experiments.reports.comparison.reasons import all_reasons
from experiments.reports.methods import DRAWN
from experiments.reports.metrics import Scores, metric_label
from experiments.reports.plots.pair_differences import NamedDifference, pair_differences

ALLOWS: Final = "allows for the luck of selection, and not for that of training: networks trained again would differ"
MEANING: Final = (
    "How much better or worse the first study's chosen configuration predicts new rows like these than the second's, "
    "trained on as many rows. In each of {} draws of {} {}, the same for both studies, the configuration that either "
    "would choose by the drawn ones is scored on the others. The difference is the mean over the draws, the interval "
    "their quantiles; it is too wide rather than too narrow. A difference is claimed only if zero lies outside."
)
NAMED: Final = (
    "Each study chose by its own metric, its epochs included; here all are scored by {}. Whoever tries several metrics "
    "and reports one has chosen among them."
)
HOLMS: Final = "with Holm's adjustment for their number"
HOLM: Final = (
    "Several pairs are tested, so each interval has the level that Holm's adjustment gives it: together they claim a "
    "difference that is not there in at most 5% of such comparisons."
)
CAPTION: Final = (
    "The dot is the difference, the line its interval; blue: claimed. An interval across zero leaves open which study "
    "is better."
)


def answer(comparison: Comparison) -> tuple[list[Words], Literal["good", ""]]:
    """Return the lines at the top of the page, and their tone."""
    again = claims(comparison)
    if not comparison.pairs:
        return again, ""
    tested = [(at, pair) for at, pair in enumerate(comparison.pairs) if pair.difference is not None]
    claimed = [(at, pair) for at, pair in tested if pair.difference is not None and pair.difference.claimed]
    lines: list[Words] = [_claim(comparison, at, pair) for at, pair in claimed]
    if not tested:
        lines = [Strong("No difference is tested.")]
        if len(comparison.pairs) == 1:
            lines = [sentence("{} {}.", Strong("The difference is not tested:"), _why(comparison.pairs[0]))]
    elif not claimed:
        lines = [Strong(f"No difference is shown{'' if len(comparison.pairs) == 1 else ' between any two studies'}.")]
        if len(tested) == 1:
            lines.append(_estimate(comparison, *tested[0]))
    if tested:
        several = f"{len(tested)} pairs are tested {HOLMS}. " if len(tested) > 1 else ""
        lines.append(f"{several}The test {ALLOWS}.")
    if tested and comparison.metric is not None:
        lines.append(NAMED.format(metric_label(comparison.metric)))
    if 0 < len(tested) < len(comparison.pairs) or (not tested and len(comparison.pairs) > 1):
        left = len(comparison.pairs) - len(tested)
        lines.append(f"{left} of {len(comparison.pairs)} pairs are not tested; the reasons stand below.")
    return [*lines, *again], "good" if claimed else ""


def untested(comparison: Comparison) -> list[Words]:
    """Say of the pairs that are not tested why, a line for each reason, where there are several pairs."""
    pairs = [pair for pair in comparison.pairs if pair.difference is None and len(comparison.pairs) > 1]
    alike: dict[str, list[Words]] = {}
    for pair in pairs:
        alike.setdefault(_why(pair), []).append(_names(comparison, pair))
    return [sentence("{}: {}.", joined(names), why) for why, names in alike.items()]


def differences(comparison: Comparison) -> Section:
    """Show the difference of each pair that is tested, and the reasons against a test of the others."""
    tested = [(at, pair) for at, pair in enumerate(comparison.pairs) if pair.difference is not None]
    blocks: list[Block] = [*_tested(comparison, tested)] if tested else []
    untested = [(at, pair) for at, pair in enumerate(comparison.pairs) if pair.difference is None]
    if untested:
        rows = tuple(Row(_names(comparison, pair), Fact(f"pairs[{at}].no_test", _why(pair))) for at, pair in untested)
        columns = (Column("studies", number=False), Column("reason", number=False))
        blocks += [Heading("Not tested"), Table("Pairs that are not tested", columns, rows, prose=True)]
    return Section("Differences", "differences", tuple(blocks))


def _tested(comparison: Comparison, tested: Sequence[tuple[int, ComparedPair]]) -> list[Block]:
    rows = []
    for at, pair in tested:
        found, scores = _difference(pair), _scores(comparison, pair)
        key = f"pairs[{at}].difference"
        rows.append(
            Row(
                _names(comparison, pair),
                Fact(f"{key}.score", scores.gain(found.score)),
                Fact(f"{key}.interval", scores.gain_interval(found.interval)),
                Fact(f"{key}.level", f"{100 * (1 - found.level):.4g}%"),
                Fact(f"{key}.claimed", "yes" if found.claimed else "no"),
                kind="winner" if found.claimed else "",
            )
        )
    columns = (
        Column("first study over second", number=False),
        Column("difference"),
        Column("interval"),
        Column("its level"),
        Column("claimed", number=False),
    )
    at, found = tested[0][0], _difference(tested[0][1])
    meaning = note(
        MEANING,
        number(f"pairs[{at}].difference.draws", found.draws),
        number(f"pairs[{at}].difference.units", found.units),
        Fact(f"pairs[{at}].difference.method", DRAWN[found.method]),
    )
    holm = [note(HOLM)] if len(tested) > 1 else []
    return [Table("Differences", columns, tuple(rows), wide=True), meaning, *holm, *_pictures(comparison, tested)]


def _pictures(comparison: Comparison, tested: Sequence[tuple[int, ComparedPair]]) -> list[Block]:
    """Draw the pairs of each metric."""
    pictures = []
    for metric in dict.fromkeys(_scores(comparison, pair).metric for _, pair in tested):
        of_metric = [one for one in tested if _scores(comparison, one[1]).metric == metric]
        shown = with_the_best(of_metric)
        named = [
            NamedDifference(
                comparison.studies[pair.first].name, comparison.studies[pair.second].name, _difference(pair)
            )
            for _, pair in shown
        ]
        alt = f"Differences in {metric_label(metric)} between pairs of studies, with their intervals"
        caption = CAPTION
        caption += f"{ONLY}; the table has all." if len(shown) < len(of_metric) else ""
        pictures.append(Picture(f"differences_{metric}", pair_differences(named, metric), alt, caption))
    return [Figures(tuple(pictures), "pair" if len(pictures) > 1 else "one")]


def _claim(comparison: Comparison, at: int, pair: ComparedPair) -> Parts:
    """Say that the better study of a pair is better, and by how much."""
    turned = _difference(pair).score < 0
    better, worse = both_names(comparison, pair)[:: -1 if turned else 1]
    said = sentence("{} is better than {}: ", Strong(better), Strong(worse))
    return joined([said, _amount(comparison, at, pair, turned)], "")


def _estimate(comparison: Comparison, at: int, pair: ComparedPair) -> Parts:
    return joined([sentence("{} over {}: ", *both_names(comparison, pair)), _amount(comparison, at, pair)], "")


def _amount(comparison: Comparison, at: int, pair: ComparedPair, turned: bool = False) -> Parts:
    """Write the difference of the first study over the second, or turned, of the second over the first."""
    found, scores = _difference(pair), _scores(comparison, pair)
    if found.interval == (0.0, 0.0):
        return ("both chose what scores the same in every draw.",)
    low, high = found.interval
    key, level = f"pairs[{at}].difference", f"{100 * (1 - found.level):.4g}%"
    return sentence(
        "{} {} on new rows, {} interval {}.",
        metric_label(scores.metric),
        Fact(f"{key}.score", scores.gain(-found.score if turned else found.score)),
        Fact(f"{key}.level", level),
        Fact(f"{key}.interval", scores.gain_interval((-high, -low) if turned else (low, high))),
    )


def both_names(comparison: Comparison, pair: ComparedPair) -> tuple[Fact, Fact]:
    """Return the names of the two studies of a pair."""
    first, second = (Fact(f"studies[{at}].name", comparison.studies[at].name) for at in (pair.first, pair.second))
    return first, second


def _names(comparison: Comparison, pair: ComparedPair) -> Parts:
    return sentence("{} over {}" if pair.difference else "{} and {}", *both_names(comparison, pair))


def _why(pair: ComparedPair) -> str:
    return all_reasons(pair.no_test)


def _difference(pair: ComparedPair) -> ChoiceDifference:
    assert pair.difference is not None
    return pair.difference


def _scores(comparison: Comparison, pair: ComparedPair) -> Scores:
    study = comparison.studies[pair.first]
    if comparison.metric is None:
        return Scores.like(study.metric, study.best)
    return Scores.like(comparison.metric, None if study.named is None else study.named.score)
