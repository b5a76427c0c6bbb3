from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest

from experiments.evaluation.analysis.diagnostics import calibration
from experiments.evaluation.records.reasons import NetworkDiverged
from experiments.reports.blocks import Figures, Gallery, Heading, Table, plain
from experiments.reports.sections.errors import error_by_chance, errors
from support.results import replaced

pytestmark = pytest.mark.slow


def _with(result, **changes):
    return replaced(replaced(result, "test", confusion=None), "analysis.out_of_fold", **changes)


def _names(section):
    return [one.name for block in section.blocks if isinstance(block, Figures) for one in block.pictures]


def test_what_is_known_is_shown(full):
    section = errors(full[0])
    assert _names(section) == ["confusion", "test_confusion", "calibration"]
    gallery = next(block for block in section.blocks if isinstance(block, Gallery))
    lines = ["true 0, predicted 1", "probability 0.910", "row 40, fold 0"]
    assert [plain(line) for line in gallery.thumbnails[0].lines] == lines
    assert [plain(cell) for cell in gallery.instead.rows[0].cells] == ["40", "0", "1", "0.910", "4.2500", "0"]


def test_a_calibration_error_is_beside_what_chance_makes_of_right_probabilities(full):
    random = np.random.default_rng(0)
    confidence = 0.5 + random.random((400, 150)) / 2
    made = [calibration(sure, random.random(150) < sure) for sure in confidence]
    mean = fmean(record.error for record in made)
    assert error_by_chance(made[0], 1) == pytest.approx(mean, rel=0.1)
    assert error_by_chance(made[0], 4) == pytest.approx(2 * error_by_chance(made[0], 1))
    figures = [block for block in errors(full[0]).blocks if isinstance(block, Figures)]
    picture = next(one for block in figures for one in block.pictures if one.name == "calibration")
    said = error_by_chance(full[0].analysis.out_of_fold.calibration, 1)
    assert f"Expected calibration error: 0.012; chance alone makes it about {said:.3f} where" in plain(picture.caption)


def test_numbers_are_drawn_against_the_truth(full):
    result = _with(full[0], confusion=None, calibration=None, mistakes=(), points=((1.0, 2.0), (2.0, 2.5)))
    assert _names(errors(result)) == ["predictions", "residuals"]


def test_the_most_frequent_confusions_of_many_classes_are_listed(full):
    size = 30
    counts = tuple(
        tuple(90 if here == there else 7 - here // 4 if there == here + 1 else 0 for there in range(size))
        for here in range(size)
    )
    result = replaced(full[0], "data", classes=tuple(f"class {at}" for at in range(size)))
    section = errors(_with(result, confusion=counts, mistakes=()))
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert len(table.rows) == 10
    assert [plain(cell) for cell in table.rows[0].cells] == ["class 0", "class 1", "7", "97"]
    assert any(isinstance(block, Heading) and "Most frequent" in block.text for block in section.blocks)


def test_what_is_unknown_is_left_out(full, study):
    assert errors(study[0]) is None
    section = errors(replaced(full[0], "", analysis=None))
    assert _names(section) == ["test_confusion"]
    assert section.blocks[0].layout == "square"


def test_what_predicted_is_said_where_it_is_not_a_single_network(full):
    result = replaced(full[0], "analysis.out_of_fold", members=5, score=0.98125, default_score=0.975)
    said = plain(errors(result).blocks[0].parts)
    assert said.startswith("Development rows are predicted here by models like the final one: the mean of 5 networks, ")
    single = f"{result.best.cv_mean:.4f}"
    assert said.endswith(
        " Their mean accuracy over the folds is 0.9812; the default’s networks alone have 0.9750, single networks of "
        f"the best configuration have {single}."
    )
    without = replaced(result, "analysis.out_of_fold", default_score=None)
    for other in (without, replaced(result, "best", number=0)):
        assert "over the folds is 0.9812; single networks" in plain(errors(other).blocks[0].parts)
    untested = plain(errors(replace(result, test=None)).blocks[0].parts)
    assert untested.startswith("Development rows are predicted here by the mean of 5 networks, none of which had")


def test_a_network_that_diverged_is_the_reason_for_what_is_missing(full):
    left_out = {"out_of_fold": NetworkDiverged()}
    result = replaced(replaced(full[0], "test", confusion=None), "analysis", out_of_fold=None, left_out=left_out)
    assert plain(errors(result).blocks[0].parts) == (
        "Out-of-fold predictions: left out. Reason: network diverged (a network of the final model diverged on a fold)."
    )
