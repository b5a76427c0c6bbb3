"""A study whose data is loaded holds what the data decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.config.default_study import own_study
from experiments.errors import SpecError
from experiments.search.context import prepare_study
from support.tables import mixed_frame


def test_a_column_typed_otherwise_is_the_same_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame = mixed_frame(60, seed=0).assign(Survived=["no", "yes"] * 30)
    frame.to_csv("people.csv", index=False)
    first, *_ = frame.columns
    own = prepare_study(own_study("people.csv", "Survived", [f"data.drop={first}"])[0])
    typed = prepare_study(own_study("people.csv", " survived", [f"data.drop={first.upper()}"])[0])
    assert (typed.spec.data.target, typed.spec.data.drop) == ("Survived", (first,))
    assert typed.identity == own.identity


def test_label_smoothing_is_refused_for_numbers_once_the_target_is_known() -> None:
    overrides = ["training.label_smoothing=0.1"]
    assert prepare_study(own_study("iris", None, overrides)[0]).spec.training.label_smoothing == 0.1
    with pytest.raises(SpecError, match=r"nothing with mean_squared_error, but got 0\.1; remove it\.$"):
        prepare_study(own_study("diabetes", None, overrides)[0])
