"""Rows are the same rows in every source, whatever is chosen of them; the search holds none of the test rows."""

from __future__ import annotations

import gc
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sklearn.datasets
from PIL import Image
from pyarrow import parquet
from sklearn.utils import Bunch

from experiments.config.data_options import DataSection
from experiments.config.formats import GIVEN
from experiments.config.study_file import parse_spec
from experiments.data.identity.cell_words import text_word
from experiments.data.identity.cells import SourceCells
from experiments.data.load import load_table
from experiments.data.prepare import StudyData, prepare
from experiments.data.readers.builtin import load_builtin
from experiments.data.readers.in_memory import given_table
from experiments.data.splits.holdout import Look
from experiments.data.table import Table
from experiments.evaluation.scoring.ledger import Ledger

RNG = np.random.default_rng(0)
ROWS = 60
FRAME = pd.DataFrame(
    {
        "number": RNG.normal(size=ROWS),
        "count": RNG.integers(0, 9, ROWS),
        "missing": np.where(RNG.random(ROWS) < 0.3, np.nan, RNG.normal(size=ROWS)),
        "word": RNG.choice(["red", "dark red", "blue"], ROWS),
        "truth": RNG.random(ROWS) < 0.5,
        "key": 2**60 + RNG.permutation(ROWS),
        "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(RNG.integers(0, 900, ROWS), "D"),
        "y": ["no", "yes"] * (ROWS // 2),
    }
)
GIVEN_ROWS = DataSection(source=GIVEN)
OF_Y = DataSection(source=GIVEN, target="y")
SPACE = {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}}
CHOSEN: dict[str, Any] = {"target": "y", "drop": ("key", "day")}


def load(source: object, **keys: Any) -> Table:
    return load_table(DataSection(source=str(source), **keys), {})


def hashes(table: Table) -> tuple[bytes, ...]:
    return table.source_cells().hashes()


def row_hash(*texts: str) -> bytes:
    words = np.array([text_word(one) for one in texts], "<u8")
    return hashlib.blake2b(words.tobytes(), digest_size=8).digest()


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    FRAME.to_csv(tmp_path / "my.csv", index=False)
    return tmp_path / "my.csv"


def test_a_rows_hash_is_that_of_its_cells_words(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text("id,x,colour,y\nk1, 1.50,red ,no\nk2,?,dark red,yes\nk3,-0,red,yes\n")
    expected = (
        row_hash("k1", "1.5", "red", "no"),
        row_hash("k2", "", "dark red", "yes"),
        row_hash("k3", "0", "red", "yes"),
    )
    assert hashes(load(tmp_path / "my.csv", target="y", drop=("id",))) == expected
    assert row_hash("k1", "1.5", "red", "no").hex() == "52fbfdbf59c27c11"


def test_the_same_rows_are_the_same_in_every_format(tmp_path: Path, csv: Path) -> None:
    expected = hashes(load(csv, **CHOSEN))
    assert len(set(expected)) == ROWS
    FRAME.to_csv(tmp_path / "my.tsv", index=False, sep="\t")
    FRAME.to_parquet(tmp_path / "my.parquet")
    parquet.write_table(pa.Table.from_pandas(FRAME), tmp_path / "groups.parquet", row_group_size=7)
    packed = FRAME.astype({"word": "category", "y": "category"})
    packed.to_parquet(tmp_path / "packed.parquet")
    FRAME.to_csv(tmp_path / "bare.csv", index=False, header=False)
    for name in ("my.tsv", "my.parquet", "groups.parquet", "packed.parquet"):
        assert hashes(load(tmp_path / name, **CHOSEN)) == expected, name
    assert hashes(load(tmp_path / "bare.csv", target=-1, drop=(5, 6), header=False)) == expected
    kept = FRAME.drop(columns="day")  # which a DataFrame may not hold
    kept.to_csv(csv, index=False)
    expected = hashes(load(csv, target="y", drop=("key",)))
    assert hashes(given_table(kept, OF_Y)) == expected
    assert hashes(given_table(kept.astype({"word": object, "y": "category"}), OF_Y)) == expected
    assert hashes(given_table((kept.drop(columns="y"), kept["y"]), GIVEN_ROWS)) == expected
    assert hashes(given_table((kept.drop(columns="y"), list(kept["y"])), GIVEN_ROWS)) == expected


def test_the_columns_are_the_words_of_the_rows() -> None:
    y = FRAME["y"].to_numpy()
    for other in (FRAME, RNG.normal(size=(ROWS, 2, 2)), pa.chunked_array([FRAME["number"][:9], FRAME["number"][9:]])):
        cells = SourceCells.of(y, other).followed_by(SourceCells.of(y, other))
        chosen = cells.take(np.array([3, ROWS + 3, 0]))
        words = np.column_stack(list(chosen.columns()))
        rows = [hashlib.blake2b(row.astype("<u8").tobytes(), digest_size=8).digest() for row in words]
        assert tuple(rows) == chosen.hashes()
        assert rows[0] == rows[1] != rows[2]


def test_openml_is_as_its_sheet(monkeypatch: pytest.MonkeyPatch, csv: Path) -> None:
    frame = FRAME.astype({"word": "category", "y": "category"})
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda **_: Bunch(frame=frame, target_names=["y"]))
    assert hashes(load("openml:61", drop=("key", "day"))) == hashes(load(csv, **CHOSEN))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.uint8])
