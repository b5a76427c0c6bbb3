from __future__ import annotations

from sklearn.metrics import get_scorer, get_scorer_names

from experiments.reports.metrics import Scores, lower_is_better, metric_label, named_score


def test_every_negated_scorer_of_scikit_learn_is_an_error_or_a_loss():
    for name in get_scorer_names():
        assert lower_is_better(name) == (get_scorer(name)._sign < 0), name
        assert "neg" not in metric_label(name).split()
        assert "_" not in metric_label(name)


def test_an_error_is_positive_in_every_form():
    scores = Scores.like("neg_root_mean_squared_error", -31_111.4)
    assert named_score("neg_root_mean_squared_error", -31_111.4) == "RMSE 31,111"
    assert scores.interval((-33_000.0, -29_000.0)) == "[29,000, 33,000]"
    assert scores.gain_interval((-1200.4, 3400.0)) == "[1,200 worse, 3,400 better]"
    assert (scores.gain(0.0), scores.show(-1e9), scores.show(None)) == ("no difference", "1.00e+09", "–")
