from __future__ import annotations

from experiments.reports import tables
from experiments.reports.blocks import Code, plain


def test_counts_sum_to_all_trials(study):
    counts = dict(tables.counts(study[0]))
    assert counts == {"complete": 31, "pruned": 5, "diverged": 3, "failed": 1}


def test_configurations_stand_side_by_side(study):
    rows = {plain(row.name): (plain(row.best), plain(row.default)) for row in tables.configurations(study[0])}
    assert rows["network"] == ("83-47 ReLU", "64 ReLU")
    assert rows["units of layer 2"] == ("47", "–")
    assert rows["dropout"] == ("0.203", "0")
    assert rows["epochs of the refit"] == (str(study[0].best.epochs), str(study[0].trials[0].epochs))
    assert "units of layer 3" not in rows


def test_without_a_default_its_column_is_empty(make_study):
    result, _ = make_study(default=None)
    assert {row.default for row in tables.configurations(result)} == {""}
    assert [row.name for row in tables.selection(result)] == ["tuned"]


def test_trials_are_marked_with_role_and_reason(study):
    rows = {int(row.number.text): row for row in tables.trial_table(study[0]).rows}
    assert tuple(plain(rows[at].role) for at in (0, 24, 1)) == ("default", "winner", "")
    assert tuple(plain(rows[at].outcome) for at in (7, 22, 3)) == ("diverged", "failed, worker died", "pruned")
    assert (rows[3].complete, plain(rows[3].deviation)) == (False, "–")


def test_a_network_is_one_column_and_shows_active_layers_only(study):
    table = tables.trial_table(study[0])
    names = ["hidden layers", "learning rate", "activation", "L2 strength", "dropout"]
    assert [plain(name) for name in table.names] == names
    assert [plain(one) for one in table.rows[0].settings] == ["64", "0.001", "relu", "0.0001", "0"]


def test_a_long_table_is_the_best_hundred_best_first(make_study):
    result, _ = make_study(trials=201)
    table = tables.trial_table(result)
    values = [result.trials[int(row.number.text)].value for row in table.rows]
    assert len(values) == 100
    assert values == sorted(values, reverse=True)
    assert "of 201 trials" in plain(table.rest)


def test_fingerprints_are_short_and_whole(study):
    name, fact = tables.fingerprints(study[0])[0]
    assert (name, fact.key, fact.text) == ("data", "data.fingerprint", Code("9f2c" * 16, "9f2c9f2c9f2c…"))
