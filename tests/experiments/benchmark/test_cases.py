from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.benchmark.cases import ROWS, data_of, load, save


def test_a_row_comes_out_of_its_file_as_it_went_in(tmp_path: Path) -> None:
    row = ROWS["digits"]
    data = data_of(row)
    save(tmp_path / "digits", row, data)
    same, read = load(tmp_path / "digits")
    assert same == row
    assert (read.x.dtype, read.y.dtype, len(read.folds)) == (data.x.dtype, data.y.dtype, 5)
    pairs = [(read.x, data.x), (read.y, data.y), *zip(read.folds, data.folds, strict=True)]
    assert all(np.array_equal(one, other) for one, other in pairs)