def test_arrays_are_the_rows_of_a_table_with_the_target_last(tmp_path: Path, kind: type) -> None:
    x, y = (RNG.random((20, 3)) * 200).astype(kind), np.arange(20) % 2
    pd.DataFrame(x).assign(y=y).to_csv(tmp_path / "my.csv", index=False)
    np.savez(tmp_path / "my.npz", X=x, y=y)
    expected = hashes(load(tmp_path / "my.csv", target="y"))
    assert len(set(expected)) == 20
    assert hashes(load(tmp_path / "my.npz")) == hashes(given_table((x, y), GIVEN_ROWS)) == expected
    if kind is not np.float32:  # whose numbers are others in a list
        assert hashes(given_table((x.tolist(), y.tolist()), GIVEN_ROWS)) == expected


def test_an_npz_has_the_same_rows_whichever_array_is_the_target(tmp_path: Path) -> None:
    x, y, z, groups = RNG.normal(size=(20, 2)), np.arange(20) % 2, RNG.normal(size=20), np.array(["a", "b"] * 10)
    np.savez(tmp_path / "my.npz", z=z, y=y, X=x, groups=groups, other=np.zeros(7), table=np.zeros((20, 2)))
    expected = SourceCells.of(x, groups, y, z).hashes()
    assert hashes(load(tmp_path / "my.npz")) == expected
    assert hashes(load(tmp_path / "my.npz", target="z", groups="groups")) == expected
    np.savez(tmp_path / "odd.npz", X=x, y=y, notes=np.array([None] * 20, object))
    with zipfile.ZipFile(tmp_path / "odd.npz", "a") as archive:
        archive.writestr("garbage.npy", b"no header")
    assert hashes(load(tmp_path / "odd.npz")) == SourceCells.of(x, y).hashes()
    np.savez(tmp_path / "parts.npz", X_train=x, y_train=y, z_train=z, X_test=x[:5], y_test=y[:5], z_test=z[:5], y=y)
    both = SourceCells.of(x, y, z)
    assert hashes(load(tmp_path / "parts.npz")) == both.hashes() + both.hashes()[:5]


def test_idx_files_are_pixels_and_label(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (6, 2, 2), np.uint8)
    labels = np.array([3, 7, 3, 7, 3, 7], np.uint8)
    for part, rows in (("train", slice(4)), ("t10k", slice(4, 6))):
        for kind, array in (("images-idx3", pixels[rows]), ("labels-idx1", labels[rows])):
            sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
            (tmp_path / f"{part}-{kind}-ubyte").write_bytes(bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes())
    assert hashes(load(f"{tmp_path}/")) == SourceCells.of(pixels.reshape(6, 4), labels).hashes()


def test_a_built_in_source_is_its_features_and_its_target(tmp_path: Path) -> None:
    frame = sklearn.datasets.load_iris(as_frame=True).frame
    frame.to_csv(tmp_path / "iris.csv", index=False)
    assert hashes(load_builtin("iris")) == hashes(load(tmp_path / "iris.csv", target="target"))


