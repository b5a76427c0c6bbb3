"""A study's inputs by every preprocessing; those that are too many are refused before any of them is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.study_file import parse_spec
from experiments.data.inputs import preprocessing
from experiments.data.inputs.preprocessing import Preprocessor
from experiments.data.prepare import preprocessed_folds
from experiments.errors import DataError
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.serial import Inline
from experiments.search.executors.shared_data import open_folds
from experiments.search.inputs import share_inputs

DOCUMENT: dict[str, Any] = {
    "study": {"name": "wine"},
    "data": {"source": "wine"},
    "cv": {"n_splits": 3},
    "space": {"numbers": {"choices": ["standard", "piecewise"]}},
}


@pytest.fixture
def study() -> StudyContext:
    return prepare_study(parse_spec(DOCUMENT, "wine"))


def shared(content: memoryview) -> Inline:
    return Inline(bytes(content))


def test_every_preprocessing_has_its_folds(study: StudyContext) -> None:
    inputs = share_inputs(study.space, study.data, shared)
    assert [one.numbers for one in inputs] == ["standard", "piecewise"]
    for one, reference in inputs.items():
        expected = preprocessed_folds(study.data.development, study.data.folds, one)
        for ours, theirs in zip(open_folds(reference), expected, strict=True):
            np.testing.assert_array_equal(ours.x, theirs.x)
            np.testing.assert_array_equal(ours.train, theirs.train)


def test_too_many_inputs_are_refused_before_any_are_computed(
    study: StudyContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[int] = []
    monkeypatch.setattr(Preprocessor, "transform", lambda _, features: computed.append(len(features)))
    monkeypatch.setattr(preprocessing, "MOST_CELLS", 142 * 13)
    with pytest.raises(DataError, match=r"numbers = piecewise: 142 rows of \d+ .* --set preprocessing.numbers=stand"):
        share_inputs(study.space, study.data, shared)
    assert not computed
