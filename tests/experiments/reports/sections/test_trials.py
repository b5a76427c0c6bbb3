from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.reports.blocks import Facts, Table, plain
from experiments.reports.sections.trials import trial_table, trials
from support.sections import texts

pytestmark = pytest.mark.slow


def _table(result):
    return next(block for block in trials(result).blocks if isinstance(block, Table))


def test_counts_sum_to_all_trials(study):
    assert texts(trials(study[0]).blocks)[0] == "31 complete, 5 pruned, 3 diverged, 1 failed."


def test_diverged_and_failed_trials_are_listed(study, make_study):
    def listed(result):
        return next(block for block in trials(result).blocks if isinstance(block, Facts)).rows

    facts = {plain(name): plain(fact) for name, fact in listed(study[0])}
    assert facts["trial 22"] == "failed, worker died after 0 epochs"
    assert facts["trial 7"] == "diverged after 1 epoch"
    assert "Ended by a time limit or a crashed worker: trial 22 (worker died)." in texts(trials(study[0]).blocks)
    many = listed(make_study(trials=500)[0])
    assert len(many) == 31
    assert [plain(cell) for cell in many[-1]] == ["and", "19 more, in trials.csv"]


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
    assert "The best 100 of 201 trials; trials.csv has them all." in texts(trials(result).blocks)[-1]


def test_dropout_without_hidden_layers_is_shown_as_unused(study):
    result = study[0]
    linear = replace(result.trials[3], params=result.trials[3].params | {"hidden_layers": 0, "dropout": 0.25})
    table = trial_table("Trials", replace(result, trials=(linear,)), [linear])
    shown = dict(zip([plain(column.title) for column in table.columns], map(plain, table.rows[0].cells), strict=True))
    assert (shown["hidden layers"], shown["dropout"], shown["activation"]) == ("none", "–", "–")
    assert shown["learning rate"] != "–"


def test_a_single_trial_has_no_order(study):
    single = replace(study[0], trials=study[0].trials[:1])
    assert texts(trials(single).blocks)[-1].startswith("1 trial, and no other. The epoch is that of the score.")
