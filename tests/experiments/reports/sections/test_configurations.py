from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.analysis_record import FinalRecord
from experiments.reports.blocks import Table, plain
from experiments.reports.sections.configurations import configurations


def _table(result):
    return next(block for block in configurations(result).blocks if isinstance(block, Table))


def test_configurations_stand_side_by_side(study):
    result = study[0]
    rows = {plain(row.cells[0]): tuple(map(plain, row.cells[1:])) for row in _table(result).rows}
    assert rows["network"] == ("83-47 ReLU", "64 ReLU")
    assert rows["dropout"] == ("0.203", "0")
    assert rows["epochs of the refit"] == (str(result.best.epochs), str(result.trials[0].epochs))
    assert not [name for name in rows if name.startswith("units of layer") or name == "activation"]  # said by network


def test_without_a_default_there_is_no_column_of_it(study):
    table = _table(replace(study[0], default=None))
    assert [plain(column.title) for column in table.columns] == ["", "tuned"]
    assert {len(row.cells) for row in table.rows} == {2}


def test_the_only_trial_is_the_default_in_a_single_column(study):
    table = _table(replace(study[0], trials=study[0].trials[:1]))
    assert [plain(column.title) for column in table.columns] == ["", "default"]
    assert {len(row.cells) for row in table.rows} == {2}


def test_the_final_models_have_their_own_epochs_and_networks(study):
    def rows(final):
        return {
            plain(row.cells[0]): tuple(map(plain, row.cells[1:])) for row in _table(replace(study[0], final=final)).rows
        }

    several = rows(FinalRecord(members=5, epochs=108, default_epochs=60))
    assert several["epochs of the refit"] == ("108", "60")
    assert several["networks, whose mean is the model"] == ("5", "5")
    assert "networks, whose mean is the model" not in rows(FinalRecord(members=1, epochs=108, default_epochs=60))


def test_a_smallest_network_is_the_chosen_configuration(full):
    kept = replace(full[0], spec=full[0].spec | {"final": {"choice": "smallest"}})
    assert (configurations(full[0]).title, configurations(kept).title) == ("Best configuration", "Chosen configuration")
