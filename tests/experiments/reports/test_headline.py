from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.evaluation.results import ScoreDifference
from experiments.reports.blocks import plain
from experiments.reports.headline import answer


def _compared(result, **changes):
    look = replace(result.test, **changes)
    return answer(replace(result, test=look)).test.comparison


def test_the_model_in_words(study):
    assert plain(answer(study[0]).lead) == (
        "The tuned model: 83-47 ReLU, learning rate 0.00609, L2 strength 2.3e-05, dropout 0.203; trained for 54 epochs."
    )


def test_score_and_interval_with_four_decimals(study):
    test = answer(study[0]).test
    assert (plain(test.score), plain(test.metric)) == ("0.9722", "accuracy")
    assert plain(test.interval) == "95% interval [0.9494, 0.9850] (Wilson score interval), 360 rows"
    assert plain(test.others) == "Other metrics on the same rows: negative log loss −0.0873."


@pytest.mark.parametrize(
    ("verdict", "score", "interval", "p", "tone", "words"),
    [
        ("helped", 0.03, (0.01, 0.05), 0.003, "good", "between +0.0100 and +0.0500. Use the tuned model."),
        ("default better", -0.03, (-0.05, -0.01), 0.003, "bad", "Use the default configuration."),
        ("no evidence either way", 0.01, (-0.01, 0.03), 0.4, "even", "do not claim that tuning improved it."),
    ],
)
def test_each_verdict_says_what_it_means(study, verdict, score, interval, p, tone, words):
    found = ScoreDifference(score=score, ci95=interval, p_value=p, method="mcnemar_bonett_price")
    comparison = _compared(study[0], difference=found, verdict=verdict)
    assert plain(comparison.meaning).endswith(words)
    assert comparison.tone == tone


@pytest.mark.parametrize(("low", "p", "words"), [(0.001, 0.07, "leaves out zero"), (-0.001, 0.04, "holds zero")])
def test_an_interval_that_parts_from_the_test_is_explained(study, low, p, words):
    found = ScoreDifference(score=0.02, ci95=(low, 0.05), p_value=p, method="mcnemar_bonett_price")
    verdict = "helped" if p < 0.05 else "no evidence either way"
    assert f"A close call: the interval {words}" in plain(
        _compared(study[0], difference=found, verdict=verdict).meaning
    )


def test_a_default_that_diverged_is_told(study):
    result = study[0]
    first = replace(result.trials[0], state="PRUNED", reason="diverged", value=None, epochs=3)
    without = replace(result, default=None, trials=(first, *result.trials[1:]))
    comparison = _compared(without, default=None, difference=None, verdict="not compared")
    assert plain(comparison.meaning).startswith("The default configuration has no result (diverged after 3 epochs).")
    assert (comparison.difference, comparison.method) == ((), ())


def test_a_default_whose_refit_diverged_is_told(study):
    comparison = _compared(study[0], default=None, difference=None, verdict="not compared")
    assert "its refit on all development rows diverged" in plain(comparison.meaning)


def test_a_default_that_won_is_told(study):
    result = study[0]
    best = replace(result.best, number=0, params=result.default.params)
    won = replace(result, best=best)
    comparison = _compared(won, default=None, difference=None, verdict="not compared")
    assert "the winner is the default itself" in plain(comparison.meaning)
    assert comparison.difference == ()


def test_a_sealed_test_set_has_no_score(make_study):
    assert answer(make_study(trials=1, test=None, ledger=None)[0]).test is None


def test_a_second_look_is_told(study):
    look = replace(study[0].test, times_scored=2)
    test = answer(replace(study[0], test=look)).test
    assert "--acknowledge-reuse" in test.reuse
