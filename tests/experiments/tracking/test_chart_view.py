"""The view is what MLflow takes as a tag; that its page shows it so is seen in tests/whole/test_browser.py."""

from __future__ import annotations

import json

from experiments.tracking.chart_view import TAG, trial_view, trials_address


def test_parameters_on_a_log_scale_have_axes_of_their_logarithms() -> None:
    view = json.loads(trial_view(["l2", "hidden_units_1"], {"l2", "hidden_units_1"}))
    (axes,) = (chart["selectedParams"] for chart in view["compareRunCharts"] if chart["type"] == "PARALLEL")
    assert axes == ["log10_l2", "hidden_units_1"]
    assert view["selectedColumns"][-2:] == ["params.`l2`", "params.`hidden_units_1`"]


def test_columns_axes_and_order_name_the_metric() -> None:
    view = json.loads(trial_view(["l2"], (), "accuracy"))
    (axes,) = (chart["selectedMetrics"] for chart in view["compareRunCharts"] if chart["type"] == "PARALLEL")
    assert axes == ["cv_mean_accuracy"]
    assert view["orderByKey"] == "metrics.`cv_mean_accuracy`"
    assert view["selectedColumns"][:2] == ["metrics.`cv_mean_accuracy`", "metrics.`test_accuracy`"]
    unknown = json.loads(trial_view(["l2"], ()))
    assert unknown["selectedColumns"][:2] == ["metrics.`cv_mean`", "metrics.`test_score`"]


def test_the_view_of_any_space_fits_into_a_tag() -> None:
    names = [f"hidden_units_{layer}" for layer in range(1, 100)]
    assert len(trial_view(names, set(names))) < 5000


def test_the_address_leads_to_the_view_where_there_is_one_and_else_to_the_charts_by_score() -> None:
    charts = "http://here/#/experiments/7/runs?workflowType=machine_learning&compareRunsMode=CHART"
    assert trials_address("http://here", "7", {TAG: "{}"}) == f"{charts}&viewStateShareKey=trials"
    assert trials_address("http://here", "7", {}) == f"{charts}&orderByKey=metrics.%60cv_mean%60&orderByAsc=false"
