"""Boosting takes a table as it is: words, holes and values that only the test rows have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.benchmark.boosting import fit_boosting
from experiments.benchmark.studies import test_rows as rows_of_test
from experiments.config.default_study import own_study
from experiments.search.context import prepare_study

pytestmark = pytest.mark.slow


def test_a_word_decides_and_unknown_ones_are_predicted(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    word, number = rng.choice(["left", "right", ""], 300), rng.normal(size=300).round(3)
    names = [f"name {one}" for one in range(300)]
    label = np.where(word == "left", "no", "yes")
    frame = pd.DataFrame({"number": number, "word": word, "name": names, "y": label})
    frame.loc[::7, "number"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    study = prepare_study(own_study(str(tmp_path / "t.csv"), "y", ['data.categories=["word", "name"]'])[0])
    model = fit_boosting(study)
    features, y = rows_of_test(study)
    rows = pd.DataFrame(features, columns=list(study.data.development.table.columns))
    assert model.predict(rows).tolist() == y.tolist()
    booster = model[-1]
    assert booster.is_categorical_.tolist() == [True, True, False]
    assert (booster.n_iter_, booster.do_early_stopping_) == (100, False)
