"""The development rows of a table, before its features are read: how columns are read follows from these alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.config.data_options import DataSection
from experiments.data.copies import with_copies
from experiments.data.outer_folds import split_off
from experiments.data.spellings import with_one_spelling
from experiments.data.subset import subset
from experiments.data.table import Table
from experiments.data.target_type import labelled
from experiments.errors import DataError
from nnet.arrays import Rows


def development_rows(table: Table, data: DataSection) -> Rows:
    """Return the rows that the study's own split gives to the search, in the order of the file.

    Where the split is impossible, these are all rows; the study itself then says what is wrong.
    """
    light = replace(table.without_features(), numbers=None)
    try:
        rows = labelled(with_one_spelling(light)[0], data.task)
        if data.rows is not None:
            rows = subset(rows, data.rows, data.split_seed)
        rows = replace(rows, table=with_copies(rows.table, data.copies)[0])
        development, _ = split_off(rows, data)
    except DataError:
        return np.arange(len(table.target))
    return np.sort(development.table.positions)
