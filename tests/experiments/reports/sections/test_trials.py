from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.blocks import Folded, Heading, Table, plain
from experiments.reports.sections.trials import outcomes, trial_table, trial_tables
from experiments.reports.trials_csv import trained_epochs
from support.sections import texts

pytestmark = pytest.mark.slow


def _folded(result):
    return next(block for block in trial_tables(result) if isinstance(block, Folded))


def _table(result):
    return next(block for block in _folded(result).blocks if isinstance(block, Table))


def test_outcomes_and_epochs_are_counted(study):
    result, trials = study
    trained = trained_epochs(trials)
    epochs = sum(trained.values())
    assert plain(outcomes(result, trained).parts) == (
        "40 trials: 31 complete, 5 pruned by the median pruner, 3 diverged, 1 failed. Together they trained "
        f"{epochs:,} epochs, {100 * epochs / 2400:.0f}% of the 2,400 possible ones. Ended by a time limit or a crashed "
        "worker: trial 22 (worker died)."
    )


def test_without_a_pruner_that_is_said_and_without_curves_no_epochs(study):
    spec = study[0].spec | {"search": study[0].spec["search"] | {"pruner": "none"}}
    result = replace(study[0], spec=spec, interventions=())
    assert plain(outcomes(result, {}).parts) == (
        "40 trials: 31 complete, 5 pruned (no pruner was used), 3 diverged, 1 failed. No trial was ended by a time "
        "limit or a crashed worker."
    )


def test_a_pruner_is_named_in_words(study):
    spec = study[0].spec | {"search": study[0].spec["search"] | {"pruner": "successive_halving"}}
    assert "5 pruned by the successive halving pruner, " in plain(outcomes(replace(study[0], spec=spec), {}).parts)


def test_the_best_trials_stand_before_the_folded_table_of_all(study):
    heading, best, _, folded = trial_tables(study[0])
    assert isinstance(heading, Heading)
    values = [study[0].trials[int(plain(row.cells[0]))].value for row in best.rows]
    assert values == sorted(values, reverse=True)
    assert (len(values), plain(folded.title), len(_table(study[0]).rows)) == (6, "All trials", 40)


def test_winner_and_default_stand_among_the_best_wherever_they_are(study):
    worst = min((one for one in study[0].trials if one.value is not None), key=lambda one: one.value).number
    for kept, more in ((study[0].best.number, {0}), (worst, {0, worst})):
        chosen = replace(study[0], best=replace(study[0].best, number=kept))
        shown = [int(plain(row.cells[0])) for row in trial_tables(chosen)[1].rows]
        assert set(shown[5:]) == more


def test_trials_are_marked_with_role_and_outcome(study):
    rows = {plain(row.cells[0]): row for row in _table(study[0]).rows}
    assert [rows[at].kind for at in ("24", "7", "1")] == ["winner", "partial", ""]
    outcomes = {at: plain(rows[at].cells[1]) for at in ("0", "24", "7", "22", "3")}
    assert outcomes == {"0": "complete (default)", "24": "complete (winner)", "7": "diverged",
                        "22": "failed, worker died", "3": "pruned"}  # fmt: skip
    assert plain(rows["3"].cells[3]) == "–"


def test_a_network_is_one_column_of_its_used_layers(study):
    table = _table(study[0])
    assert [plain(column.title) for column in table.columns] == [
        *("trial", "outcome", "accuracy", "sd of folds", "epoch"),
        *("hidden layers", "learning rate", "activation", "L2 strength", "dropout"),
    ]
    assert [plain(cell) for cell in table.rows[0].cells[5:]] == ["64", "0.001", "relu", "0.0001", "0"]


def test_a_long_table_has_the_best_hundred_best_first(make_study):
    result, _ = make_study(trials=201)
    values = [result.trials[int(plain(row.cells[0]))].value for row in _table(result).rows]
    assert len(values) == 100
    assert values == sorted(values, reverse=True)
    assert plain(_folded(result).title) == "The best 100 trials"
    assert texts(trial_tables(result))[-1].endswith("trials.csv has all trials.")


def test_dropout_without_hidden_layers_is_shown_as_unused(study):
    result = study[0]
    linear = replace(result.trials[3], params=result.trials[3].params | {"hidden_layers": 0, "dropout": 0.25})
    table = trial_table("Trials", replace(result, trials=(linear,)), [linear])
    shown = dict(zip([plain(column.title) for column in table.columns], map(plain, table.rows[0].cells), strict=True))
    assert (shown["hidden layers"], shown["dropout"], shown["activation"]) == ("none", "–", "–")
    assert shown["learning rate"] != "–"


def test_a_single_trial_is_not_ranked(study):
    single = replace(study[0], trials=study[0].trials[:1])
    assert [type(block) for block in trial_tables(single)] == [Folded]
