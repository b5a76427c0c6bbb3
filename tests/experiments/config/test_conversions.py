"""What is advised for a file that is not read makes one that is."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from experiments.config.conversions import conversion, sparse_conversion

X, Y = np.arange(12.0).reshape(6, 2) + 1, np.array([0.0, 1, 0, 1, 0, 1])
FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": ["n", "y"] * 3})
SPARSE = "".join(f"{int(y)} 1:{a} 2:{b}\n" for (a, b), y in zip(X, Y, strict=True))
ARFF = "@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute y {n,y}\n@data\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("ending", "write"),
    [
        (".feather", FRAME.to_feather),
        (".dta", lambda path: FRAME.to_stata(path, write_index=False)),
        (".arff", lambda path: path.write_text(ARFF + FRAME.to_csv(header=False, index=False))),
        (".mat", lambda path: savemat(path, {"X": X, "y": Y})),
        (".dat", lambda path: path.write_text(SPARSE)),
    ],
)
def test_the_command_that_is_advised_makes_a_file_that_is_read(
    ending: str, write: Callable[[Path], object], tmp_path: Path
) -> None:
    write(path := tmp_path / f"my file's{ending}")
    advice = sparse_conversion(str(path)) if ending == ".dat" else conversion(str(path))
    command = shlex.split(advice.partition("python -c ")[2])
    assert len(command) == 1
    subprocess.run([sys.executable, "-c", *command], check=True)
    (made,) = set(tmp_path.iterdir()) - {path}
    if made.suffix == ".npz":
        with np.load(made) as arrays:
            assert (arrays["X"].tolist(), arrays["y"].ravel().tolist()) == (X.tolist(), Y.tolist())
    else:
        pd.testing.assert_frame_equal(pd.read_csv(made) if made.suffix == ".csv" else pd.read_parquet(made), FRAME)


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("a/b.sqlite", "make it .csv by sqlite3 -header -csv a/b.sqlite 'select * from NAME' > a/b.csv"),
        ("b.RData", 'make it .csv in R by load("b.RData"); write.csv(NAME, "b.csv", row.names = FALSE)'),
        ("b.rds", 'make it .csv in R by write.csv(readRDS("b.rds"), "b.csv", row.names = FALSE)'),
        ("a/b.h5", "save its arrays, as in numpy.savez('b.npz', X=..., y=...), or a table as .csv"),
        ("b.csv.bz2", "unpack it"),
        ("b.numbers", "save it as .xlsx"),
        ("b", ""),
        ("", ""),
    ],
)
def test_other_formats_have_other_advice(source: str, advice: str) -> None:
    assert conversion(source) == advice


def test_sparse_rows_have_one_advice_whatever_tells_them() -> None:
    assert conversion("a/b.svm") == sparse_conversion("a/b.svm")


def test_spss_needs_a_package() -> None:
    assert conversion("b.sav").startswith("pip install pyreadstat and make it .parquet by python -c ")
