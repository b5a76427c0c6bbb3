from __future__ import annotations

import math
from dataclasses import replace

import pytest

from experiments.reports.plots.sizes import sizes
from support.svg import elements, place, words


def record(result):
    return result.analysis.smallest


def test_every_complete_trial_stands_at_its_size_and_its_score(full):
    result = full[0]
    svg = sizes(result, record(result))
    assert svg.count("<title>") == len(record(result).networks) + 1  # the winner's is marked twice
    assert {"parameters", "accuracy", "2,000", "5,000", "10,000", "20,000", "50,000"} <= words(svg)
    (winner,) = [one for one in elements(svg, "circle", stroke="#d55e00", r="5") if len(one)]
    x, y = float(winner.get("cx", "nan")), float(winner.get("cy", "nan"))
    best = next(one for one in record(result).networks if one.trial == result.best.number)
    left, right = place(svg, "5,000")[0], place(svg, "50,000")[0]
    assert x == pytest.approx(left + math.log10(best.parameters / 5000) * (right - left), abs=0.1)
    upper, lower = place(svg, "0.97")[1], place(svg, "0.96")[1]
    assert y == pytest.approx(upper - 3.15 - (result.best.cv_mean - 0.97) / 0.01 * (lower - upper), abs=0.05)


def test_a_halo_is_around_each_that_is_within_one_standard_error(full):
    result = full[0]
    near = [one for one in record(result).networks if one.behind <= one.error]
    assert 1 < len(near) < len(record(result).networks)
    halos = elements(sizes(result, record(result)), "circle", fill_opacity="0.22")
    assert len(halos) == len(near) + 1  # and the one of the legend


def test_a_smallest_network_off_the_scale_has_no_ring_below_the_picture(full):
    svg = sizes(full[0], record(full[0]))
    assert elements(svg, "clipPath", id="sizes")
    assert len(elements(svg, "circle", fill_opacity="0.22", clip_path="url(#sizes)")) > 1


def test_the_other_ring_is_the_smallest_or_else_the_best(full):
    result = full[0]
    smallest, best = record(result).trial, record(result).best
    assert smallest != best
    svg = sizes(result, record(result))
    assert {"winner", "smallest of these"} <= words(svg)
    kept = replace(result, best=replace(result.best, number=smallest))
    assert {"winner", "best"} <= words(sizes(kept, record(result)))
    alone = sizes(result, replace(record(result), trial=best))
    assert not {"smallest of these", "best"} & words(alone)
