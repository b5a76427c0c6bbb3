"""The data of a recorded study: found where they are, and only if they are the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.errors import DataError, SpecError
from experiments.study.folders.find_data import data_again, spec_again
from experiments.study.folders.results_file import Recorded
from support.results import made_up

ROWS = "".join(f"{row % 7},{row % 5},{'yes' if row % 7 > 3 else 'no'}\n" for row in range(60))
SPACE = {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("studies/rows").mkdir(parents=True)
    Path("rows.csv").write_text("a,b,label\n" + ROWS)


def record(**data: Any) -> Recorded:
    """The record, in studies/rows, of a study with that [data]."""
    spec = parse_spec({"study": {"name": "rows"}, "data": data, "space": SPACE}, "test")
    return Recorded(Path("studies/rows/results.json"), {}, replace(made_up(), spec=spec.to_document()))


def of_rows(recorded: Recorded, spec: StudySpec) -> Recorded:
    data = replace(recorded.result.data, fingerprint=prepare(spec, {}).fingerprint)
    return replace(recorded, result=replace(recorded.result, data=data))


def test_a_file_is_found_here_beside_the_results_or_where_a_study_file_says() -> None:
    recorded = record(source="far/away/rows.csv", target="label")
    assert spec_again(recorded, None).data.source == "rows.csv"
    Path("rows.csv").rename("studies/rows.csv")
    assert spec_again(recorded, None).data.source == "studies/rows.csv"
    Path("data").mkdir()
    Path("studies/rows.csv").rename("data/rows.csv")
    with pytest.raises(DataError, match=r"the place of 'rows\.csv' is not recorded, .*name it with --data FILE"):
        spec_again(recorded, None)
    text = '[study]\nname = "rows"\n[data]\nsource = "{}"\ntarget = "label"\n[space]\nl2 = {{ low = 0, high = 1 }}\n'
    Path("studies/rows.toml").write_text(text.format("../data/other.csv"))
    with pytest.raises(DataError, match="not recorded"):
        spec_again(recorded, None)
    Path("studies/rows.toml").write_text(text.format("../data/rows.csv"))
    assert Path(spec_again(recorded, None).data.source).resolve() == Path("data/rows.csv").resolve()
    assert spec_again(recorded, "data/rows.csv").to_document() == recorded.result.spec


def test_a_test_file_lies_beside_its_source() -> None:
    recorded = record(source="rows.csv", test="more.csv", target="label")
    data = spec_again(recorded, "far/rows.csv").data
    assert (data.source, data.test) == ("far/rows.csv", "far/more.csv")
    folders = record(source="old/flowers/", test="old/unseen/")
    data = spec_again(folders, "new/flowers").data
    assert (data.source, data.test) == ("new/flowers/", "new/unseen/")


def test_a_name_needs_no_file_but_may_have_a_folder() -> None:
    assert spec_again(record(source="iris"), None).data.folder is None
    assert spec_again(record(source="mnist"), "idx/files").data.folder == "idx/files"


def test_a_file_of_another_name_is_no_data_of_the_study() -> None:
    with pytest.raises(SpecError, match=r"--data: must be named 'rows.csv', .* but got 'other.csv'"):
        spec_again(record(source="rows.csv", target="label"), "other.csv")


def test_rows_that_a_program_gave_are_in_no_file() -> None:
    with pytest.raises(DataError, match=r"given by a program .*experiments\.run"):
        spec_again(record(source="given"), None)


def test_other_rows_are_refused_by_their_fingerprint() -> None:
    recorded = record(source="rows.csv", target="label")
    spec = spec_again(recorded, None)
    recorded = of_rows(recorded, spec)
    assert data_again(spec, recorded)[0].name == "rows"
    Path("rows.csv").write_text("a,b,label\n" + ROWS.replace("6,", "5,", 1))
    with pytest.raises(DataError, match=r"'rows\.csv' holds other data than the study had: fingerprint"):
        data_again(spec, recorded)
