"""The scaling of numbers is searched among what the table can have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.config.default_study import own_study
from experiments.search import number_scaling
from experiments.search.context import prepare_study


def test_the_scaling_of_numbers_is_searched_where_there_are_numbers(tmp_path: Path) -> None:
    words = pd.DataFrame({"a": ["u", "v", "w"] * 20, "b": ["s", "t"] * 30, "y": ["no", "no", "yes", "yes"] * 15})
    words.to_csv(tmp_path / "words.csv", index=False)
    words.assign(n=[7 * row % 11 for row in range(60)]).to_csv(tmp_path / "both.csv", index=False)
    enqueued = 'search.enqueue=[{numbers="piecewise", dropout=0.25}]'
    of_words = prepare_study(own_study(str(tmp_path / "words.csv"), "y", [enqueued])[0])
    assert set(of_words.spec.space) == {"learning_rate", "hidden_layers", "hidden_units", "l2", "dropout"}
    assert of_words.data.notes[-1] == "space.numbers: is not searched, as no column holds numbers."
    assert [known["dropout"] for known in of_words.space.known] == [0.0, 0.25]
    assert of_words.space.candidate(of_words.space.default).preprocessing.numbers == "standard"
    both = prepare_study(own_study(str(tmp_path / "both.csv"), "y", [enqueued])[0])
    assert [known["numbers"] for known in both.space.known] == ["standard", "piecewise"]
    assert not any("space.numbers" in note for note in both.data.notes)


def test_piecewise_numbers_are_no_choice_for_a_table_too_wide_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame(chance.normal(size=(100, 5)), columns=list("abcde")).assign(y=["u", "v"] * 50)
    frame.to_csv(source := tmp_path / "wide.csv", index=False)
    with monkeypatch.context() as bounded:
        bounded.setattr(number_scaling, "MOST_CELLS", 80 * 85)  # of as many bins, and marks of missing numbers
        bounded.setattr(number_scaling, "fitted_folds", None)  # nothing needs to be fitted to know that
        assert "numbers" in prepare_study(own_study(str(source), "y")[0]).spec.space
    monkeypatch.setattr(number_scaling, "MOST_CELLS", 80 * 80)  # 80 rows of 5 columns of 16 bins
    assert "numbers" in prepare_study(own_study(str(source), "y")[0]).spec.space
    monkeypatch.setattr(number_scaling, "MOST_CELLS", 80 * 80 - 1)
    too_wide = prepare_study(own_study(str(source), "y")[0])
    assert "numbers" not in too_wide.spec.space
    note = "space.numbers: only standard, as piecewise makes 80 inputs of each row, more than can be computed."
    assert too_wide.data.notes[-1] == note
    assert {one.numbers for one in too_wide.space.preprocessings} == {"standard"}
    of_three = 'space.numbers={choices=["standard", "robust", "piecewise"]}'
    assert prepare_study(own_study(str(source), "y", [of_three])[0]).spec.space["numbers"].choices == (
        "standard",
        "robust",
    )
    by_name = ['search.enqueue=[{numbers="piecewise"}]', 'space.numbers={choices=["piecewise"]}']
    for asked in by_name:  # where memory would not do, it is refused
        assert "piecewise" in prepare_study(own_study(str(source), "y", [asked])[0]).spec.space["numbers"].choices
