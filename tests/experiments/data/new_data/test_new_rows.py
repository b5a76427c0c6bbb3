"""Columns by name and type, cells with their place, and nothing else than what the model takes."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.config.formats import GIVEN
from experiments.data.new_data.cell_notes import CellNotes
from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import Inputs, RowFormat
from experiments.data.readers.in_memory import given_table
from experiments.data.table import Kind
from experiments.errors import DataError
from support.pictures import grey, save
from support.tables import mixed_frame

INPUTS: Inputs = [("age", "number"), ("city", "category"), ("height", "number"), ("colour", "category")]
POSITIONS: Inputs = [("0", "number"), ("1", "number")]
FRAME = mixed_frame(25)


def everything(path: Path, inputs: Inputs = INPUTS, rows: int = 10) -> pd.DataFrame:
    chunks = list(read_rows(path, RowFormat(inputs), rows).chunks)
    assert all(len(chunk) == rows for chunk in chunks[:-1])
    return pd.concat(chunks)


def write(frame: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("name", ["new.csv", "new.tsv", "new.parquet"])
def test_columns_come_in_the_models_order_whatever_the_files(tmp_path: Path, name: str) -> None:
    frame = FRAME[["colour", "age", "city", "height"]].assign(extra=1)
    path = write(frame, tmp_path / name)
    found = everything(path)
    assert read_rows(path, RowFormat(INPUTS), 10).ignored == ("extra",)
    assert list(found.columns) == [name for name, _ in INPUTS]
    assert len(found) == len(FRAME)
    for column, kind in INPUTS:
        ours, theirs = found[column], FRAME[column]
        assert (ours.isna().to_numpy() == theirs.isna().to_numpy()).all()
        if kind == "number":
            np.testing.assert_array_equal(ours, theirs)
        else:
            assert ours.dropna().tolist() == theirs.dropna().tolist()


@pytest.mark.parametrize("name", ["new.csv", "new.parquet"])
def test_columns_that_are_kept_name_the_rows(tmp_path: Path, name: str) -> None:
    order = [f"{row:04}" for row in range(25)]
    path = write(FRAME.assign(order=order, note="x"), tmp_path / name)
    form = RowFormat(INPUTS, identifiers=("note",))
    found = read_rows(path, form, 10, keep=["order", "colour", "Order", "note"])
    rows = pd.concat(list(found.chunks))
    assert rows.index.names == ["note", "order", "colour"]
    assert rows.index.get_level_values("order").tolist() == order
    assert rows.index.get_level_values("colour").tolist() == FRAME["colour"].tolist()
    assert found.ignored == ()
    with pytest.raises(
        DataError, match=r"--keep: .*new\.\w+ lacks 'ordre', 'x' \(did you mean order\?\); it has 'age', "
    ):
        read_rows(path, form, 10, keep=["order", "ordre", "x"])


def test_pictures_and_arrays_have_nothing_to_keep(tmp_path: Path) -> None:
    np.save(tmp_path / "new.npy", np.zeros((3, 2)))
    save(tmp_path / "a.png", grey(2, 3))
    for path in (tmp_path, tmp_path / "new.npy", tmp_path / "a.png"):
        with pytest.raises(DataError, match=r"^--keep: .* has no columns with names to keep; leave it out\.$"):
            read_rows(path, RowFormat(POSITIONS, picture=(2, 3)), 10, keep=["0"])


@pytest.mark.parametrize("name", ["new.xlsx", "new.jsonl", "new.json", "new.csv.gz", "new.csv.zip", "new.txt"])
def test_new_rows_may_be_in_any_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".xlsx":
        FRAME.to_excel(path, index=False)
    elif "json" in path.suffix:
        FRAME.to_json(path, orient="records", lines=path.suffix == ".jsonl", double_precision=15)
    else:
        FRAME.to_csv(path, index=False)
    write(FRAME, tmp_path / "new.csv")
    pd.testing.assert_frame_equal(everything(path), everything(tmp_path / "new.csv"))


def test_how_new_rows_were_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_bytes("Côte\n\nage;city;height;colour\n1;Côte;2;red\n".encode("cp1252"))
    rows = read_rows(tmp_path / "new.csv", RowFormat(INPUTS), 10)
    assert next(rows.chunks).to_numpy().tolist() == [[1.0, "Côte", 2.0, "red"]]
    assert [note.partition(";")[0] for note in rows.notes] == [
        "separated by semicolons",
        "read as cp1252",
        "1 line above the table left out ('Côte')",
    ]


def test_semicolons_marks_and_quotes_are_understood(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_bytes('\ufeffage;city;height;colour\n 1.5 ;"a;b";-2e3; red\n'.encode())
    assert everything(tmp_path / "new.csv").to_numpy().tolist() == [[1.5, "a;b", -2000.0, "red"]]


def test_a_category_has_one_text_in_every_sort_of_file(tmp_path: Path) -> None:
    """Whole numbers with a hole, and truth values, are written alike by all."""
    frame = pd.DataFrame({"code": pd.array([1, 2, None, 3], "Int64"), "member": [True, False, True, True]})
    inputs: Inputs = [("code", "category"), ("member", "category")]
    for name in ("new.csv", "new.parquet"):
        found = everything(write(frame, tmp_path / name), inputs, rows=2)
        assert found["code"].fillna("-").tolist() == ["1", "2", "-", "3"]
        assert found["member"].tolist() == ["True", "False", "True", "True"]


def test_a_cell_that_does_not_fit_its_column_is_missing_and_counted(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("0\n" + "1\n" * 12 + "x\n-\n1e999\n\n")
    rows = read_rows(tmp_path / "new.csv", RowFormat(POSITIONS[:1]), 5)
    found = pd.concat(rows.chunks, ignore_index=True)["0"]
    assert (found[:12].tolist(), found[12:].isna().all()) == ([1.0] * 12, True)
    assert rows.cells.unread.count == 3


def test_a_note_names_the_columns_of_cells_that_do_not_fit(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("0,1\n1,old\nx,2\n3,4\ny,\n")
    rows = read_rows(tmp_path / "new.csv", RowFormat(POSITIONS), 3)
    assert len(list(rows.chunks)) == 2
    assert rows.cells.lines() == [
        "3 cells taken for missing, as they do not fit the column: '0' (2 cells, first 'x' in line 3; expected numbers "
        "such as 1234.5), '1' ('old' in line 2; expected numbers such as 1234.5)"
    ]


def test_a_column_none_of_whose_cells_fits_is_refused_before_the_last_chunk(tmp_path: Path) -> None:
    form = RowFormat([("when", "date"), ("x", "number")], formats={"when": "%m/%d/%Y"})
    lines = ["Whitsun,1", ",2", "Easter,3"]
    (tmp_path / "new.csv").write_text("\n".join(["when,x", *lines]))
    chunks = read_rows(tmp_path / "new.csv", form, 2).chunks
    next(chunks)
    message = (
        r"new\.csv: column 'when' must hold dates written as %m/%d/%Y, but none of its 2 cells fits: 'Whitsun' in "
        r"line 2; write them so, or leave a cell empty if it is missing\.$"
    )
    with pytest.raises(DataError, match=message):
        next(chunks)
    for fits in (["01/30/2026,1", ",2", *lines], [*lines, "01/30/2026,unknown"]):  # in the first chunk, in the last
        (tmp_path / "new.csv").write_text("\n".join(["when,x", *fits]))
        assert len(pd.concat(read_rows(tmp_path / "new.csv", form, 2).chunks)) == len(fits)
    (tmp_path / "new.csv").write_text("when,x\n,unknown\n,1e999\n")
    assert pd.concat(read_rows(tmp_path / "new.csv", form, 2).chunks).isna().all(axis=None)


def of_pandas(values: list[Any]) -> list[pd.Series]:
    return [pd.Series(values), pd.Series(values, dtype=object)]


PERIODS = pd.period_range("2026-01", periods=3, freq="M")
TIMES = [datetime.time(12, 30), datetime.time(1), None]


@pytest.mark.parametrize(
    ("columns", "kind", "form", "expected"),
    [
        (of_pandas(list(PERIODS)), "date", "%Y-%m", [20454, 20485, 20513]),
        (of_pandas(TIMES), "date", "", [12.5 / 24, 1 / 24, np.nan]),
        (of_pandas([datetime.date(1970, 1, 2), datetime.date(1970, 1, 1)]), "date", "%d.%m.%Y", [1, 0]),
        (of_pandas([datetime.timedelta(days=1), datetime.timedelta(hours=6)]), "number", "", [1, 0.25]),
        (of_pandas([True, False, None]), "number", "", [1, 0, np.nan]),
        ([pd.Series([True, False], dtype="bool[pyarrow]")], "number", "", [1, 0]),
        ([pd.Series(pd.arrays.SparseArray([0.0, 1.5, np.nan]))], "number", "", [0, 1.5, np.nan]),
        ([pd.Series(pd.arrays.SparseArray([True, False]))], "number", "", [1, 0]),
    ],
)
def test_a_column_of_any_type_of_pandas_is_read_as_in_training(
    columns: list[pd.Series], kind: Kind, form: str, expected: list[float]
) -> None:
    for column in columns:
        rows = RowFormat([("x", kind)], formats={"x": form} if form else {})
        cells = CellNotes(rows)
        (chunk,) = frame_rows(column.to_frame("x"), rows, 5, cells)
        np.testing.assert_allclose(chunk["x"], expected)
        assert cells.unread.count == 0


@pytest.mark.parametrize("column", [*of_pandas(TIMES), *of_pandas(list(PERIODS))])
def test_categories_of_times_are_those_of_training(column: pd.Series) -> None:
    frame = pd.DataFrame({"x": [*column] * 10, "z": np.arange(30) % 7, "y": [0, 1] * 15})
    table = given_table(frame, DataSection(source=GIVEN, target="y", categories=("x",)))
    (chunk,) = frame_rows(frame, RowFormat([("x", "category")]), 30)
    assert chunk["x"].dropna().tolist() == pd.DataFrame(table.features)["x"].dropna().tolist()
    assert len(chunk["x"].dropna()) == 10 * column.notna().sum()


def test_a_frame_without_the_columns_is_told_of_its_own() -> None:
    for names, form, said in (
        (["a", "b"], POSITIONS, r"lacks '0', '1'; it has 'a', 'b'; pass an array \(rows, features\), or name the "),
        (["0", "b"], POSITIONS, r"lacks '1'; it has '0', 'b'\.$"),
        (["a", "b"], INPUTS, r"lacks 'age', 'city', 'height', 'colour'; it has 'a', 'b'\.$"),
        ([], POSITIONS, "it has no column; pass an array"),
    ):
        with pytest.raises(DataError, match=said):
            frame_rows(pd.DataFrame(columns=names, index=range(2)), RowFormat(form), 2)


def test_words_that_were_present_in_training_are_present(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": ["None", "brick", "nan"]})
    frame.to_csv(tmp_path / "new.csv", index=False)
    (read,) = read_rows(tmp_path / "new.csv", RowFormat([("kind", "category")], ["None"]), 3).chunks
    (given,) = frame_rows(frame, RowFormat([("kind", "category")], ["None"]), 3)
    for found in (read, given):
        assert found["kind"].fillna("-").tolist() == ["None", "brick", "-"]


def test_arrays_are_taken_by_position(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "new.npz", X=np.arange(8).reshape(4, 2))
    assert everything(tmp_path / "new.npz", POSITIONS, 3).to_numpy().tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_an_array_alone_is_taken_by_position(tmp_path: Path) -> None:
    np.save(tmp_path / "new.npy", np.arange(12).reshape(4, 3))
    assert everything(tmp_path / "new.npy", POSITIONS, 3).to_numpy().tolist() == [[0, 1], [3, 4], [6, 7], [9, 10]]
    assert read_rows(tmp_path / "new.npy", RowFormat(POSITIONS), 3).ignored == ("2",)
    np.savez(tmp_path / "new.npz", anything=np.arange(8).reshape(4, 2))
    assert everything(tmp_path / "new.npz", POSITIONS, 3).to_numpy()[-1].tolist() == [6, 7]
    np.savez(tmp_path / "new.npz", X_train=np.ones((3, 2)), X_test=np.arange(8).reshape(4, 2))
    assert read_rows(tmp_path / "new.npz", RowFormat(POSITIONS), 3).notes == ("X_test is predicted, not X_train",)
    with pytest.raises(DataError, match="the model needs columns with names, which arrays lack"):
        everything(tmp_path / "new.npy", INPUTS)


def test_pictures_are_rows_of_a_model_of_pictures(tmp_path: Path) -> None:
    pixels = grey()
    inputs: Inputs = [(str(at), "pixel") for at in range(24)]
    save(tmp_path / "in" / "x.png", pixels)
    np.savez(tmp_path / "new.npz", X=pixels[None])
    np.save(tmp_path / "new.npy", pixels[None])
    for path in ("in", "in/x.png", "new.npz", "new.npy"):
        rows = read_rows(tmp_path / path, RowFormat(inputs, picture=(4, 6)), 9)
        (chunk,) = rows.chunks
        assert (chunk.to_numpy().tolist(), list(chunk.columns)) == (
            [pixels.ravel().tolist()],
            [name for name, _ in inputs],
        )
        assert chunk.index.name == ("file" if path.startswith("in") else None)
        assert (rows.ignored, rows.notes, rows.unreadable) == ((), (), {})


def test_pictures_are_no_rows_of_another_model(tmp_path: Path) -> None:
    save(tmp_path / "x.png", grey())
    with pytest.raises(DataError, match=r"is a folder, but the model did not learn from pictures; .* of 'age', 'city'"):
        read_rows(tmp_path, RowFormat(INPUTS), 9)
    with pytest.raises(DataError, match=r"x\.png: is a picture, but the model does not know the size of its pictures"):
        read_rows(tmp_path / "x.png", RowFormat([("0", "pixel")]), 9)
    with pytest.raises(DataError, match=r"y\.png: cannot be read: No such file"):
        read_rows(tmp_path / "y.png", RowFormat([("0", "pixel")], picture=(1, 1)), 9)
    with pytest.raises(DataError, match=r"xs\.png: cannot be read: No such file .*did you mean .*x\.png\?\)"):
        read_rows(tmp_path / "xs.png", RowFormat([("0", "pixel")], picture=(1, 1)), 9)
    with pytest.raises(DataError, match=r"x\.h5: must end in \.csv, .*, or in / for a folder"):
        read_rows(tmp_path / "x.h5", RowFormat(INPUTS), 9)


def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path) -> None:
    for text, words in [
        ("age,city,height\n1,a,2\n", "lacks 'colour'"),
        ("a,b\n1,2\n", "lacks 'age', 'city', 'height', 'colour'; it has 'a', 'b'; its first line must name"),
        ("age,age,city,height,colour\n1,2,a,2,red\n", "several columns are named 'age'"),
        ("age,city,height,colour\n1,a,2\n", "4 cells that most lines have, but line 2 has 3"),
        ("age,city,height,colour\n1,a,2,red\n1,a,2,red,blue,7\n", "line 3 has 6"),
        ("age,city,height,colour\n", "only a header"),
        ("", "empty"),
    ]:
        (tmp_path / "new.csv").write_text(text)
        with pytest.raises(DataError, match=words) as refused:
            everything(tmp_path / "new.csv")
        assert "\n" not in str(refused.value)


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    for name in ["new.csv", "new.parquet", "new.npz", "new.xlsx", "absent.csv"]:
        if not name.startswith("absent"):
            (tmp_path / name).write_bytes(b"\xff\xfe\x00garbage")
        with pytest.raises(DataError, match=name):
            everything(tmp_path / name, POSITIONS)


def npy(header: str, content: bytes = b"") -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


@pytest.mark.parametrize(
    "member",
    [
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 2), }"),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", bytes(32)),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", bytes(16)),
        b"not an array",
    ],
    ids=["giant", "objects", "flat", "garbage"],
)
def test_an_array_that_is_not_what_it_says_is_refused(tmp_path: Path, member: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("X.npy", member)
    (tmp_path / "new.npz").write_bytes(buffer.getvalue())
    with pytest.raises(DataError, match=r"new\.npz"):
        everything(tmp_path / "new.npz", POSITIONS)


def test_a_column_in_another_case_is_no_other_column(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("AGE, City,height,colour,other\n1,x,inf,red,5\n")
    rows = read_rows(tmp_path / "new.csv", RowFormat(INPUTS), 10)
    (chunk,) = rows.chunks
    assert chunk["city"].tolist() == ["x"]
    assert (rows.ignored, rows.cells.unread.count) == (("other",), 1)  # the infinite height


def test_identifiers_name_the_rows(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("PersonId,age,city,height,colour\n7,1,x,2,red\n9,1,x,2,red\n")
    rows = read_rows(tmp_path / "new.csv", RowFormat(INPUTS, identifiers=("PersonId", "gone")), 1)
    assert [chunk.index.to_frame(index=False).to_dict("list") for chunk in rows.chunks] == [
        {"PersonId": ["7"]},
        {"PersonId": ["9"]},
    ]
    rows = read_rows(tmp_path / "new.csv", RowFormat(INPUTS, identifiers=("person id",)), 2)  # in another case
    assert next(rows.chunks).index.to_frame(index=False).to_dict("list") == {"PersonId": ["7", "9"]}


def test_a_first_row_without_a_number_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("age,city,height,colour\nrefused,Rome,not done,red\n1,Bonn,2,blue\n")
    known = RowFormat(INPUTS, categories={"city": frozenset({"Rome", "Bonn", None})})
    (chunk,) = read_rows(tmp_path / "new.csv", known, 10).chunks
    assert chunk["city"].tolist() == ["Rome", "Bonn"]
    (chunk,) = read_rows(tmp_path / "new.csv", RowFormat(INPUTS, missing=("refused",)), 10).chunks
    assert chunk["city"].tolist() == ["Rome", "Bonn"]
