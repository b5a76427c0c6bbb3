"""The test of studies in pairs, or the reasons why a pair has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations

import numpy as np

from experiments.evaluation.comparison import (
    ChoiceDifference,
    Gains,
    Pair,
    choice_scores,
    compare_choices,
    gains,
    wanted_draws,
)
from experiments.evaluation.comparison_records import ComparedPair, NoTest
from experiments.evaluation.final_kind import keeps_smallest
from experiments.evaluation.one_standard_error import smallest_in_draws
from experiments.evaluation.reasons import BootstrapTooSlow
from experiments.evaluation.resampling import Numbers, Samples, samples_of
from experiments.evaluation.selection_bias import highest
from experiments.search.executors.serial import Inline
from experiments.study.compared import ReadStudy, arithmetic_of, networks_of
from experiments.study.compared_errors import winners_errors
from experiments.study.compared_rows import Side, same_rows, same_truths
from nnet.arrays import Rows as Positions


def compare_pairs(sides: Sequence[Side]) -> Iterator[ComparedPair]:
    """Yield each pair with its test, or the reasons why there is none, and its errors on the same rows."""
    pairs = combinations(range(len(sides)), 2)
    why = {(first, second): list(_obstacles(sides[first], sides[second])) for first, second in pairs}
    tested, failed = _tested(sides, [pair for pair, reasons in why.items() if not reasons])
    for pair, reasons in why.items():
        yield ComparedPair(
            first=pair[0],
            second=pair[1],
            difference=tested.get(pair),
            no_test=(*reasons, *failed.get(pair, ())),
            errors=winners_errors(*(sides[at] for at in pair)),
        )


def _obstacles(*pair: Side) -> Iterator[NoTest]:
    """Yield the reasons against a test that are known before anything is drawn."""
    one, other = (side.study for side in pair)
    if unfinished := [study.name for study in (one, other) if study.recorded is None]:
        yield NoTest(code="not_finished", detail=" and ".join(unfinished))
    if one.metric != other.metric:
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


def _tested(
    sides: Sequence[Side], pairs: Sequence[Pair]
) -> tuple[dict[Pair, ChoiceDifference], dict[Pair, list[NoTest]]]:
    """Compare pairs that can be tested; return the differences, and the reasons of those that come to no score."""
    samples = {at: _samples(sides[at]) for at in sorted({at for pair in pairs for at in pair})}
    chosen: dict[int, tuple[Numbers, Samples]] = {}
    for at, found in samples.items():
        if not isinstance(found, BootstrapTooSlow):
            draws = wanted_draws(found, len(pairs))
            chosen[at] = choice_scores(found, draws, _rule(sides[at].study), _winner(sides[at].study)), found
    differences: dict[Pair, Gains] = {}
    failed: dict[Pair, list[NoTest]] = {}
    for first, second in pairs:
        if first not in chosen or second not in chosen:
            failed[first, second] = [NoTest(code="bootstrap_too_slow", detail=sides[first].study.metric)]
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


def _samples(side: Side) -> Samples | BootstrapTooSlow:
    study, rows = side.study, side.known
    assert rows is not None
    contents = [Inline(content) for _, content in sorted((study.outputs or {}).items())]
    return samples_of(study.metric, rows.target, contents, rows.validated.y, rows.validated.units)
