"""Every sort of source gives a table, its paths are found, and what is not there is one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments.config.data_options import DataSection
from experiments.data.load import load_table
from experiments.data.readers.builtin import FOLDER_VARIABLE
from experiments.data.table import Table
from experiments.errors import DataError

FRAME = pd.DataFrame({"a": np.linspace(0, 1, 30), "b": ["u", "v", "w"] * 10, "y": ["no", "yes"] * 15})


def load(source: object, **keys: Any) -> Table:
    return load_table(DataSection(source=str(source), **keys), {})


def same(one: Table, other: Table) -> bool:
    features = [pd.DataFrame(table.features) for table in (one, other)]
    return features[0].equals(features[1]) and one.target.tolist() == other.target.tolist() and one.kinds == other.kinds


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    FRAME.to_csv(tmp_path / "my.csv", index=False)
    return tmp_path / "my.csv"


def test_a_table_is_one_in_every_format(tmp_path: Path, csv: Path) -> None:
    FRAME.to_csv(tmp_path / "my.tsv", index=False, sep="\t")
    FRAME.to_parquet(tmp_path / "my.parquet")
    tables = [load(csv.with_suffix(one), target="y") for one in (".csv", ".tsv", ".parquet")]
    assert {table.name for table in tables} == {"my"}
    assert same(tables[0], tables[1])
    assert same(tables[0], tables[2])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_test_file_is_the_test_part(tmp_path: Path, ending: str) -> None:
    for name, part in (("my", FRAME[:20]), ("other", FRAME[20:])):
        path = tmp_path / f"{name}{ending}"
        part.to_csv(path, index=False) if ending == ".csv" else part.to_parquet(path)
    table = load(tmp_path / f"my{ending}", target="y", test=str(tmp_path / f"other{ending}"))
    assert (len(table.target), table.own_test, table.name) == (30, 10, "my")


def test_a_test_npz_stands_for_the_own_one(tmp_path: Path) -> None:
    x, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])
    np.savez(tmp_path / "my.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    np.savez(tmp_path / "other.npz", x=x[:3] + 1, y=y[:3])
    assert load(tmp_path / "my.npz").own_test == 4
    table = load(tmp_path / "my.npz", test=str(tmp_path / "other.npz"))
    assert (len(table.target), table.own_test) == (7, 3)


def test_a_folder_is_of_pictures_or_idx(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / name / "1.png")
    assert load(f"{tmp_path}/").classes == ("a", "b")
    for part, rows in (("train", 3), ("t10k", 2)):
        for kind, shape in (("images-idx3", (rows, 2, 2)), ("labels-idx1", (rows,))):
            dimensions = b"".join(size.to_bytes(4, "big") for size in shape)
            header = bytes((0, 0, 8, len(shape))) + dimensions
            content = header + bytes(range(int(np.prod(shape))))
            (tmp_path / f"{part}-{kind}-ubyte").write_bytes(content)
    table = load(f"{tmp_path}/")
    assert (table.classes, table.target.tolist(), table.own_test) == (("0", "1", "2"), [0, 1, 2, 0, 1], 2)
    with pytest.raises(DataError, match=r"data\.test: .* has IDX files"):
        load(f"{tmp_path}/", test=f"{tmp_path}/")


def test_a_variable_names_mnists_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train-images.*but has neither"):
        load_table(DataSection(source="mnist"), {FOLDER_VARIABLE: str(tmp_path)})


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".npz"])
def test_what_is_not_there_is_one_line(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"my{ending}"
    keys = {} if ending == ".npz" else {"target": "y"}
    with pytest.raises(DataError, match=rf"my\{ending}: No such file or directory\.$"):
        load(path, **keys)
    path.mkdir()
    with pytest.raises(DataError, match=rf"my\{ending}: Is a directory\.$"):
        load(path, **keys)


def test_a_folder_is_written_with_a_slash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers").mkdir()
    with pytest.raises(DataError, match=r"write a folder as './flowers/'"):
        load("flowers")
    with pytest.raises(DataError, match=r"'\./nowhere/' is not a folder; a file ends in"):
        load("./nowhere/")


def test_pandas_and_arrow_wait_for_a_table() -> None:
    program = (
        "import sys; from experiments.data.load import load_table; "
        "from experiments.config.data_options import DataSection; "
        "load_table(DataSection(source='xor'), {}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pandas", "pyarrow", "PIL", "sklearn"} & set(done.stdout.split())
