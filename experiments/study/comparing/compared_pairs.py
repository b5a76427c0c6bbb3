"""The test of studies in pairs, or the reasons why a pair has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from experiments.evaluation.analysis.one_standard_error import smallest_in_draws
from experiments.evaluation.analysis.selection_bias import FEW, highest, mean_and_interval
from experiments.evaluation.comparison.choices import (
    ChoiceDifference,
    Gains,
    Pair,
    choice_scores,
    compare_choices,
    gains,
    wanted_draws,
)
from experiments.evaluation.comparison.comparison_record import ComparedPair, NamedScore, NoTest
from experiments.evaluation.comparison.other_metric import ChosenByAnother, check_named_metric
from experiments.evaluation.final_model.final_kind import keeps_smallest
from experiments.evaluation.records.reasons import BootstrapTooSlow
from experiments.evaluation.statistics.resampling import Numbers, Samples, samples_of
from experiments.evaluation.statistics.score_range import fewest_units
from experiments.search.executors.serial import Inline
from experiments.study.comparing.compared import ReadStudy, arithmetic_of, networks_of
from experiments.study.comparing.compared_errors import winners_errors
from experiments.study.comparing.compared_rows import Side, same_rows, same_truths
from nnet.arrays import Rows as Positions

Chosen = Mapping[int, tuple[Numbers, Samples]]  # the scores of a study's choices in draws, and what they are of


@dataclass(frozen=True)
class Pairs:
    """The pairs of studies, compared.

    order: positions of the studies as they are compared: as given, or the highest score by the named metric first.
    pairs: each with its test, or the reasons why there is none, and its errors on the same rows; by places in order.
    named: score of each study that could be tested by the metric that is named, by its position; empty without such a
           metric.
    """

    order: tuple[int, ...]
    pairs: tuple[ComparedPair, ...]
    named: Mapping[int, NamedScore]


def compare_pairs(sides: Sequence[Side], metric: str | None = None) -> Pairs:
    """Compare studies in pairs.

    Args:
        metric: metric by which the choices of all studies are scored, whatever they chose by; its own of each where
                None.

    Raises:
        SpecError: the metric does not exist, or cannot score a study's target.
    """
    for known in (side.known for side in sides):
        if metric is not None and known is not None:
            check_named_metric(metric, known.target, known.validated.y)
    order = list(range(len(sides)))
    why = _reasons(sides, order, metric)
    chosen, slow = _choices(sides, [pair for pair, reasons in why.items() if not reasons], metric)
    scores = {} if metric is None else {at: _named(metric, sides[at], *found) for at, found in chosen.items()}
    named = {at: score for at, score in scores.items() if score is not None}
    if named:
        order.sort(key=lambda at: (at not in named, -named[at].score if at in named else 0.0))
        why = _reasons(sides, order, metric)
    tested, failed = _tested(sides, [pair for pair, reasons in why.items() if not reasons], chosen, slow)
    pairs = tuple(
        ComparedPair(
            first=order.index(pair[0]),
            second=order.index(pair[1]),
            difference=tested.get(pair),
            no_test=(*reasons, *failed.get(pair, ())),
            errors=winners_errors(*(sides[at] for at in pair)),
        )
        for pair, reasons in why.items()
    )
    return Pairs(tuple(order), pairs, named)


def _reasons(sides: Sequence[Side], order: Sequence[int], metric: str | None) -> dict[Pair, list[NoTest]]:
    """Return the reasons against a test of each pair, the study that comes first in this order first."""
    return {pair: list(_obstacles(metric, *(sides[at] for at in pair))) for pair in combinations(order, 2)}


def _obstacles(metric: str | None, *pair: Side) -> Iterator[NoTest]:
    """Yield the reasons against a test that are known before anything is drawn."""
    one, other = (side.study for side in pair)
    if unfinished := [study.name for study in (one, other) if study.recorded is None]:
        yield NoTest(code="not_finished", detail=" and ".join(unfinished))
    if metric is None and one.metric != other.metric:
        yield NoTest(code="other_metric")
    if not same_rows(*pair):
        yield NoTest(code="other_folds" if one.rows[0] == other.rows[0] else "other_rows")
    elif not unfinished and (why := next((side.rows for side in pair if isinstance(side.rows, str)), None)):
        yield NoTest(code="no_data", detail=why)
    elif not unfinished and not same_truths(*pair):
        yield NoTest(code="other_target")
    if any(_in_time_order(study) for study in (one, other)):
        yield NoTest(code="time_order")
    for code, value in (("other_members", networks_of), ("other_arithmetic", arithmetic_of)):
        if value(one) != value(other):
            yield NoTest(code=code, detail=f"{value(one)} against {value(other)}")  # type: ignore[arg-type]
    if lost := [side.study.name for side in pair if _has_lost_outputs(side)]:
        yield NoTest(code="no_out_of_fold", detail=" and ".join(lost))


def _has_lost_outputs(side: Side) -> bool:
    """Tell whether out-of-fold outputs of a finished study are lost, or not those of its rows."""
    outputs = side.study.outputs
    if side.study.recorded is None or outputs is None:
        return side.study.recorded is not None
    return side.known is not None and not all(map(side.known.are_predicted_by, outputs.values()))


def _in_time_order(study: ReadStudy) -> bool:
    reason = study.analysis.left_out.get("selection")
    return bool(study.setting("data", "time")) or (reason is not None and reason.code == "rows_in_time_order")


def _choices(
    sides: Sequence[Side], pairs: Sequence[Pair], metric: str | None
) -> tuple[Chosen, dict[int, BootstrapTooSlow]]:
    """Return the scores of the choices of each study of these pairs, and the studies for which that takes too long."""
    samples = {at: _samples(sides[at], metric) for at in sorted({at for pair in pairs for at in pair})}
    slow = {at: found for at, found in samples.items() if isinstance(found, BootstrapTooSlow)}
    chosen: dict[int, tuple[Numbers, Samples]] = {}
    for at, found in samples.items():
        if not isinstance(found, BootstrapTooSlow):
            draws = wanted_draws(found, len(pairs))
            chosen[at] = choice_scores(found, draws, _rule(sides[at].study), _winner(sides[at].study)), found
    return chosen, slow


def _tested(
    sides: Sequence[Side], pairs: Sequence[Pair], chosen: Chosen, slow: Mapping[int, BootstrapTooSlow]
) -> tuple[dict[Pair, ChoiceDifference], dict[Pair, list[NoTest]]]:
    """Compare pairs that can be tested; return the differences, and the reasons of those that come to no score."""
    differences: dict[Pair, Gains] = {}
    failed: dict[Pair, list[NoTest]] = {}
    for first, second in pairs:
        if too_slow := slow.get(first) or slow.get(second):
            failed[first, second] = [NoTest(code="bootstrap_too_slow", detail=too_slow.metric)]
            continue
        units, known = chosen[first][1].units, sides[first].known
        assert known is not None
        grouped = units != len(np.unique(known.validated.rows))
        gained = gains(chosen[first][0], chosen[second][0], units, grouped)
        if gained.are_too_few:
            scored = f"{len(gained.usable)} of {len(gained.values)}"
            failed[first, second] = [NoTest(code="too_few_draws", detail=scored)]
        else:
            differences[first, second] = gained
    return compare_choices(differences), failed


def _rule(study: ReadStudy) -> Callable[[Numbers], Positions]:
    """Return the choice of a study, by the (B, C) scores of its complete trials in draws."""
    smallest = study.analysis.smallest
    if study.result is None or smallest is None or not keeps_smallest(study.result):
        return highest
    sizes = {one.trial: one.parameters for one in smallest.networks}
    return partial(smallest_in_draws, sizes=np.array([sizes[number] for number in sorted(study.outputs or {})]))


def _winner(study: ReadStudy) -> int | None:
    """Return the position of the chosen trial among the complete ones."""
    numbers = sorted(study.outputs or {})
    return numbers.index(study.winner.number) if study.winner and study.winner.number in numbers else None


def _named(metric: str, side: Side, outside: Numbers, samples: Samples) -> NamedScore | None:
    """Return the score of a study's choice by the metric that is named; None where too few draws have one."""
    usable = outside[np.isfinite(outside)]
    if side.known is None or len(usable) < FEW * len(outside):
        return None
    rows, least = side.known.validated, samples.units
    if side.known.target.classes and metric != "accuracy":
        least = fewest_units([rows.y], rows.units)
    score, ci95 = mean_and_interval(usable, samples.highest, least)
    return NamedScore(score=score, ci95=ci95, draws=len(usable))


def _samples(side: Side, metric: str | None) -> Samples | BootstrapTooSlow:
    study, rows = side.study, side.known
    assert rows is not None
    contents = [Inline(content) for _, content in sorted((study.outputs or {}).items())]
    truths = (rows.target, contents, rows.validated.y, rows.validated.units)
    choosing = samples_of(study.metric, *truths)
    if metric is None or isinstance(choosing, BootstrapTooSlow):
        return choosing
    scoring = samples_of(metric, *truths)
    return scoring if isinstance(scoring, BootstrapTooSlow) else ChosenByAnother(choosing, scoring)
