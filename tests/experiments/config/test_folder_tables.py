"""A folder of tables is no data, but one of its files is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.config.default_study import own_study
from experiments.config.folder_tables import named_table
from experiments.errors import SpecError


def test_the_first_table_is_named(tmp_path: Path) -> None:
    assert named_table(tmp_path) == named_table(tmp_path / "none") == named_table("a\0b") == ""
    for name in ("README.md", "z.xlsx", "rating.csv", "picture.png"):
        (tmp_path / name).touch()
    (tmp_path / "a.csv").mkdir()
    assert named_table(tmp_path) == f"a folder is read as pictures; name one file, such as {tmp_path}/rating.csv"
    for name in ("train.csv", "._train.csv"):  # the second is macOS's
        (tmp_path / name).touch()
    assert named_table(tmp_path).endswith("/train.csv")


@pytest.mark.slow
def test_arrays_in_several_files_are_joined_by_the_line_that_is_advised(tmp_path: Path) -> None:
    for name, array in (("X_train", np.eye(3)), ("y_train", np.arange(3))):
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / "README.txt").touch()
    advice = named_table(tmp_path)
    code = advice[advice.index('"') + 1 : advice.rindex('"')]
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    with np.load(tmp_path / "all.npz") as joined:
        assert {name: joined[name].tolist() for name in joined} == {
            "X_train": np.eye(3).tolist(),
            "y_train": [0, 1, 2],
        }


def test_a_role_of_a_column_in_a_folder_names_a_table(tmp_path: Path) -> None:
    (tmp_path / "rating.csv").touch()
    with pytest.raises(SpecError) as caught:
        own_study(str(tmp_path), "price", keys={"drop": ["id"]})
    assert str(caught.value) == (
        f"data: drop cannot be set for source '{tmp_path}/'; a folder is read as pictures; name one "
        f"file, such as {tmp_path}/rating.csv."
    )
    (tmp_path / "rating.csv").unlink()
    with pytest.raises(SpecError, match=r"drop cannot be set for source '.*/'; remove it\.$"):
        own_study(str(tmp_path), "price", keys={"drop": ["id"]})
