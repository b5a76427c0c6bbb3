from __future__ import annotations

import csv
import io
from dataclasses import replace

from experiments.reports.trials_csv import FIXED, trained_epochs, trials_csv


def _rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_every_trial_is_there_exactly(study):
    result, trials = study
    rows = _rows(trials_csv(result, trials))
    assert [int(row["number"]) for row in rows] == list(range(40))
    for row, record, trial in zip(rows, result.trials, trials, strict=True):
        assert row["trained"] == str(max(trial.curves.epochs, default=0))
        assert (row["state"], row["reason"], int(row["epochs"])) == (record.state, record.reason, record.epochs)
        assert (float(row["value"]) if row["value"] else None) == record.value
        assert (float(row["last"]) if row["last"] else None) == record.last
        assert (float(row["cv_std"]) if row["cv_std"] else None) == trial.cv_std
        assert float(row["learning_rate"]) == record.params["learning_rate"]
        assert int(row["hidden_units_3"]) == record.params["hidden_units_3"]
        assert tuple(float(row[f"fold_{fold}"]) for fold in range(len(record.fold_scores))) == record.fold_scores


def test_columns_stand_in_order_and_hold_no_times(study):
    text = trials_csv(*study)
    assert text.count("\n") == len(text.splitlines()) == 41
    header = text.splitlines()[0].split(",")
    assert tuple(header[:8]) == FIXED
    assert header[8:] == ["learning_rate", "hidden_layers", "hidden_units_1", "hidden_units_2", "hidden_units_3",
                          "activation", "l2", "dropout", "fold_0", "fold_1", "fold_2", "fold_3", "fold_4"]  # fmt: skip


def test_a_parameter_with_the_name_of_a_column_is_kept_apart(make_study):
    result, results = make_study(trials=2)
    trials = tuple(replace(trial, params={"epochs": 7, "fold_0": "x,y"}) for trial in result.trials)
    row = _rows(trials_csv(replace(result, trials=trials), results))[0]
    assert (row["param_epochs"], row["param_fold_0"]) == ("7", "x,y")
    assert row["epochs"] == str(trials[0].epochs)


def test_the_order_in_which_parameters_were_stored_does_not_matter(study):
    result, results = study
    turned = tuple(replace(trial, params=dict(reversed(trial.params.items()))) for trial in reversed(result.trials))
    assert trials_csv(replace(result, trials=turned), results) == trials_csv(result, results)


def test_what_was_trained_is_empty_where_it_is_not_known(study):
    rows = _rows(trials_csv(study[0], study[1][:3]))
    assert [row["trained"] for row in rows[:4]] == ["60", *(str(len(one.curves.epochs)) for one in study[1][1:3]), ""]


def test_each_trial_has_its_last_scored_epoch(study):
    result, trials = study
    trained = trained_epochs(trials)
    assert len(trained) == 40
    assert (trained[0], trained[3], trained[22]) == (60, result.trials[3].epochs, 0)
