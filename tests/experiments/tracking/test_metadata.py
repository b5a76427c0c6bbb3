from __future__ import annotations

from typing import Any

from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.evaluation.results import ScoreDifference
from experiments.tracking.metadata import final_metrics, final_tags, run_metadata
from support.results import made_up, replaced

DOCUMENT: dict[str, Any] = {
    "study": {"name": "moons"},
    "data": {"source": "moons"},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}, "l2": {"low": 0, "high": 1}},
}


def test_a_study_has_the_same_metadata_however_it_is_extended_or_ended() -> None:
    first, later, other = (
        parse_spec(DOCUMENT | {"search": search}, "moons").with_inferred_settings("classification", "StratifiedKFold")
        for search in ({"trials": 10}, {"trials": 20, "patience": 3, "budget_minutes": 1}, {"lookahead": 5})
    )
    data = prepare(first, {})
    metadata = run_metadata(first, Space(first), data, "uid")
    assert metadata == run_metadata(later, Space(later), data, "uid")
    assert metadata.params["search.sampler"] == "tpe"
    assert metadata.log_scaled == ("learning_rate",)
    different = run_metadata(other, Space(other), data, "uid")
    assert different.tags["spec"] != metadata.tags["spec"]
    assert (different.params["search.lookahead"], metadata.params["search.lookahead"]) == ("5", "4")
    assert [(data_set.context, data_set.rows, data_set.features) for data_set in metadata.datasets] == [
        ("development", data.rows - len(data.test), 2),
        ("test", len(data.test), 2),
    ]
    fingerprints = [data_set.fingerprint for data_set in metadata.datasets]
    assert fingerprints == [data.development.fingerprint, data.test.fingerprint]


def test_differences_that_are_all_equal_have_no_limits() -> None:
    limits, found = {"test_difference_ci95_low", "test_difference_ci95_high"}, []
    for interval in ((-0.1, 0.1), (0.0, 0.0)):
        compared = ScoreDifference(score=0.0, ci95=interval, p_value=1.0, method="corrected_resampled_t")
        metrics = final_metrics(replaced(made_up(), "test", difference=compared))
        assert metrics["test_p_value"] == 1
        found.append(metrics.keys() & limits)
    assert found == [limits, set()]


def test_a_second_test_is_tagged() -> None:
    result = made_up()
    once, again = final_tags(result), final_tags(replaced(result, "test", times_scored=2))
    assert again == once | {
        "test_rows": "had been scored before: score and verdict are optimistic by an unknown amount"
    }
    assert "verdict" in once
