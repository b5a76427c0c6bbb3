"""What is fitted for a fold is fitted on its training rows, and the test rows reach nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from experiments.config.candidate import Preprocessing
from experiments.config.study_file import parse_spec
from experiments.data import prepare as module
from experiments.data.prepare import StudyData, prepare, preprocessed_folds
from experiments.data.readers.builtin import load_builtin
from experiments.data.table import Table
from experiments.errors import DataError

STANDARD = Preprocessing()


def prepared(source: str = "wine", **sections: dict[str, Any]) -> StudyData:
    data = {"source": source, **sections.pop("data", {})}
    document = {"study": {"name": "x"}, "space": {"l2": {"low": 0, "high": 1}}, "data": data} | sections
    return prepare(parse_spec(document, "here"), {})


def test_the_parts_of_a_study() -> None:
    data = prepared("digits", cv={"n_splits": 4})
    assert (data.name, data.rows, data.features, len(data.target.classes)) == ("digits", 1797, 64, 10)
    assert (len(data.development.y), len(data.test), len(data.folds.pairs)) == (1437, 360, 4)
    assert data.folds.development == data.development.fingerprint
    assert (data.notes, data.decided) == ((), {})


def test_the_class_of_a_score_of_one_class_is_named_unless_it_was_chosen() -> None:
    line = "cv.metric: f1 is of class 'benign'; data.positive names the other one."
    assert line in prepared("breast_cancer", cv={"metric": "f1"}).notes
    assert line not in prepared("breast_cancer", cv={"metric": "f1"}, data={"positive": "benign"}).notes
    assert line not in prepared("breast_cancer", cv={"metric": "roc_auc"}).notes


def test_a_score_that_is_perfect_with_ease_is_pointed_out() -> None:
    rest = "f1, balanced_accuracy and average_precision count both kinds of error."
    line = f"cv.metric: a model that takes every row for 'malignant' has a recall of 1; {rest}"
    assert line in prepared("breast_cancer", cv={"metric": "recall"}, data={"positive": "malignant"}).notes
    line = f"cv.metric: a model that takes no row but a sure one for 'benign' has a precision of 1; {rest}"
    assert line in prepared("breast_cancer", cv={"metric": "precision"}).notes
    for metric in ("f1", "average_precision", "accuracy"):
        assert rest not in " ".join(prepared("breast_cancer", cv={"metric": metric}).notes)


def test_a_column_of_parts_is_told_without_the_advice_that_a_test_file_has_followed(tmp_path: Path) -> None:
    x = np.arange(80)
    frame = pd.DataFrame({"x": x * 7 % 80 + 0.5, "split": np.where(x % 3, "train", "test"), "y": x % 2})
    frame["other"] = np.where(x % 5, "no", "yes")
    frame[:60].to_csv(tmp_path / "all.csv", index=False)
    frame[60:].to_csv(tmp_path / "test.csv", index=False)
    data: dict[str, Any] = {"source": str(tmp_path / "all.csv"), "target": "y"}
    for more, advice in (
        ({}, 'all parts; data.test_rows = "split=test" makes these rows the test set.'),
        ({"test": str(tmp_path / "test.csv")}, "here; data.drop = split"),
        ({"test_rows": "other=yes"}, "here; data.drop = split"),
    ):
        (line,) = [line for line in prepared(data=data | more).notes if "divides the rows" in line]
        assert advice in line


def test_a_size_beside_named_test_rows_is_said_or_refused(tmp_path: Path) -> None:
    x = np.arange(80)
    frame = pd.DataFrame({"x": x * 7 % 80 + 0.5, "fold": x % 5, "y": x // 2 % 2})
    frame.to_csv(tmp_path / "all.csv", index=False)
    data: dict[str, Any] = {"source": str(tmp_path / "all.csv"), "target": "y", "test_rows": "fold=4"}
    rule = 'data.test_size: not used, as data.test_rows = "fold=4" names the test rows.'
    plain, sized = prepared(data=data), prepared(data={**data, "test_size": 0.5})
    assert (rule in plain.notes, rule in sized.notes) == (False, True)
    assert (len(sized.test), len(sized.development.y)) == (len(plain.test), len(plain.development.y)) == (16, 64)
    with pytest.raises(DataError, match=r"names the test rows; remove data\.test_size\.$"):
        prepared(data={**data, "test_size": 0.5, "strict": True})


def test_a_column_that_marks_test_rows_may_group_or_order_the_others(tmp_path: Path) -> None:
    x = np.arange(120)
    frame = pd.DataFrame({"x": x * 7 % 120 + 0.5, "fold": x // 20, "y": x // 2 % 2})
    frame.to_csv(tmp_path / "all.csv", index=False)
    data: dict[str, Any] = {"source": str(tmp_path / "all.csv"), "target": "y", "test_rows": "fold=4,5"}
    for key, splitter in (("groups", "StratifiedGroupKFold"), ("time", "TimeSeriesSplit")):
        study = prepared(data={**data, key: "fold"}, cv={"n_splits": 3})
        assert (study.folds.splitter, len(study.test), study.development.table.columns) == (splitter, 40, ("x",))
    with pytest.raises(
        DataError, match=r"^data\.groups: the test set needs at least two groups .*; add test rows of ano"
    ):
        prepared(data={**data, "groups": "fold", "test_rows": "fold=5"})
    with pytest.raises(DataError, match=r"^data\.time: the source's own test rows must not be earlier"):
        prepared(data={**data, "time": "fold", "test_rows": "fold=0"})


def test_a_code_is_counted_in_its_own_class_whichever_is_the_positive_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 2)), columns=["a", "b"])
    rows.assign(y=[99] * 20 + [0] * 80).to_csv(path, index=False)
    for positive in ({}, {"positive": 0}, {"positive": 99}):
        notes = prepared(str(path), data={"target": "y", **positive}).notes
        assert any("target 'y' has '99' in 16 development rows" in note for note in notes)


@pytest.mark.parametrize("copies", [{}, {"copies": "free"}])
def test_copies_are_no_evidence_that_a_column_tells_the_target(copies: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(150, 3)).round(3), columns=["a", "b", "y"])
    whole = pd.concat([rows, rows[:40]])
    line = "target 'y' follows from 'b' alone; data.drop leaves out what is not known before the target is."
    for made, said in ((whole, False), (whole.assign(b=2 * whole.y), True)):
        made.to_csv(path, index=False)
        notes = prepared(str(path), data={"target": "y", **copies}).notes
        assert [note for note in notes if "follows" in note] == [line] * said


def given(words: list[str], groups: Any = None, time: Any = None, **sections: dict[str, Any]) -> StudyData:
    x = np.random.default_rng(0).normal(size=(len(words), 2))
    table = Table("mine", x, ("number",) * 2, ("a", "b"), np.array(words), "y", None, groups=groups, time=time)
    document = {"study": {"name": "x"}, "space": {"l2": {"low": 0, "high": 1}}, "data": {"source": "given"}} | sections
    return prepare(parse_spec(document, "here"), {}, table)


def test_few_groups_lower_the_folds_and_it_is_said() -> None:
    data = given(["ok", "bad"] * 20, np.repeat(np.arange(5), 8), data={"source": "given", "test_size": 0.4})
    assert (data.n_splits, len(data.folds.pairs)) == (3, 3)
    assert "cv.n_splits: 3 folds instead of 5, as there are only 3 development groups." in data.notes


def test_few_moments_lower_the_folds_and_it_is_said() -> None:
    data = given(["ok", "bad"] * 20, time=np.repeat(np.arange(5), 8), data={"source": "given", "test_size": 0.4})
    assert (data.n_splits, len(data.folds.pairs)) == (2, 2)
    assert "cv.n_splits: 2 folds instead of 5, as the development rows are of 3 moments." in data.notes
    assert "draw 2 blocks of consecutive test rows" in data.notes[0]


def test_a_class_that_comes_late_lowers_the_forward_folds() -> None:
    words = ["ok"] * 20 + ["bad", "ok"] * 40
    data = given(words, time=np.arange(100))
    assert (data.n_splits, len(data.folds.pairs)) == (2, 2)  # of three the first would learn from 20 rows
    assert "cv.n_splits: 2 folds instead of 5, so that the first one can learn every class." in data.notes
    with pytest.raises(DataError, match=r"'bad' has 0 in fold 0 \(.*\); set cv\.n_splits = 2\."):
        given(words, time=np.arange(100), cv={"n_splits": 4})
    with pytest.raises(DataError, match=r"'bad' has 0 in fold 0 \(.*\); add earlier rows of it\."):
        given(["ok"] * 60 + ["bad", "ok"] * 20, time=np.arange(100))


def test_a_class_that_ends_early_says_how_large_a_test_set_has_it() -> None:
    words = ["bad", "ok"] * 30 + ["ok"] * 40
    with pytest.raises(DataError, match=r"'bad' has 0 test rows \(.*\); set data\.test_size = 0\.42\."):
        given(words, time=np.arange(100))
    assert len(given(words, time=np.arange(100), data={"source": "given", "test_size": 0.42}).test) == 42


def test_a_rare_class_lowers_the_folds_and_the_study_file_says_it() -> None:
    words = ["ok"] * 30 + ["defective"] * 4
    data = given(words)
    assert (data.n_splits, len(data.folds.pairs)) == (3, 3)
    assert data.notes == ("cv.n_splits: 3 folds instead of 5, as class 'defective' has only 3 development rows.",)
    again = given(words, cv={"n_splits": 3})
    assert (again.notes, again.folds.fingerprint) == ((), data.folds.fingerprint)
    with pytest.raises(DataError, match=r"n_splits=5 .*'defective' has 3 \(.*\); set n_splits = 3"):
        given(words, cv={"n_splits": 5})


def test_the_positive_class_is_labelled_1_on_both_sides() -> None:
    words = ["ok"] * 40 + ["defective"] * 10
    data = given(words, data={"source": "given", "positive": "defective"})
    assert data.target.classes == ("ok", "defective")
    assert (np.bincount(data.development.y).tolist(), len(data.test)) == ([32, 8], 10)
    plain = given(words)
    assert data.development.y.tolist() == (1 - plain.development.y).tolist()
    for ours, theirs in zip(data.folds.pairs, plain.folds.pairs, strict=True):  # the rows of the split are the same
        assert (ours[0].tolist(), ours[1].tolist()) == (theirs[0].tolist(), theirs[1].tolist())


def test_spellings_of_a_class_are_one_and_that_is_said() -> None:
    data = given(["yes", "Yes", "no", "yes"] * 6)
    assert data.target.classes == ("no", "yes")
    assert "'Yes' and 'yes' are one class, 'yes'" in data.notes[0]


def test_the_split_does_not_depend_on_the_studys_seed() -> None:
    one, other = prepared(study={"name": "x", "seed": 0}), prepared(study={"name": "y", "seed": 99})
    assert one.test.fingerprint == other.test.fingerprint
    assert one.folds.fingerprint == other.folds.fingerprint
    assert one.fingerprint == other.fingerprint


def test_it_depends_on_its_own_seed() -> None:
    one, other = prepared(), prepared(data={"split_seed": 1})
    assert one.fingerprint == other.fingerprint
    assert one.test.fingerprint != other.test.fingerprint
    assert one.folds.fingerprint != other.folds.fingerprint


def test_rows_are_drawn_from_any_source_and_from_rows_in_memory() -> None:
    assert prepared("iris", data={"rows": 30}).rows == 30
    spec = {"study": {"name": "x"}, "space": {"l2": {"low": 0, "high": 1}}, "data": {"source": "given", "rows": 40}}
    data = prepare(parse_spec(spec, "here"), {}, load_builtin("iris"))
    assert np.bincount(data.development.y).sum() + len(data.test) == 40


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(DataError, match=r"data\.source: .*'nowhere'"):
        prepared("nowhere")


def test_each_fold_is_scaled_by_its_own_training_rows() -> None:
    data = prepared()
    folds = preprocessed_folds(data.development, data.folds, STANDARD)
    for fold, (train, validation) in zip(folds, data.folds.pairs, strict=True):
        scaler = StandardScaler().fit(data.development.features[train])
        np.testing.assert_array_equal(fold.x, scaler.transform(data.development.features).astype(np.float32))
        np.testing.assert_array_equal(fold.train, train)
        np.testing.assert_array_equal(fold.validation, validation)
        np.testing.assert_array_equal(fold.y, data.development.y)


def test_garbage_in_the_validation_rows_changes_no_training_row() -> None:
    data = prepared()
    clean = preprocessed_folds(data.development, data.folds, STANDARD)
    for number, (train, validation) in enumerate(data.folds.pairs):
        features = data.development.features.copy()
        features[validation] = -1e6 * (1 + features[validation])
        dirty = preprocessed_folds(
            replace(data.development, table=replace(data.development.table, features=features)), data.folds, STANDARD
        )
        assert dirty[number].x[train].tobytes() == clean[number].x[train].tobytes()
        assert dirty[number].x[validation].tobytes() != clean[number].x[validation].tobytes()
        other = (number + 1) % len(clean)
        assert dirty[other].x[train].tobytes() != clean[other].x[train].tobytes()


@pytest.mark.parametrize("source", ["wine", "digits"])
def test_garbage_in_the_test_rows_changes_nothing_but_the_test_set(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, dataset = prepared(source), load_builtin(source)
    known = {row.tobytes() for row in clean.development.features}
    unseen = [number for number, row in enumerate(dataset.features) if row.tobytes() not in known]
    features = dataset.features.copy()
    features[unseen] = np.linspace(7, 8, len(unseen))[:, None]  # rows that are no copies of each other
    load: Callable[..., Table] = lambda *_: replace(dataset, features=features)  # noqa: E731
    monkeypatch.setattr(module, "load_table", load)
    dirty = prepared(source)
    assert dirty.fingerprint != clean.fingerprint
    assert dirty.test.fingerprint != clean.test.fingerprint
    assert dirty.development.fingerprint == clean.development.fingerprint
    assert dirty.folds.fingerprint == clean.folds.fingerprint
    pairs = [preprocessed_folds(one.development, one.folds, STANDARD) for one in (clean, dirty)]
    for one, other in zip(*pairs, strict=True):
        assert one.x.tobytes() == other.x.tobytes()


def test_the_folds_of_pixels_share_one_array() -> None:
    data = prepared("digits")
    folds = preprocessed_folds(data.development, data.folds, STANDARD)
    assert len({id(fold.x) for fold in folds}) == 1
    np.testing.assert_array_equal(folds[0].x, data.development.features / 16)
    assert folds[0].x.dtype == np.float32


def test_folds_of_other_rows_are_refused() -> None:
    one, other = prepared(), prepared(data={"split_seed": 1})
    with pytest.raises(DataError, match="of these development rows"):
        preprocessed_folds(one.development, other.folds, STANDARD)


@pytest.mark.parametrize("source", ["wine", "digits"])
def test_the_inputs_are_read_only(source: str) -> None:
    data = prepared(source)
    assert not any(fold.x.flags.writeable for fold in preprocessed_folds(data.development, data.folds, STANDARD))
