from __future__ import annotations

from experiments.reports.plots.score_axis import score_axis, with_margin


def test_errors_are_positive_and_grow_upwards():
    up = score_axis("accuracy", 0.9, 1.0, "accuracy", 2)
    assert (up.first, up.last) == (0.9, 1.0)
    assert [label for _, label in up.ticks] == ["0.90", "0.95", "1.00"]
    errors = score_axis("neg_root_mean_squared_error", -32_000.0, -31_500.0, " RMSE", 1)
    assert (errors.first, errors.last, errors.title) == (-31_500.0, -32_000.0, "RMSE")
    assert errors.ticks == [(-31_500.0, "31,500"), (-32_000.0, "32,000")]
    assert errors.share(-32_000.0) > errors.share(-31_500.0)


def test_equal_scores_have_a_range_too():
    for score in (0.0, 1.0, -31_000.0, 1e-9):
        low, high = with_margin(score, score)
        assert low < score < high


def test_no_tick_is_at_a_score_that_cannot_be():
    assert score_axis("recall", *with_margin(1.0, 1.0), "recall").ticks == [
        (0.99, "0.990"),
        (0.995, "0.995"),
        (1.0, "1.000"),
    ]
    assert next(text for _, text in score_axis("neg_log_loss", *with_margin(0.0, 0.0), "log loss").ticks) == "0.000"


def test_large_and_small_errors_have_short_labels_that_differ():
    def labels(low, high):
        return [label for _, label in score_axis("neg_root_mean_squared_error", low, high, "RMSE").ticks]

    assert labels(-1.6e9, 0.0) == ["0", "5e8", "1e9", "1.5e9"]
    assert labels(-6e-7, -2e-7) == ["2e-7", "3e-7", "4e-7", "5e-7", "6e-7"]
