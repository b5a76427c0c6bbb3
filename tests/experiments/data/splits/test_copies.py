"""Copies of rows are on one side of every split, and what was done about them is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.config.study_file import parse_spec
from experiments.data.load import load_table
from experiments.data.prepare import StudyData, prepare
from experiments.data.readers.builtin import load_builtin
from experiments.data.splits.copies import (
    Copies,
    different_rows,
    first_rows,
    groups_of,
    with_copies,
    with_equal_rows,
    with_their_copies,
)
from experiments.data.splits.development_rows import development_rows
from experiments.data.splits.split import rows_of
from experiments.data.table import Table, array_columns
from experiments.errors import DataError, SpecError

ROWS, COPIED = 90, 30
SIDES = (
    'copies stay on one side of every split; data.copies = "free" splits them like other rows. Intervals and tests '
    "count equal rows once."
)


def frame(rows: int = ROWS, copied: int = COPIED, seed: int = 0) -> pd.DataFrame:
    """Rows of numbers with a class by chance; the first of them stand three times, in any order."""
    chance = np.random.default_rng(seed)
    first = pd.DataFrame(chance.normal(size=(rows, 3)).round(3), columns=["a", "b", "c"])
    first["y"] = np.array(["no", "yes", "late"])[chance.integers(0, 3, rows)]
    whole = pd.concat([first, first[:copied], first[:copied]])
    return whole.sample(frac=1, random_state=seed).reset_index(drop=True)


def written(folder: Path, rows: pd.DataFrame, name: str = "mine.csv", **options: Any) -> str:
    rows.to_csv(folder / name, **({"index": False} | options))
    return str(folder / name)


def prepared(source: str, cv: dict[str, Any] | None = None, table: Table | None = None, **data: Any) -> StudyData:
    document = {"study": {"name": "x"}, "space": {"l2": {"low": 0, "high": 1}}, "cv": cv or {}}
    return prepare(parse_spec({**document, "data": {"source": source, **data}}, "here"), {}, table)


def sides(data: StudyData, rows: pd.DataFrame) -> list[tuple[Any, set[int]]]:
    """Each row of the file with the sides that it is on: -1 is the test set, the others are the folds it validates."""
    numbers = data.development.table.numbers
    assert numbers is not None
    found: list[set[int]] = [{-1} for _ in range(len(rows))]
    for number in numbers:
        found[number] = set()
    for fold, (train, validation) in enumerate(data.folds.pairs):
        assert not set(train.tolist()) & set(validation.tolist())
        assert len(train) + len(validation) == len(numbers)
        for row in validation:
            found[numbers[row]].add(fold)
    return list(zip(rows.itertuples(index=False, name=None), found, strict=True))


def divided(data: StudyData, rows: pd.DataFrame, columns: Sequence[str] = ("a", "b", "c", "y")) -> int:
    """Count the different rows whose copies are on several sides."""
    of: dict[Any, set[frozenset[int]]] = defaultdict(set)
    for row, where in sides(data, rows[list(columns)]):
        of[row].add(frozenset(where))
    return sum(len(where) > 1 for where in of.values())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "cv",
    [
        {"splitter": "StratifiedKFold", "n_splits": 4},
        {"splitter": "KFold", "n_splits": 3},
        {"splitter": "RepeatedStratifiedKFold", "n_splits": 3, "n_repeats": 2},
        {"splitter": "RepeatedKFold", "n_splits": 3, "n_repeats": 2},
    ],
)
def test_no_split_divides_copies(seed: int, cv: dict[str, Any], tmp_path: Path) -> None:
    rows = frame(seed=seed)
    source = written(tmp_path, rows)
    data = prepared(source, cv, target="y", split_seed=seed)
    assert data.copies == Copies(60, 150, "together", keys={"copies": "together"})
    assert data.notes[0] == f"rows: 60 of 150 repeat other rows; {SIDES}"
    assert divided(data, rows) == 0
    assert len(data.development.y) + len(data.test) == len(rows)
    free = prepared(source, cv, target="y", split_seed=seed, copies="free")
    assert divided(free, rows) > 10
    assert (free.notes, free.copies) == ((), Copies(60, 150, "free"))


def test_copies_that_are_named_apart_are_said_to_differ_in_their_names(tmp_path: Path) -> None:
    rows = frame().assign(who=[f"person {row * 37 % 150}" for row in range(150)])
    data = prepared(written(tmp_path, rows), target="y")
    assert data.notes[0] == f"rows: 60 of 150 repeat other rows in all but 'who'; {SIDES}"


def test_copies_of_numbers_to_predict_stay_together(tmp_path: Path) -> None:
    rows = frame().assign(y=lambda rows: rows["a"] * 7)
    data = prepared(written(tmp_path, rows), target="y")
    assert data.target.task == "regression"
    assert divided(data, rows) == 0


def test_each_class_has_its_share_of_the_different_rows(tmp_path: Path) -> None:
    rows = frame(300, 100)
    data = prepared(written(tmp_path, rows), {"n_splits": 4}, target="y", test_size=0.25)
    different = rows.drop_duplicates()
    numbers = data.development.table.numbers
    assert numbers is not None
    development = rows.loc[sorted(numbers)].drop_duplicates()
    for name, count in different["y"].value_counts().items():
        assert abs((development["y"] == name).sum() - 0.75 * count) <= 1
    for _, validation in data.folds.pairs:
        part = rows.loc[numbers[validation]].drop_duplicates()
        for name, count in development["y"].value_counts().items():
            assert abs((part["y"] == name).sum() - count / 4) <= 1


def test_rows_that_are_equal_by_chance_are_split_as_before(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    rows = pd.DataFrame({name: chance.choice(["u", "v", "w"], 200) for name in "abcy"})
    source = written(tmp_path, rows)
    data, free = prepared(source, target="y"), prepared(source, target="y", copies="free")
    assert data.copies == Copies(0, 200, "free", keys={"copies": "free"})
    assert data.notes == ()
    assert data.folds.fingerprint == free.folds.fingerprint
    assert data.test.fingerprint == free.test.fingerprint
    assert divided(data, rows) > 10
    together = prepared(source, target="y", copies="together")
    assert divided(together, rows) == 0
    assert together.copies == Copies(200 - len(rows.drop_duplicates()), 200, "together")


@pytest.mark.parametrize("index", [{"index": True}, {"index": True, "index_label": "id"}])
def test_a_column_that_numbers_or_names_the_rows_hides_no_copies(index: dict[str, Any], tmp_path: Path) -> None:
    rows = frame()
    plain = prepared(written(tmp_path, rows), target="y")
    for named in (rows, rows.assign(name=[f"person {row}" for row in range(len(rows))])):
        data = prepared(written(tmp_path, named, **index), target="y")
        assert data.folds.fingerprint == plain.folds.fingerprint
        assert divided(data, rows) == 0


def test_an_identifier_is_not_compared(tmp_path: Path) -> None:
    rows = frame()
    rows["key"] = np.random.default_rng(1).permutation(10 * len(rows))[: len(rows)]
    assert prepared(written(tmp_path, rows), target="y").copies is None
    named = prepared(written(tmp_path, rows), target="y", identifier="key")
    assert named.copies is not None
    assert (named.copies.rows, divided(named, rows)) == (60, 0)


def test_the_split_is_the_same_without_a_column(tmp_path: Path) -> None:
    rows = frame()
    source = written(tmp_path, rows)
    whole, part = prepared(source, target="y"), prepared(source, target="y", drop=["b"])
    for one, other in zip(whole.folds.pairs, part.folds.pairs, strict=True):
        np.testing.assert_array_equal(one[1], other[1])
    one, other = whole.development.table.numbers, part.development.table.numbers
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one, other)


def test_the_study_file_that_was_written_gives_the_same_split(tmp_path: Path) -> None:
    rows = frame().assign(same="x", text=lambda rows: [f"{a} {'word ' * 60}" for a in rows["a"]])
    source = written(tmp_path, rows, index=True)
    first = prepared(source, target="y")
    assert first.decided["drop"] == ("0", "same", "text")
    assert first.decided["copies"] == "together"
    keys = {key: value if isinstance(value, str) else list(value) for key, value in first.decided.items() if value}
    again = prepared(source, target="y", **keys)
    assert again.folds.fingerprint == first.folds.fingerprint
    assert again.test.fingerprint == first.test.fingerprint
    assert (again.notes, again.decided.get("copies")) == ((), None)


@pytest.mark.parametrize("rows", [None, 100])
@pytest.mark.parametrize("seed", [0, 1])
def test_columns_are_read_by_the_rows_of_the_search(rows: int | None, seed: int, tmp_path: Path) -> None:
    keys: dict[str, Any] = {"target": "y", "split_seed": seed} | ({} if rows is None else {"rows": rows})
    source = written(tmp_path, frame())
    section = DataSection(source=source, **keys)
    numbers = prepared(source, **keys).development.table.numbers
    assert numbers is not None
    assert development_rows(load_table(section, {}), section).tolist() == sorted(numbers)


def test_groups_and_time_decide_the_splits(tmp_path: Path) -> None:
    rows = frame()
    rows = rows.assign(who=(1000 * rows["b"].abs()).astype(int) % 20, when=(5 * rows["a"]).round())
    source = written(tmp_path, rows)
    for role in ({"groups": "who", "drop": ["when"]}, {"time": "when", "drop": ["who"]}):
        key = next(iter(role))
        data = prepared(source, {"n_splits": 2}, target="y", **role)
        assert data.copies == Copies(60, 150, key)  # type: ignore[arg-type]
        assert data.notes[0] == (
            f"rows: 60 of 150 repeat other rows; data.{key} decides the splits, which may divide copies."
        )
        with pytest.raises(DataError, match=rf"data\.copies: data\.{key} decides the splits"):
            prepared(source, {"n_splits": 2}, target="y", copies="together", **role)


def test_copies_among_the_rows_of_a_test_file_are_counted(tmp_path: Path) -> None:
    rows = frame(copied=0)
    source = written(tmp_path, rows[:70])
    test = written(tmp_path, pd.concat([rows[60:], rows[3:5]]), "test.csv")
    data = prepared(source, target="y", test=test)
    assert data.copies == Copies(0, 70, "free", 12, 32)
    assert data.notes == (
        "test rows: 12 of 32 repeat rows to learn from, so that their score says little of new rows.",
    )
    alone = prepared(source, target="y", test=written(tmp_path, rows[70:], "test.csv"))
    assert alone.copies is None
    assert alone.folds.fingerprint == data.folds.fingerprint


def test_copies_among_the_rows_to_learn_from_stay_together_beside_a_test_file(tmp_path: Path) -> None:
    rows = frame()
    data = prepared(written(tmp_path, rows), target="y", test=written(tmp_path, frame(seed=9), "test.csv"))
    assert data.copies == Copies(60, 150, "together", 0, 150, {"copies": "together"})
    assert divided(data, rows) == 0


def test_a_test_file_of_the_same_rows_is_refused(tmp_path: Path) -> None:
    rows = frame(copied=0)
    source = written(tmp_path, rows)
    for name, same in (("mine.csv", rows), ("other.csv", rows[::-1])):
        with pytest.raises(
            DataError, match=r"data: the test rows must .* all 90 are the same; give others, or none"
        ) as refused:
            prepared(source, target="y", test=written(tmp_path, same, name))
        assert "\n" not in str(refused.value)
    other = rows.assign(a=rows["a"].where(rows.index > 0, 9.0))
    data = prepared(source, target="y", test=written(tmp_path, other, "other.csv"))
    assert data.copies is not None
    assert (data.copies.test, data.copies.compared_test) == (89, 90)


def test_copies_of_arrays_and_pictures_stay_together() -> None:
    chance = np.random.default_rng(0)
    for x in (chance.normal(size=(40, 3)), chance.integers(0, 256, (40, 4, 4)).astype(np.uint8)):
        rows = np.r_[np.arange(40), np.arange(20)]
        columns = array_columns(x[rows], "x")
        table = Table("mine", target=rows % 2, target_name="y", classes=None, **columns)
        data = prepared("given", table=table)
        assert data.copies == Copies(20, 60, "together", keys={"copies": "together"})
        numbers = pd.DataFrame({"row": rows})
        assert divided(data, numbers, ["row"]) == 0


def test_a_class_of_copies_alone_is_refused_with_the_way_on(tmp_path: Path) -> None:
    rows = frame(copied=0)
    rare = rows[:2].assign(y="rare", a=[50.0, 60.0])
    rows = pd.concat([rows, rare[:1], *[rare[1:]] * 4], ignore_index=True)
    source = written(tmp_path, rows)
    with pytest.raises(DataError, match=r"class 'rare' has 2 \(.*: 90, 91, 92, 93, 94\); .* data\.copies = \"free\""):
        prepared(source, target="y")
    assert prepared(source, target="y", copies="free").n_splits == 4


def test_copies_count_once_where_a_rare_class_lowers_the_folds(tmp_path: Path) -> None:
    rows = frame(copied=0)
    rare = rows[:4].assign(y="rare", a=lambda rows: rows["a"] + 50)
    data = prepared(written(tmp_path, pd.concat([rows, rare, rare])), target="y")
    assert data.n_splits == 3
    assert data.notes[-1] == (
        "cv.n_splits: 3 folds instead of 5, as class 'rare' has only 3 development rows, where copies count as one."
    )


def test_copies_follow_their_rows_in_the_order_of_the_rows() -> None:
    table = Table("m", np.zeros((6, 1)), ("number",), ("a",), np.arange(6) % 2, "y", None)
    assert different_rows(table).tolist() == [0, 1, 2, 3, 4, 5]
    assert with_their_copies(table, np.array([4, 2])).tolist() == [4, 2]
    table = replace(table, copies=np.array([7, 2, 7, 9, 2, 7], np.uint64))
    assert different_rows(table).tolist() == [0, 1, 3]
    assert with_their_copies(table, np.array([3, 0])).tolist() == [3, 0, 2, 5]
    assert with_their_copies(table, np.array([1, 3])).tolist() == [1, 4, 3]


def test_rows_are_compared_once() -> None:
    table = with_equal_rows(load_builtin("iris"))
    assert with_equal_rows(table).equal is table.equal
    assert with_copies(table)[0].copies is None


def test_another_choice_is_refused() -> None:
    with pytest.raises(SpecError, match=r"data\.copies.*apart"):
        prepared("iris", copies="apart")


def test_many_copies_are_drawn_together_and_a_few_are_not(tmp_path: Path) -> None:
    for rows, copied, many in ((90, 30, True), (90, 3, True), (300, 2, False)):
        data = prepared(written(tmp_path, frame(rows, copied), f"{copied}.csv"), target="y")
        assert any("count equal rows once" in note for note in data.notes) == many
        development, theirs = groups_of(data.development.table), data.test.groups
        assert (theirs is not None) == many
        if theirs is not None and development is not None:
            assert len(np.unique(np.concatenate([development, theirs]))) == rows
            assert not set(development.tolist()) & set(theirs.tolist())
    table = frame()
    grouped = written(tmp_path, table.assign(who=[f"g{row % 11}" for row in range(len(table))]))
    groups = prepared(grouped, target="y", groups="who").test.groups
    assert groups is not None
    assert set(groups.tolist()) <= {f"g{number}" for number in range(11)}
    assert prepared(written(tmp_path, table), target="y", copies="free").test.groups is None


def test_the_first_of_equal_rows_is_found_however_the_splits_treat_copies() -> None:
    x = np.repeat(np.random.default_rng(0).normal(size=(30, 3)), 2, axis=0)
    table = with_equal_rows(Table("t", x, ("number",) * 3, tuple("abc"), np.repeat(np.arange(30), 2), "y", None))
    assert first_rows(table).tolist() == list(range(0, 60, 2))
    assert first_rows(rows_of(table, np.array([5, 8, 4, 9, 0]))).tolist() == [0, 1, 4]
    assert table.equal is not None
    assert first_rows(replace(table, equal=replace(table.equal, copies=False))).tolist() == list(range(60))
