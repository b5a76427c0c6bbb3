from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.blocks import Fact, Figures, plain
from experiments.reports.sections.search import search

pytestmark = pytest.mark.slow


def _importances(result, by_luck):
    ranked = replace(result.analysis.importances, by_luck=by_luck)
    section = search(replace(result, analysis=replace(result.analysis, importances=ranked)), {})
    (found,) = [
        picture
        for block in section.blocks
        if isinstance(block, Figures)
        for picture in block.pictures
        if picture.name == "importances"
    ]
    return found


def test_importances_stand_beside_what_luck_gives(full):
    found = _importances(full[0], 0.615)
    assert "the largest is up to 61.5% in nineteen of twenty draws (dotted line). All of this" in plain(found.caption)
    assert [part.text for part in found.caption if isinstance(part, Fact) and part.key.endswith("by_luck")] == ["61.5%"]
    assert 'stroke-dasharray="1.5 1.5"' in found.svg


def test_importances_of_older_results_are_shown_without_it(full):
    found = _importances(full[0], None)
    assert "luck alone may then give half of it to one. All of this" in plain(found.caption)
    assert "stroke-dasharray" not in found.svg