def test_pictures_are_their_files_and_classes_whatever_is_made_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for name in "ab":
        for at in range(4):
            (folder / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(RNG.integers(0, 256, (6, 5, 3), np.uint8)).save(folder / name / f"{at}.png")
    expected = hashes(load(f"{folder}/"))
    content = (folder / "a" / "0.png").read_bytes()
    words = hashlib.blake2b(content, digest_size=8).digest() + int(text_word("a")).to_bytes(8, "little")
    assert expected[0] == hashlib.blake2b(words, digest_size=8).digest()
    assert len(set(expected)) == 8
    assert hashes(load(f"{folder}/", size=(3, 3), colour=False)) == expected
    (folder / "a").rename(folder / "c")  # and so lies behind b
    assert hashes(load(f"{folder}/"))[:4] == expected[4:]
    assert not set(hashes(load(f"{folder}/"))[4:]) & set(expected)


def test_what_is_chosen_of_the_columns_changes_no_row(csv: Path) -> None:
    expected = hashes(load(csv, **CHOSEN))
    chosen: list[dict[str, Any]] = [
        {"target": "y", "drop": ("key", "day", "number")},
        {"target": "word", "drop": ("key", "day")},
        {"target": "number", "drop": ("day",), "identifier": "key"},
        {"target": "y", "drop": ("key",), "time": "day"},
        {"target": "y", "drop": ("key", "day"), "groups": "word", "categories": ("count",)},
    ]
    for keys in chosen:
        assert hashes(load(csv, **keys)) == expected, keys


def test_the_rows_of_a_test_file_follow_as_they_stand_there(tmp_path: Path) -> None:
    FRAME[:40].to_csv(tmp_path / "my.csv", index=False)
    FRAME[40:].to_csv(tmp_path / "other.csv", index=False)
    table = load(tmp_path / "my.csv", test=str(tmp_path / "other.csv"), **CHOSEN)
    FRAME.to_csv(tmp_path / "whole.csv", index=False)
    expected = hashes(load(tmp_path / "whole.csv", **CHOSEN))
    assert hashes(table) == expected
    turned = FRAME[40:][FRAME.columns[::-1]].assign(more=1)
    turned.to_csv(tmp_path / "other.csv", index=False)
    table = load(tmp_path / "my.csv", test=str(tmp_path / "other.csv"), **CHOSEN)
    assert hashes(table)[:40] == expected[:40]
    assert hashes(table)[40:] == SourceCells.of(turned).hashes()


def test_rows_are_taken_from_all_files_in_the_order_given() -> None:
    mixed = SourceCells.of(RNG.normal(size=(5, 2)), pa.chunked_array([["a"] * 2, ["b", "c", "d"]]))
    more = SourceCells.of(FRAME[:4]).followed_by(SourceCells.of(FRAME[["y"]][4:6]))
    cells = mixed.followed_by(more)
    known = cells.hashes()
    assert (len(cells), len(known), known[:5], known[5:]) == (11, 11, mixed.hashes(), more.hashes())
    rows = np.array([10, 0, 7, 7, 4, 9])
    taken = cells.take(rows)
    assert taken.hashes() == tuple(known[row] for row in rows)
    assert taken.take(np.array([5, 2])).hashes() == (known[9], known[7])
    assert [len(part[0]) for part in taken.parts] == [2, 1, 2]  # the cells of other rows are gone
    empty = cells.take(np.array([1], np.intp)).take(np.array([], np.intp))
    assert empty.hashes() == ()


def test_so_many_rows_that_they_are_hashed_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = SourceCells.of(FRAME, RNG.normal(size=(ROWS, 3, 2)), pa.chunked_array([["x"] * 13, ["y"] * (ROWS - 13)]))
    expected = cells.hashes()
    assert len(set(expected)) == ROWS
    for at_once in (1, 100, 200):
        monkeypatch.setattr("experiments.data.identity.cells.AT_ONCE", at_once)
        assert cells.hashes() == expected


def test_the_number_of_cells_and_their_order_count() -> None:
    one, other = np.arange(4.0), np.arange(4.0) + 1
    assert len({SourceCells.of(*columns).hashes() for columns in ((one, other), (other, one), (one,), (one, one))}) == 4


def prepared(source: str, **keys: Any) -> StudyData:
    document = {"study": {"name": "mine"}, "data": {"source": source, **keys}, "cv": {"n_splits": 2}, "space": SPACE}
    return prepare(parse_spec(document, "mine"), {})


def test_the_sealed_rows_are_known_by_their_own_cells(csv: Path) -> None:
    data = prepared(str(csv), **CHOSEN)
    table = load(csv, **CHOSEN)
    numbers = data.development.table.numbers
    assert numbers is not None
    theirs = set(range(ROWS)) - set(numbers.tolist())
    known = hashes(table)
    assert set(data.test.known_by.cells) == {known[row] for row in theirs}
    assert data.test.known_by is data.test.known_by


def test_the_ledger_knows_rows_again_whatever_is_chosen_of_their_source(tmp_path: Path, csv: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    first = prepared(str(csv), **CHOSEN).test.known_by
    ledger.reserve(Look(first.fingerprint, "m", "first"), first, "first", 5)

    def overlap(source: Path = csv, **keys: Any) -> float:
        test = prepared(str(source), **{**CHOSEN, **keys}).test.known_by
        assert test.fingerprint != first.fingerprint
        return ledger.read("another", test).largest_overlap

    assert overlap(drop=("key", "day", "number")) == 1.0
    assert overlap(target="truth", task="classification", drop=("key", "day", "y")) < 1.0  # split by other classes
    FRAME.to_parquet(tmp_path / "my.parquet")
    assert overlap(tmp_path / "my.parquet", drop=("key", "day", "word")) == 1.0
    numbers = [prepared(str(csv), **CHOSEN, split_seed=seed).development.table.numbers for seed in (0, 1)]
    rows = [set(range(ROWS)) - set(np.asarray(one).tolist()) for one in numbers]
    assert overlap(split_seed=1) == len(rows[0] & rows[1]) / 12
    FRAME.iloc[::-1].to_csv(tmp_path / "turned.csv", index=False)
    turned = prepared(str(tmp_path / "turned.csv"), **CHOSEN).development.table.numbers
    theirs = {ROWS - 1 - row for row in set(range(ROWS)) - set(np.asarray(turned).tolist())}
    assert overlap(tmp_path / "turned.csv") == len(rows[0] & theirs) / 12
    FRAME.assign(number=FRAME["number"] + 1).to_csv(tmp_path / "others.csv", index=False)
    assert overlap(tmp_path / "others.csv") == 0.0


def everything_in(root: object) -> list[object]:
    """All that can be reached from an object, but modules, classes and functions."""
    seen: dict[int, object] = {}
    ahead = [root]
    while ahead:
        one = ahead.pop()
        if id(one) in seen or isinstance(one, ModuleType | type | FunctionType):
            continue
        seen[id(one)] = one
        ahead += gc.get_referents(one)
        if isinstance(one, np.ndarray) and one.base is not None:
            ahead.append(one.base)
    return list(seen.values())


def holds(reached: list[object], number: float, tag: str) -> bool:
    """Whether the number or the text is among what was reached, in Arrow's memory too."""
    for one in reached:
        if isinstance(one, np.ndarray) and one.dtype.kind == "f" and (one == number).any():
            return True
        if isinstance(one, str) and one == tag:
            return True
        chunks = one.chunks if isinstance(one, pa.ChunkedArray) else [one] if isinstance(one, pa.Array) else []
        if any(tag.encode() in buffer.to_pybytes() for chunk in chunks for buffer in chunk.buffers() if buffer):
            return True
    return False


@pytest.mark.parametrize("keys", [{}, {"rows": 40}], ids=["all rows", "some rows"])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_nothing_of_the_test_rows_is_in_what_the_search_is_given(
    tmp_path: Path, ending: str, keys: dict[str, Any]
) -> None:
    path = tmp_path / f"my{ending}"
    frame = FRAME.assign(tag=[f"tag-{row:03d}" for row in range(ROWS)])
    frame.to_csv(path, index=False) if ending == ".csv" else frame.to_parquet(path)
    data = prepared(str(path), **CHOSEN, categories=("tag",), **keys)
    assert data.development.table.cells is None
    ours = pd.DataFrame(data.development.features)
    theirs = frame[~frame["tag"].isin(ours["tag"])]
    assert len(theirs) >= 12
    reached = everything_in(data.development)
    assert holds(reached, *ours.iloc[0][["number", "tag"]])  # what is there is found
    assert not any(holds(reached, *row) for row in zip(theirs["number"], theirs["tag"], strict=True))
    sealed = everything_in(data.test)
    assert sum(holds(sealed, *row) for row in zip(theirs["number"], theirs["tag"], strict=True)) >= 8


def test_rows_of_a_table_without_cells_are_its_features_and_target() -> None:
    table = Table("mine", np.eye(2), ("number",) * 2, ("a", "b"), np.array(["x", "y"]), "y", None)
    assert hashes(table) == (row_hash("1", "0", "x"), row_hash("0", "1", "y"))
    assert hashes(replace(table, cells=SourceCells.of(np.array([1.0, 2.0])))) == (row_hash("1"), row_hash("2"))
