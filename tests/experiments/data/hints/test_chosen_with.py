"""Test rows are counted that another study learnt from, by their cells in the source or as they are read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.config.data_options import DataSection
from experiments.data.hints.chosen_with import TOO_GOOD, chosen_with, learnt_hashes
from experiments.data.identity.cells import SourceCells
from experiments.data.splits.copies import with_equal_rows
from experiments.data.splits.development_rows import understood
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.splits.split import DevelopmentSet, split
from experiments.data.table import Table
from support.tables import mixed_table


def divided(table: Table, seed: int) -> tuple[DevelopmentSet, SealedTestSet]:
    return split(understood(with_equal_rows(table), DataSection(source="my.csv", target="y"))[0], 0.25, seed)


def shared(table: Table, seed: int, other: Table, other_seed: int) -> int:
    """The rows of one study's test set that another one learnt from, counted by their positions."""
    positions = [rows.table.positions for rows in (divided(table, seed)[0], divided(other, other_seed)[0])]
    return len(set(np.setdiff1d(table.positions, positions[0])) & set(positions[1].tolist()))


def test_rows_of_another_split_are_counted() -> None:
    table = mixed_table(200)
    development, test = divided(table, 0)
    assert chosen_with(test.known_by, learnt_hashes(table, development), ["old"]) is None
    development, _ = divided(table, 1)
    known = shared(table, 0, table, 1)
    assert 30 < known < 50
    assert chosen_with(test.known_by, learnt_hashes(table, development), ["new", "old"]) == (
        f"{known} of the 50 test rows are equal to rows that the studies new and old learnt from: the default was "
        f"chosen with them, so {TOO_GOOD}"
    )


def test_a_row_is_known_by_its_cells_though_other_columns_are_read_and_as_read_though_it_has_other_cells() -> None:
    table = mixed_table(200)
    cells = SourceCells.of(table.features, table.target)
    of_file = replace(table, cells=cells)
    fewer = replace(of_file, features=table.features[["age"]], kinds=("number",), columns=("age",))  # type: ignore[index]
    more = replace(table, cells=SourceCells.of(table.features, table.target, np.arange(200)))
    _, test = divided(of_file, 0)
    for other in (fewer, more):
        said = chosen_with(test.known_by, learnt_hashes(other, divided(other, 1)[0]), ["old"])
        assert str(said).startswith(f"{shared(table, 0, table, 1)} of the 50 test rows are equal")


def test_one_row_and_rows_that_are_not_known() -> None:
    table = mixed_table(200)
    _, test = divided(table, 0)
    hashes = test.known_by
    said = "1 of the 50 test rows is equal to a row that the study old learnt from: the default was chosen with it, so"
    assert chosen_with(hashes, {hashes.read[7]}, ["old"]) == f"{said} {TOO_GOOD}"
    assert chosen_with(hashes, {hashes.cells[7]}, ["old"]) == f"{said} {TOO_GOOD}"
    unknown = str(chosen_with(hashes, None, ["old"]))
    assert unknown.startswith("the default was chosen by the study old, and it is not known which rows were learnt")
    assert unknown.endswith(TOO_GOOD)
