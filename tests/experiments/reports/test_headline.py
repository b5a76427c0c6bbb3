from __future__ import annotations

from dataclasses import replace

from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.data.hints.leaks import DOUBTS
from experiments.evaluation.records.analysis_record import FinalRecord
from experiments.evaluation.records.results import BaselineRecord, ReadingRecord, ScoreDifference
from experiments.evaluation.records.split_record import CopiesRecord
from experiments.reports.blocks import plain
from experiments.reports.headline import answer, lead, untested
from support.results import replaced


def _answer(result, **changes):
    return answer(replaced(result, "test", **changes))


def _difference(score, interval, p):
    return ScoreDifference(score=score, ci95=interval, p_value=p, method="mcnemar_bonett_price")


def test_the_model_is_described(study):
    assert plain(lead(study[0])) == (
        "The best configuration: 83-47 ReLU, learning rate 0.00609, L2 strength 2.3e-05, dropout 0.203. The tuned "
        "model is one such network, trained for 54 epochs."
    )


def test_without_a_test_nothing_was_trained_again(study):
    assert plain(lead(replace(study[0], test=None))) == (
        "The best configuration: 83-47 ReLU, learning rate 0.00609, L2 strength 2.3e-05, dropout 0.203; best after "
        "54 epochs in the mean of the folds."
    )


def test_what_has_no_effect_without_hidden_layers_is_not_named(study):
    linear = replaced(study[0], "best", params=study[0].best.params | {"hidden_layers": 0})
    assert plain(lead(linear)).startswith(
        "The best configuration: no hidden layer, learning rate 0.00609, L2 strength 2.3e-05. "
    )


def test_a_model_of_several_networks_is_described_as_one(study):
    final = FinalRecord(members=5, epochs=108, default_epochs=60)
    assert plain(lead(replace(study[0], final=final))).endswith(
        "dropout 0.203. The tuned model is the mean of 5 such networks, trained for 108 epochs."
    )
    assert plain(lead(replace(study[0], final=replace(final, members=1)))).endswith(
        "is one such network, trained for 108 epochs."
    )


def test_a_smallest_network_is_the_chosen_configuration(full):
    kept = replace(full[0], spec=full[0].spec | {"final": {"choice": "smallest"}})
    assert plain(lead(kept)).startswith("The chosen configuration: 83-47 ReLU")


def test_score_and_interval_have_four_decimals(study):
    found = answer(study[0])
    assert (plain(found.score), plain(found.title)) == ("0.9722", "accuracy on the test set")
    assert plain(found.interval) == "95% interval [0.9494, 0.9850] (Wilson score interval), 360 rows"
    assert plain(found.others) == "Other metrics of the tuned model on these rows: log loss 0.0873."


def test_each_verdict_says_what_it_means(study):
    chosen = "use the tuned model, which cross-validation chose, but do not claim that tuning improved it."
    gain = "by more than chance would explain. Of the two, use the tuned model."
    cases = [
        ("helped", (0.03, (0.01, 0.05), 0.003), "good", gain),
        ("default better", (-0.03, (-0.05, -0.01), 0.003), "bad", "Of the two, use the default configuration."),
        ("no evidence either way", (0.01, (-0.01, 0.03), 0.4), "even", chosen),
        ("no evidence either way", (-0.01, (-0.03, 0.01), 0.4), "even", chosen),
    ]
    for verdict, compared, tone, words in cases:
        found = _answer(study[0], difference=_difference(*compared), verdict=verdict)
        assert plain(found.meaning).endswith(words)
        assert found.tone == tone


def test_an_error_is_positive_and_its_difference_has_a_direction(study):
    found = _answer(
        study[0],
        metric="neg_root_mean_squared_error",
        score=-31_111.0,
        ci95=(-33_000.0, -29_000.0),
        default=replace(study[0].test.default, score=-32_311.0),
        difference=_difference(1200.0, (-200.0, 2600.0), 0.09),
    )
    assert (plain(found.score), plain(found.title)) == ("31,111", "RMSE on the test set (lower is better)")
    assert plain(found.interval).startswith("95% interval [29,000, 33,000]")
    assert plain(found.difference).startswith(
        "Tuned model against the default (32,311): 1,200 better, 95% interval [200 worse, 2,600 better]"
    )


def test_an_interval_that_disagrees_with_the_test_is_explained(study):
    for low, p, words in ((0.001, 0.07, "excludes zero"), (-0.001, 0.04, "includes zero")):
        verdict = "helped" if p < 0.05 else "no evidence either way"
        found = _answer(study[0], difference=_difference(0.02, (low, 0.05), p), verdict=verdict)
        assert f" The interval {words}" in plain(found.meaning)


def test_differences_that_are_all_equal_have_no_interval(study):
    found = _answer(study[0], difference=_difference(0.02, (0.02, 0.02), 0.5), verdict="no evidence either way")
    assert plain(found.difference).endswith(
        "0.0200 better, no interval, as the differences are all equal, p\xa0=\xa00.50"
    )
    assert "goes by the test" not in plain(found.meaning)


