"""Gradient boosting by scikit-learn's defaults, without early stopping, as a user would write it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from experiments.search.context import StudyContext

MOST_NAMES = 254  # categories of a column that the trees can tell apart, with one more for missing
SEED = 0


def fit_boosting(study: StudyContext) -> Any:
    """Fit HistGradientBoosting on all development rows of a table; it predicts a DataFrame of the same columns."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    development = study.data.development
    table = development.table
    strings = [name for name, kind in zip(table.columns, table.kinds, strict=True) if kind == "category"]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=MOST_NAMES)
    inputs = ColumnTransformer([("categories", encoder, strings)], remainder="passthrough")
    boosted = HistGradientBoostingClassifier if study.data.target.classes else HistGradientBoostingRegressor
    model = boosted(early_stopping=False, categorical_features=list(range(len(strings))), random_state=SEED)
    features = pd.DataFrame(table.features, columns=list(table.columns))
    return make_pipeline(inputs, model).fit(features, development.y)
