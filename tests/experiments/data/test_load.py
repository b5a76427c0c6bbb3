"""Every sort of source gives a table, its paths are found, and what is not there is one line."""

from __future__ import annotations

import json
import os
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
from experiments.data.readers.in_memory import given_table
from experiments.data.table import Table
from experiments.errors import DataError

FRAME = pd.DataFrame({"a": np.linspace(0, 1, 30), "b": ["u", "v", "w"] * 10, "y": ["no", "yes"] * 15})


def load(source: object, **keys: Any) -> Table:
    return load_table(DataSection(source=str(source), **keys), {})


def same(one: Table, other: Table) -> bool:
    features = [pd.DataFrame(table.features) for table in (one, other)]
    return features[0].equals(features[1]) and one.target.tolist() == other.target.tolist() and one.kinds == other.kinds


def test_a_table_is_one_in_every_format(tmp_path: Path) -> None:
    frame = FRAME.round(6)  # openpyxl writes 16 digits
    frame.to_csv(tmp_path / "my.csv", index=False)
    frame.to_csv(tmp_path / "my.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "my.parquet")
    frame.to_excel(tmp_path / "my.xlsx", index=False)
    (tmp_path / "my.jsonl").write_text("\n".join(map(json.dumps, frame.to_dict("records"))))
    frame.to_csv(tmp_path / "my.csv.gz", index=False)
    endings = (".csv", ".tsv", ".parquet", ".xlsx", ".jsonl", ".csv.gz")
    tables = [load(tmp_path / f"my{one}", target="y") for one in endings]
    assert {table.name for table in tables} == {"my"}
    assert all(same(tables[0], table) for table in tables[1:])
    assert {table.source_cells().hashes() for table in tables} == {tables[0].source_cells().hashes()}


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_test_file_is_the_test_part(tmp_path: Path, ending: str) -> None:
    for name, part in (("my", FRAME[:20]), ("other", FRAME[20:])):
        path = tmp_path / f"{name}{ending}"
        part.to_csv(path, index=False) if ending == ".csv" else part.to_parquet(path)
    table = load(tmp_path / f"my{ending}", target="y", test=str(tmp_path / f"other{ending}"))
    assert (len(table.target), table.own_test, table.name) == (30, 10, "my")


def test_test_rows_of_the_same_table_are_a_test_file_in_every_format(tmp_path: Path) -> None:
    marked = FRAME.round(6).assign(fold=np.arange(30) % 5)[["a", "fold", "b", "y"]]
    tested = marked["fold"] > 2
    numbers = marked.assign(b=0.5 + np.arange(30), y=marked["y"] == "yes").astype(float)
    parts = {"dev": marked[~tested].drop(columns="fold"), "test": marked[tested].drop(columns="fold"), "all": marked}
    for name, part in parts.items():
        part.to_csv(tmp_path / f"{name}.csv", index=False)
        part.reset_index(drop=True).to_parquet(tmp_path / f"{name}.parquet")
        part.to_excel(tmp_path / f"{name}.xlsx", index=False)
        part.to_json(tmp_path / f"{name}.json", orient="records")
        np.save(tmp_path / f"{name}.npy", numbers.loc[part.index, part.columns])
    for ending, target in ((".csv", "y"), (".parquet", "y"), (".xlsx", "y"), (".json", "y"), (".npy", -1)):
        two = load(tmp_path / f"dev{ending}", target=target, test=str(tmp_path / f"test{ending}"))
        rows = "1=3,4" if ending == ".npy" else "Fold = 3, 4"
        one = load(tmp_path / f"all{ending}", target=target, test_rows=rows)
        assert (same(one, two), one.own_test, len(one.columns)) == (True, 12, 2)
        assert one.source_cells().hashes() == two.source_cells().hashes()
        assert one.positions.tolist() == [*np.flatnonzero(~tested), *np.flatnonzero(tested)]
        assert one.spelled == ({} if ending == ".npy" else {"Fold": "fold"})
        if ending == ".csv":
            given = given_table(marked, DataSection(source="given", target="y", test_rows=rows))
            assert (same(given, two), given.own_test) == (True, 12)


def test_cells_of_marked_rows_are_named_by_their_line(tmp_path: Path) -> None:
    lines = [f"{row / 4},{'no' if row % 2 else 'yes'},{'test' if row % 3 else 'train'}" for row in range(80)]
    lines[4], lines[9] = "soon,yes,test", "later,no,train"
    source = written(tmp_path / "my.csv", "\n".join(["x,y,split", *lines]))
    table = load(source, target="y", test_rows="split=test")
    assert table.reading is not None
    said = [line for line in table.reading.notes if "do not fit" in line]
    assert said == ["cells of the test rows do not fit their column: 'x' ('soon' in line 6; expected numbers such as "
                    "1234.5)"]  # fmt: skip
    assert table.reading.missing == ("later",)
    lines[20] = "5,,test"
    written(Path(source), "\n".join(["x,y,split", *lines]))
    table = load(source, target="y", test_rows="split=test")
    assert table.positions.tolist() == sorted(set(range(80)) - {20}, key=lambda row: (row % 3 > 0, row))
    bare = [f"{line.partition(',')[0]},,test" if line.endswith("test") else line for line in lines]
    with pytest.raises(DataError, match=r"data\.test_rows: no row of .*my\.csv with split=test has the target 'y'"):
        load(written(Path(source), "\n".join(["x,y,split", *bare])), target="y", test_rows="split=test")


def written(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_text(text, encoding=encoding)
    return str(path)


ROWS = "".join(f"{row % 7};{'rgb'[row % 3]};{'no' if row % 2 else 'yes'}\n" for row in range(40))


def test_what_the_file_says_about_itself_is_said_and_kept(tmp_path: Path) -> None:
    source = written(tmp_path / "my.csv", "Ventes 2024\n\na;région;y\n" + ROWS + "Total;;\n", "cp1252")
    table = load(source, target="y")
    assert table.reading is not None
    assert table.reading.notes == (
        "separated by semicolons",
        "read as cp1252; --set data.encoding=NAME reads it otherwise",
        "1 line above the table left out ('Ventes 2024'); --set data.skip=0 reads from line 1",
        "1 row below the table left out ('Total')",
    )
    keys = {key: table.reading.keys[key] for key in ("separator", "encoding", "skip")}
    assert keys == {"separator": ";", "encoding": "cp1252", "skip": 2}
    again = load(source, target="y", **keys)
    assert again.reading is not None
    assert (again.reading.notes, same(table, again)) == (("1 row below the table left out ('Total')",), True)
    with pytest.raises(
        DataError, match=r"must be read as it stands, but read as cp1252; .*'Total'\); correct the file"
    ):
        load(source, target="y", strict=True)
    plain = written(tmp_path / "plain.csv", "a;c;y\n" + ROWS)
    assert load(plain, target="y", strict=True).columns == ("a", "c")  # a separator is no liberty


def test_a_test_file_has_its_own_layout(tmp_path: Path) -> None:
    source = written(tmp_path / "my.csv", "a;c;y\n" + ROWS)
    for text, both in [
        ("a;c;y\n" + ROWS, {"separator": ";"}),
        (("a;c;y\n" + ROWS).replace(";", ","), {}),
        ("A title\na;c;y\n" + ROWS, {"separator": ";"}),
    ]:
        table = load(source, target="y", test=written(tmp_path / "other.csv", text))
        assert table.reading is not None
        assert (table.own_test, len(table.target)) == (40, 80)
        assert {key: table.reading.keys[key] for key in ("separator", "skip") if key in table.reading.keys} == both
        again = load(source, target="y", test=str(tmp_path / "other.csv"), **both)
        assert same(table, again)
    assert "of the test file: 1 line above the table left out ('A title')" in table.reading.notes[1]


def test_the_classes_of_a_test_file_may_end_in_a_dot(tmp_path: Path) -> None:
    rows = ROWS.replace(";", ", ")
    source = written(tmp_path / "my.data", rows)
    test = written(tmp_path / "my.test", "|1x3 Cross validator\n" + rows.replace("\n", ".\n"))
    table = load(source, target=-1, test=test)
    assert table.reading is not None
    assert set(table.target) == {"yes", "no"}
    assert table.target[:40].tolist() == table.target[40:].tolist()
    said = " ".join(table.reading.notes)
    assert "of the test file: 1 line above the table left out ('|1x3 Cross validator')" in said
    assert "the classes of the test rows read without the dot at their end, as 'no'" in said


def test_a_name_that_two_columns_have_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"{row % 7},{row % 2},{row % 3}\n" for row in range(40))
    source = written(tmp_path / "my.csv", "a,y,y\n" + rows)
    for key, name in (("target", "y"), ("target", "Y"), ("groups", "y")):
        with pytest.raises(
            DataError, match=rf"data\.{key}: .*my\.csv has several columns named '{name}', with different"
        ):
            load(source, **{"target": "a", key: name})
    assert load(source, target=-1).columns == ("a", "y")
    assert load(source, target="a").columns == ("y", "y.1")


def test_one_column_asks_for_the_separator(tmp_path: Path) -> None:
    source = written(tmp_path / "my.csv", ("a;c;y\n" + ROWS).replace(";", "^"))
    with pytest.raises(DataError, match=r"needs two columns, but only 'a\^c\^y' was found; .* data\.separator"):
        load(source, target="y")
    assert load(source, target="y", separator="^").columns == ("a", "c")


def test_another_format_is_refused_with_those_that_are_read(tmp_path: Path) -> None:
    for name in ("./my.pkl", "nowhere/my.h5"):
        with pytest.raises(
            DataError, match=r"there is no folder .*; a file must end in \.csv, .* \.parquet, \.npz or the like"
        ):
            load(name)


def test_a_file_of_another_format_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "my.h5").touch()
    with pytest.raises(DataError, match=r"my\.h5' is not a folder; a file must end in"):
        load(tmp_path / "my.h5")


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
    with pytest.raises(
        DataError,
        match=rf"my\{ending}: No such file or directory; if it has moved, --set data\.source=PATH says where it is\.$",
    ):
        load(path, **keys)
    path.mkdir()
    with pytest.raises(DataError, match=rf"my\{ending}: Is a directory\.$"):
        load(path, **keys)


