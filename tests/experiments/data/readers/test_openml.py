"""What OpenML gives becomes a sheet; what it does not, one line. Nothing here leaves the machine."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest
import sklearn.datasets
from sklearn.utils import Bunch

from experiments.config.data_options import DataSection
from experiments.data.readers.openml import read_openml
from experiments.data.table_of import table_of
from experiments.errors import DataError

FRAME = pd.DataFrame({
    "size": [1.0, None, 3.0],
    "shop": pd.Categorical(["1", "2", "1"]),
    "kind": pd.Categorical(["b", "a", "b"], categories=["a", "b", "never"]),
})  # fmt: skip


def answer(monkeypatch: pytest.MonkeyPatch, targets: list[str]) -> None:
    def fetch(data_id: int, as_frame: bool, parser: str) -> Bunch:
        assert (data_id, as_frame) == (61, True)
        return Bunch(frame=FRAME, target_names=targets)

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)


def test_its_types_and_its_target_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, ["kind"])
    table = table_of(*read_openml(DataSection(source="openml:61")))
    assert (table.name, table.target_name, table.columns) == ("openml-61", "kind", ("size", "shop"))
    assert (table.kinds, table.classes, table.target.tolist()) == (("number", "category"), ("a", "b"), [1, 0, 1])


def test_another_target_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, ["kind"])
    table = table_of(*read_openml(DataSection(source="openml:61", target="shop")))
    assert (table.target_name, table.classes) == ("shop", ("1", "2"))


def test_without_one_target_it_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, ["size", "kind"])
    with pytest.raises(DataError, match=r"data\.target: openml:61 has 2 default targets"):
        read_openml(DataSection(source="openml:61"))


def test_it_is_asked_by_number() -> None:
    for number in ["", "iris", "0", "-1", "1.5", "../61", "6" * 10]:
        with pytest.raises(DataError, match="a data set's number, as in openml:61"):
            read_openml(DataSection(source=f"openml:{number}"))


def test_an_outage_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        warnings.warn("A network error occurred", UserWarning, stacklevel=2)  # an error in these tests
        raise ConnectionError("no route")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fail)
    with pytest.raises(DataError, match="openml:61 cannot be fetched from OpenML: no route"):
        read_openml(DataSection(source="openml:61"))
