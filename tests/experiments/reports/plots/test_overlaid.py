"""Curves of several studies: each has its look everywhere, and what is far off does not hide the rest."""

from __future__ import annotations

from itertools import pairwise

import pytest

from experiments.evaluation.comparison.comparison_record import SearchCurve, WinnerCurve
from experiments.reports.plots.overlaid import COLOURS, DASHES, look, searches_by_second, searches_by_trial, winners
from support.comparisons import compared_study
from support.svg import circles, elements, place, points, words

FIRST = compared_study("one")
SECOND = compared_study("two", search=SearchCurve(trials=(0, 9), seconds=(1.0, 4.0), scores=(0.92, 0.92)))


def test_twelve_studies_differ_in_their_looks() -> None:
    looks = [look(position) for position in range(13)]
    assert len(set(looks)) == len(COLOURS) * len(DASHES) == 12
    assert looks[12] == looks[0]
    for one, other in pairwise(looks):  # colour alone does not reach every eye or printer
        assert one.colour != other.colour
        assert one.dash != other.dash


def test_the_best_score_so_far_rises_in_steps_by_trial_and_by_second() -> None:
    for draw, title, ends in (
        (searches_by_trial, "trial", ("0", "30")),
        (searches_by_second, "seconds of the search", ("0", "10")),
    ):
        svg = draw([(0, FIRST), (1, SECOND)], "clip")
        assert {"one", "two", title, "accuracy"} <= words(svg)
        lines = [points(one) for one in elements(svg, "path", stroke=look(0).colour) if len(points(one)) > 2]
        (steps,) = lines
        assert len(steps) == 5  # two corners for each of two later points
        heights = [y for _, y in steps]
        assert heights == sorted(heights, reverse=True)
        left, right = place(svg, ends[0])[0], place(svg, ends[1])[0]
        share = 5 / 30 if title == "trial" else 2 / 10
        assert steps[1][0] == pytest.approx(left + share * (right - left), abs=0.1)


def test_a_first_score_far_below_does_not_hide_the_rest() -> None:
    poor = compared_study("poor", search=SearchCurve(trials=(0, 1, 9), seconds=(1, 2, 9), scores=(0.1, 0.955, 0.96)))
    svg = searches_by_trial([(0, FIRST), (1, poor)], "clip")
    assert "0.10" not in words(svg)
    assert elements(svg, "clipPath")


def test_the_winners_best_epoch_has_a_mark() -> None:
    short = compared_study("short", learning=WinnerCurve(epochs=(4,), scores=(0.9,)))
    svg = winners([(0, FIRST), (2, short)], "clip")
    assert {"one", "short", "epoch", "validation accuracy"} <= words(svg)
    ((x, _),) = circles(svg, fill=look(0).colour)
    left, right = place(svg, "0")[0], place(svg, "4")[0]
    assert x == pytest.approx(left + 2 / 4 * (right - left), abs=0.1)
    assert len(circles(svg, fill=look(2).colour)) == 1


def test_a_best_first_epoch_is_within_the_picture() -> None:
    early = WinnerCurve(epochs=tuple(range(1, 11)), scores=(0.9, *[0.5] * 9))
    svg = winners([(0, compared_study("early", learning=early))], "clip")
    ((_, y),) = circles(svg, fill=look(0).colour)
    (region,) = elements(svg, "rect", fill=None)
    assert float(region.get("y") or 0) < y


def test_losses_grow_downwards() -> None:
    loss = compared_study(
        "loss", metric="neg_log_loss", learning=WinnerCurve(epochs=(1, 2, 3), scores=(-0.5, -0.1, -0.3))
    )
    svg = winners([(0, loss)], "clip")
    assert place(svg, "0.2")[1] > place(svg, "0.4")[1]
