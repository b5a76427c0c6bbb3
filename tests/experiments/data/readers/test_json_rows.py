"""JSON is read as rows wherever it can be rows in one way only."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers import json_rows
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError
from support.tables import cells

FRAME = pd.DataFrame({"a": [1.5, None, 3], "b": ["x", "y", None], "c": [1, 2, 3]})


def read(tmp_path: Path, text: str | bytes, name: str = "my.json") -> RawTable:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(tmp_path / name, FileKeys())


LINES = '{"a": 1.5, "b": "x", "c": 1}\n\n{"b": "y", "c": 2}\r\n{"a": 3, "b": null, "c": 3}'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (FRAME.to_json(orient="records"), "my.json"),
        (FRAME.to_json(orient="records", indent=2), "my.json"),
        (FRAME.to_json(orient="records", lines=True), "my.json"),
        (FRAME.to_json(orient="records", lines=True), "my.ndjson"),
        (LINES, "my.jsonl"),
        (FRAME.to_json(orient="columns"), "my.json"),
        (FRAME.to_json(orient="index"), "my.json"),
        (FRAME.to_json(orient="split"), "my.json"),
        (FRAME.to_json(orient="records").encode("utf-16"), "my.json"),
        (b"\xef\xbb\xbf" + FRAME.to_json(orient="records").encode(), "my.json"),
        (gzip.compress(LINES.encode(), mtime=0), "my.jsonl.gz"),
        (json.dumps({"count": 3, "rows": json.loads(FRAME.to_json(orient="records"))}), "my.json"),
        (json.dumps({"a": [1.5, None, 3], "b": ["x", "y", None], "c": [1, 2, 3]}), "my.json"),
    ],
)
def test_one_table_in_many_forms(text: str | bytes, name: str, tmp_path: Path) -> None:
    raw = read(tmp_path, text, name)
    assert cells(raw) == {"a": [1.5, None, 3.0], "b": ["x", "y", None], "c": [1, 2, 3]}
    assert [str(column.type) for column in raw.columns.values()] == ["double", "string", "int64"]
    assert (raw.name, raw.rows, raw.repairs, raw.notes) == ("my", 3, (), ())


def test_the_schema_of_pandas_names_the_index(tmp_path: Path) -> None:
    raw = read(tmp_path, FRAME.set_index("c").to_json(orient="table"))
    assert cells(raw)["c"] == [1, 2, 3]
    assert raw.index == {"c"}


def test_a_place_is_a_line_or_a_row(tmp_path: Path) -> None:
    assert [read(tmp_path, LINES, "my.jsonl").place(row) for row in (0, 1, 5)] == ["line 1", "line 3", "row 5 (from 0)"]
    assert read(tmp_path, FRAME.to_json(orient="records")).place(1) == "row 1 (from 0)"


def test_the_fields_of_objects_are_columns(tmp_path: Path) -> None:
    rows = [{"user": {"age": 3, "at": {"x": 1}}, "y": "a"}, {"user": {"age": 4}, "y": "b"}, {"user": None}]
    raw = read(tmp_path, json.dumps(rows))
    assert {name: column.to_pylist() for name, column in raw.columns.items()} == {
        "user.age": [3, 4, None],
        "user.at.x": [1, None, None],
        "y": ["a", "b", None],
        "user": [None, None, None],
    }
    deep = json.loads('{"a":' * 300 + "1" + "}" * 300)
    assert list(json_rows.flat(deep)) == [".".join("a" * 9)]


def test_values_of_several_types_are_texts_and_lists_are_bytes(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"a": 1, "b": [1]}, {"a": "-", "b": {"c": 2}}, {"a": true}]')
    assert cells(raw) == {"a": ["1", "-", "True"], "b": [b"[1]", None, None], "b.c": [None, 2, None]}


def test_parts_of_many_rows_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "ROWS", 2)
    raw = read(tmp_path, '{"a": 1}\n{"a": 2}\n{"b": 1}\n{"a": 2.5, "b": "x"}\n{}\n', "my.jsonl")
    assert cells(raw) == {"a": [1, 2, None, 2.5, None], "b": [None, None, "1", "x", None]}


def test_names_are_stripped_and_numbered(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"a": 1, " a": 2, "": 3}]')
    assert cells(raw) == {"a": [1], "a.1": [2], "2": [3]}
    assert raw.repeated == {"a"}


def test_one_row_is_a_table_of_new_rows(tmp_path: Path) -> None:
    assert cells(read(tmp_path, '{"a": 1, "b": "x"}')) == {"a": [1], "b": ["x"]}
    assert cells(read(tmp_path, '{"a": 1, "b": "x"}', "my.jsonl")) == {"a": [1], "b": ["x"]}


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"région": "Médoc"}, {"région": "Côte"}]'.encode("cp1252"))
    assert list(raw.columns) == ["région"]
    assert raw.layout == {"encoding": "cp1252"}
    assert raw.repairs[0].startswith("read as cp1252")
    assert read_table(tmp_path / "my.json", FileKeys(encoding="latin-1")).layout == {}


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("", "my.json", "must be JSON, but line 1 cannot be read"),
        ("[]", "my.json", "must be a list of objects"),
        ("[1, 2]", "my.json", "must be a list of objects"),
        ("[[1, 2], [3, 4]]", "my.json", "must be a list of objects"),
        ('{"1": {"2": 3}, "4": {"2": 5}}', "my.json", "must be a list of objects"),  # rows in rows
        ('{"a": {"b": 3}, "c": {"b": 5}}', "my.json", "must be a list of objects"),
        ('{"a": [1, 2], "b": [1]}', "my.json", "must be a list of objects"),
        ("{}", "my.json", "must be a list of objects"),
        ('[{"a": 1},\n{"a": }]', "my.json", "line 2 cannot be read"),
        ('{"a": 1}\n{"a": \n', "my.jsonl", "line 2 cannot be read"),
        ('{"a": 1}\n[2]\n', "my.jsonl", "every line must be an object, but line 2 is '.2.'"),
        ("[" * 100_000, "my.json", "must be JSON that can be read"),
        ('{"a": 1}\n{"a": ' + "9" * 5000 + "}", "my.jsonl", "must be JSON that can be read"),
        ("[{}, {}]", "my.json", "a table needs rows"),
    ],
)
def test_what_is_no_table_is_refused(text: str, name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"{name}: .*{message}") as caught:
        read(tmp_path, text, name)
    assert len(str(caught.value).splitlines()) == 1


def test_a_large_document_is_refused_and_lines_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "LARGEST", 60)
    rows = '{"a": 1, "b": 2}\n' * 10
    assert read(tmp_path, rows, "my.jsonl").rows == 10
    with pytest.raises(DataError, match=r"at most 60 characters, but this has more; save it as \.jsonl"):
        read(tmp_path, f"[{', '.join(rows.split(chr(10))[:-1])}]")
    monkeypatch.setattr("experiments.data.raw_table.MOST_CELLS", 5)
    with pytest.raises(DataError, match="cells can be read"):
        read(tmp_path, rows, "my.jsonl")


def test_types_stay(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"a": true, "b": 9007199254740993}, {"a": null, "b": 1}]')
    assert raw.columns["a"].type == pa.bool_()
    assert cells(raw)["b"] == [9007199254740993, 1]
