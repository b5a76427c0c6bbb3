from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.evaluation.reasons import RowsInTimeOrder
from experiments.reports.blocks import Text, plain
from experiments.reports.sections.selection import MORE, selection


def _said(section):
    return " ".join(plain(block.parts) for block in section.blocks if isinstance(block, Text))


def _changed(result, **changes):
    found = replace(result.analysis.selection, **changes)
    return replace(result, analysis=replace(result.analysis, selection=found))


def test_the_corrected_score_and_what_flattered(full):
    said = _said(selection(full[0]))
    assert "Corrected for having been chosen: 0.9701, 95% interval [0.9611, 0.9789]" in said
    assert "the choice among 31 complete configurations flatters it by about 0.0037" in said


@pytest.mark.parametrize("optimism", [-0.002, 0.00001])
def test_a_choice_that_did_not_flatter(full, optimism):
    said = _said(selection(_changed(full[0], optimism=optimism)))
    assert "among 31 complete configurations does not seem to flatter it." in said


@pytest.mark.parametrize(
    ("floor95", "words"),
    [(0.001, f"{MORE}, which only the test score can confirm"), (0.5, "luck alone can give as much")],
)
def test_the_gain_is_held_against_the_floor(full, floor95, words):
    said = _said(selection(_changed(full[0], floor95=floor95)))
    assert "A search of 31 configurations seems to gain 0.0042 on rows like these if no configuration is better" in said
    assert f"This search seems to gain +0.0067 on them: {words}." in said


def test_without_a_floor_nothing_is_said_of_luck(full):
    assert "The floor" not in _said(selection(_changed(full[0], gain=None, floor=None, floor95=None)))


def test_without_the_analysis_the_score_stays_optimistic(study):
    said = _said(selection(study[0]))
    assert "being chosen makes it too high" in said
    assert "Corrected" not in said


def test_the_reason_is_told(full):
    result = full[0]
    analysis = replace(result.analysis, selection=None, left_out={"selection": RowsInTimeOrder()})
    said = _said(selection(replace(result, analysis=analysis)))
    assert "The corrected selection score: left out. Reason: rows in time order (they depend" in said


def test_a_test_score_by_another_metric_is_not_drawn_beside_it(full):
    result = full[0]
    other = replace(result, test=replace(result.test, metric="f1_macro"))
    svgs = [block.pictures[0].svg for block in selection(other).blocks if hasattr(block, "pictures")]
    assert "corrected" in svgs[0]
    assert "test score" not in svgs[0]
