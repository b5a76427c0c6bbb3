"""The further rows of a header, of a survey tool or with units, are no answers."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.survey_header import survey_header
from experiments.data.readers.table_file import read_table

IDS = ['{"ImportId":"startDate","timeZone":"UTC"}', '{"ImportId":"QID1"}', '{"ImportId":"QID2"}']
QUALTRICS = [["StartDate", "Q1", "Q2"], ["Start Date", "How old\nare you?", "Did you fall?"], IDS]
SURVEYMONKEY = [
    ["Respondent ID", "Rate these:", "", "Did you fall?", ""],
    ["", "My pay", "My team", "Response", "Other (please specify)"],
]
NAMES = ["Respondent ID", "My pay", "My team", "Did you fall?", "Other (please specify)"]


def read(path: Path, rows: list[list[str]], keys: FileKeys) -> RawTable:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(path)
    else:
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    return read_table(path, keys)


@pytest.mark.parametrize("name", ["my.csv", "my.xlsx"])
def test_rows_that_a_survey_tool_writes_below_its_header_are_no_answers(name: str, tmp_path: Path) -> None:
    answers = [["2026-01-31", "34", "Yes"], ["2026-02-01", "35", "No"]]
    for keys in (FileKeys(target="Q2"), FileKeys(target="Did you fall?"), FileKeys(model=("Q1",))):
        raw = read(tmp_path / name, [*QUALTRICS, *answers], keys)
        assert [(column, values.to_pylist()) for column, values in raw.columns.items()] == [
            ("StartDate", ["2026-01-31", "2026-02-01"]),
            ("Q1", ["34", "35"]),
            ("Q2", ["Yes", "No"]),
        ]
        assert "2 rows below the header left out, as Qualtrics writes them" in raw.repairs
        assert raw.place(0) in ("line 5", "row 4 of the sheet")


def test_a_workbook_of_qualtrics_has_the_questions_alone() -> None:
    answers = [["2026-01-31", "34", "Yes"]] * 2
    assert survey_header(QUALTRICS[0], [QUALTRICS[1], *answers], FileKeys())[1] == 1
    assert survey_header(QUALTRICS[0], answers, FileKeys())[1] == 0


@pytest.mark.parametrize("name", ["my.csv", "my.xlsx"])
def test_a_part_of_a_question_names_its_column(name: str, tmp_path: Path) -> None:
    answers = [["11", "good", "bad", "Yes", "-"], ["12", "bad", "bad", "No", "ice"]]
    for keys in (FileKeys(target="Did you fall?"), FileKeys(target="My pay"), FileKeys(model=("My pay",))):
        raw = read(tmp_path / name, [*SURVEYMONKEY, *answers], keys)
        assert list(raw.columns) == NAMES
        assert raw.columns["My pay"].to_pylist() == ["good", "bad"]
        assert raw.unnamed == frozenset()
        assert "the second row of the header names parts of questions, as SurveyMonkey writes it" in raw.repairs


@pytest.mark.parametrize("name", ["my.csv", "my.xlsx"])
@pytest.mark.parametrize(
    "units", [[["kg", "", "(m/s)"]], [["10^9/L", "", "m2"]], [["kg", "", "%"], ["as weighed", "paint", "of the limit"]]]
)
def test_units_below_a_header_are_no_row(name: str, units: list[list[str]], tmp_path: Path) -> None:
    header, rows = ["mass", "colour", "y"], [["1.5", "red", "7"], ["2,5", "", "8"], ["", "red", "9"]]
    for keys in (FileKeys(target="y"), FileKeys(model=("mass", "colour"))):
        raw = read(tmp_path / name, [header, *units, *rows], keys)
        assert raw.columns["y"].to_pylist() == ["7", "8", "9"]
        said = next(line for line in raw.repairs if "below the header left out, without a number" in line)
        assert f"({units[0][0]!r}, " in said
    assert survey_header(header, [*units, *rows, ["NAN", "blue", "-"]], FileKeys())[1] == len(units)
    raw = read(tmp_path / name, [header, *units, *rows], FileKeys(target="y", words=(units[0][0],)))
    assert raw.columns["mass"].to_pylist()[0] == units[0][0]


@pytest.mark.parametrize(
    "below",
    [
        [["kg", "x", "7"], ["1.5", "red", "8"]],  # of two columns of numbers one has a number
        [["NA", "x", "missing"], ["1.5", "red", "8"]],
        [["Error", "x", "Error"], ["1.5", "red", "8"], ["Error", "blue", "Error"]],
        [["refused", "red", "not done"], ["1.5", "blue", "8"], ["2.5", "red", "9"]],  # red is a value
        *([[cell, "x", "many"], ["1.5", "red", "8"]] for cell in ("<0.1", "$5", "1,234,567", "1 234", "12:30", "2e5")),
        [["kg", "x", "N"]],
        [["kg", "x", ""], ["1.5", "red", "8"]],  # a word alone may be a missing number
        [],
    ],
)
def test_a_row_of_data_is_no_row_of_units(below: list[list[str]]) -> None:
    assert survey_header(["mass", "colour", "y"], below, FileKeys()) == (["mass", "colour", "y"], 0, "")


def test_other_headers_have_one_row() -> None:
    for first, below in (
        (["a", "b"], [["x", "y"]]),
        (["Respondent ID", "b"], [["7", "Response"]]),
        (["Respondent ID", "b"], [["", ""]]),
        (["a", "b"], [["x", "y"], ["x", "y"], IDS]),  # an answer above
        (["a"], []),
    ):
        assert survey_header(first, below, FileKeys()) == (first, 0, "")


def test_studies_and_models_that_took_these_rows_for_answers_still_do() -> None:
    for words in (("Did you fall?", "-9"), (IDS[2],)):
        assert survey_header(QUALTRICS[0], [*QUALTRICS[1:]], FileKeys(words=words))[1] == 0
    assert survey_header(QUALTRICS[0], [*QUALTRICS[1:]], FileKeys(words=("-9",)))[1] == 2
    first, second = SURVEYMONKEY
    assert survey_header(first, [second], FileKeys(words=("Response",))) == (first, 0, "")
    for model in (("Rate these:", "2"), ("2", "4")):
        assert survey_header(first, [second], FileKeys(model=model))[0] == first
        assert survey_header(first[:4], [second], FileKeys(model=model))[0] == first[:4]  # as a sheet ends


@pytest.mark.parametrize("label", ["    Points Possible", "max points", "Max. Punkte:", "Out of"])
def test_a_row_of_the_most_points_is_no_pupil(label: str) -> None:
    first, rows = ["Student", "HW1", "Final"], [[label, "10", "100"], ["Ann", "9", "88"], ["Bo", "7", "60"]]
    said = f"the row {label.strip()!r} below the header left out"
    assert survey_header(first, rows, FileKeys()) == (first, 1, said)
    assert survey_header(first, [["Max", "10", "100"], *rows[1:]], FileKeys())[1] == 0
    assert survey_header(first, rows[:1], FileKeys())[1] == 0