def test_a_missing_comparison_is_explained(study):
    result, missing = study[0], {"default": None, "difference": None, "verdict": "not compared"}
    first = replace(result.trials[0], state="PRUNED", reason="diverged", value=None, epochs=3)
    diverged = replace(result, default=None, trials=(first, *result.trials[1:]))
    found = _answer(diverged, **missing)
    assert plain(found.meaning).startswith(
        "The default configuration has no result (diverged after 3 epochs), so there is nothing to compare the tuned"
    )
    assert (found.difference, found.method) == ((), ())
    assert "its refit on all development rows diverged" in plain(_answer(result, **missing).meaning)
    won = replaced(result, "best", number=0)
    assert "the winner is the default itself" in plain(_answer(won, **missing).meaning)
    only = replace(won, trials=won.trials[:1])
    assert plain(lead(won)).startswith("The best configuration, the default: 83-47 ReLU")
    assert "The default model is one such network" in plain(lead(won))
    for one in (only, replace(only, test=None)):
        assert plain(lead(one)).startswith("The only configuration, the default: ")
    said = plain(_answer(only, **missing).meaning)
    assert said.startswith("The only trial is the default itself, so there is nothing to compare it with.")


def test_without_a_test_score_there_is_no_answer_and_a_second_test_is_disclosed(study):
    assert answer(replace(study[0], test=None)) is None
    assert _answer(study[0], times_scored=1).warning == ()
    assert "--acknowledge-reuse" in plain(_answer(study[0], times_scored=2).warning)


def test_leaks_that_the_data_shows_stand_beside_the_score(study):
    for doubt in (*DOUBTS, TOO_GOOD):
        notes = ("data.time: neighbours are alike.", f"a column; {doubt}")
        result = replace(study[0], reading=ReadingRecord(notes=notes))
        (_, line) = answer(result).warning
        assert (line.key, line.text) == ("reading.notes[1]", notes[1])


def test_a_score_in_time_order_is_of_the_time_of_the_test_rows(study):
    later = " Score, interval and verdict are of the time of the test rows; later rows may differ."
    spec = study[0].spec
    timed = replace(study[0], spec={**spec, "data": {**spec["data"], "time": "day"}})
    assert plain(answer(timed).meaning) == plain(answer(study[0]).meaning) + later
    errors = replaced(timed, "test", metric="neg_mean_absolute_error", score=-6.8)
    short = "the rows are of too short a time to say how large errors are."
    assert plain(answer(replaced(errors, "test", ci95=(-23.9, 0.0))).meaning).endswith(short)
    assert plain(answer(replaced(errors, "test", ci95=(-23.9, -0.1))).meaning).endswith(later)


def test_without_a_test_a_corrected_score_says_what_to_expect(study, full):
    assert untested(study[0]) == "Nothing here says how well the model does on new data."
    assert untested(full[0]).startswith(
        "The corrected score below estimates what to expect of the chosen configuration"
    )


def test_a_baseline_that_is_not_beaten_is_named(study):
    def meaning(score, id="logistic_regression", **changes):
        baseline = BaselineRecord(id=id, version=1, settings={}, converged=None, score=score, ci95=None, reason=None)
        return plain(_answer(study[0], references=(baseline,), **changes).meaning)

    assert "did as well" not in meaning(0.9)
    said = meaning(study[0].test.score)
    assert said.endswith(" On these rows logistic regression (0.9722) did as well as the tuned model or better.")
    assert "Of the two, use the tuned model" in said
    for verdict in ("helped", "no evidence either way", "default better"):
        assert "use the" in meaning(0.9, "majority_class", verdict=verdict)
        said = meaning(study[0].test.score, "majority_class", verdict=verdict)
        assert "use the" not in said  # a model that knows no more than the majority class is not recommended
        assert said.endswith("do not show that the model has learnt anything from columns.")


def test_a_score_whose_interval_reaches_a_model_without_columns_is_not_taken_for_learning(study):
    def meaning(score, id):
        baseline = BaselineRecord(id=id, version=1, settings={}, converged=None, score=score, ci95=None, reason=None)
        return plain(_answer(study[0], references=(baseline,), ci95=(0.9, 0.99)).meaning)

    assert meaning(0.95, "majority_class").endswith(
        " The interval of the score includes 0.9500, the score of the majority class, which reads no column: by "
        "itself, it leaves open whether the model has learnt anything from columns."
    )
    for score, id in ((0.89, "majority_class"), (0.95, "logistic_regression"), (0.98, "majority_class")):
        assert "leaves open" not in meaning(score, id)


def test_test_rows_that_are_copies_or_were_scored_before_are_not_called_unseen(study):
    helped = {"difference": _difference(0.1, (0.05, 0.15), 0.001), "verdict": "helped", "times_scored": 1}
    copied = replace(study[0], copies=CopiesRecord(rows=0, split="free", test=3))
    assert plain(_answer(study[0], **helped).meaning).startswith("On rows that neither model had seen, the tuned model")
    again = _answer(study[0], **{**helped, "times_scored": 2})
    assert plain(again.meaning).startswith("On these test rows, the tuned model does better")
    found = _answer(copied, **helped)
    assert plain(found.meaning).startswith("On these test rows, the tuned model does better")
    assert plain(found.warning).startswith("3 test rows are equal to rows to learn from, so that score, interval")
