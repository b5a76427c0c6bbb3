"""The study's own test score, beside which that of new rows stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from experiments.study.external.external_validation import study_score
from experiments.study.folders.lookup import EXAMPLE
from experiments.study.folders.results_file import read_results


@pytest.mark.parametrize(
    ("data", "groups", "drawn"),
    [({}, None, "rows"), ({"time": "day"}, None, "blocks"), ({"groups": "patient"}, 12, "groups")],
)
def test_it_is_of_what_its_interval_draws(data: dict[str, Any], groups: int | None, drawn: str) -> None:
    result = read_results(EXAMPLE).result
    assert result.holdout is not None
    spec = {**result.spec, "data": {**result.spec["data"], **data}}
    found = study_score(replace(result, spec=spec, holdout=replace(result.holdout, test_groups=groups)))
    assert found is not None
    assert (found.drawn, found.groups, found.rows) == (drawn, groups, 360)
    assert study_score(replace(result, test=None)) is None