def test_the_file_that_was_meant_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers").mkdir()
    Path("patients.csv").touch()
    with pytest.raises(DataError, match=r"^patient\.csv: No such file .*\(did you mean patients\.csv\?\)\.$"):
        load("patient.csv", target="y")
    with pytest.raises(DataError, match=r"but got 'flower' \(did you mean flowers\?\)\.$"):
        load("flower")


def test_a_folder_is_written_with_a_slash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers").mkdir()
    with pytest.raises(DataError, match=r"write a folder as './flowers/'"):
        load("flowers")
    with pytest.raises(DataError, match=r"there is no folder '\./nowhere/'; a file must end in"):
        load("./nowhere/")


def test_pandas_and_arrow_wait_for_a_table() -> None:
    program = (
        "import sys; from experiments.data.load import load_table; "
        "from experiments.config.data_options import DataSection; "
        "load_table(DataSection(source='xor'), {}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pandas", "pyarrow", "PIL", "sklearn"} & set(done.stdout.split())


def test_a_pipe_and_a_device_are_refused_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for name in ("pipe.csv", "zero.csv"):
        with pytest.raises(DataError, match=rf"{name}: it must be a regular file\.$"):
            load_table(DataSection(source=str(tmp_path / name), target="y"), {})


def test_lines_that_stand_in_quotes_as_a_whole_are_refused_with_what_takes_them_off(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_text('"a,b,y"\r\n"1,""x"",p"\r\n"2,z,q"\r\n', newline="")
    with pytest.raises(
        DataError, match="only 'a,b,y' was found; each of its lines stands in quotes as a whole"
    ) as refused:
        load_table(DataSection(source=str(path), target="y"), {})
    command = str(refused.value).split("as a whole; ")[1].removesuffix(" takes them off.").removesuffix(" > plain.csv")
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout == 'a,b,y\n1,"x",p\n2,z,q\n'
