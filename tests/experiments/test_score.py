"""What the command refuses: in one line, before the ledger has an entry."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from experiments.score import main

FOLDER = Path(__file__).parents[1] / "support" / "version_0_2_0"
ROWS = "age,city,height,answer\n20,Aachen,150,no\n57,Basel,156,{}\n"


@pytest.fixture(autouse=True)
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER, tmp_path / "old")
    monkeypatch.chdir(tmp_path / "old")
    Path("new.csv").write_text(ROWS.format("yes"))
    Path("odd.csv").write_text(ROWS.format("perhaps"))
    Path("bare.csv").write_text("age,city,height\n20,Aachen,150\n")
    Path("one.csv").write_text(ROWS.format(""))
    Path("other.csv").write_text("a,b\n1,2\n")
    os.mkfifo("pipe")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("looked bare.csv", "has no column 'answer', the target, without which nothing can be scored; it has "),
        (
            "looked odd.csv",
            "classes that the model does not know: 'perhaps' (1 row, first in line 3); it knows 'no', 'yes'",
        ),
        ("looked one.csv", "a score needs two rows with a target, but there is one"),
        ("looked other.csv", "must have every column of the model, but lacks 'age', 'city', 'height'"),
        ("looked gone.csv", "gone.csv: cannot be read: No such file or directory"),
        ("looked studies", "studies: is a folder, but the model did not learn from pictures"),
        ("looked pipe", "pipe"),
        ("sealed new.csv", "at the end of python -m experiments.tune studies/sealed; --score"),
        ("tried new.csv", "the study has no model"),
        ("lookde new.csv", "(did you mean looked?)"),
        ("looked new.csv --set data.target=age", "new rows have the keys data.separator, "),
        ("looked new.csv --data other.csv", "--data: must be named 'people.csv'"),
        ("looked new.csv --out new.csv", "is the file of the new rows, which would be lost"),
        ("looked new.csv --out studies", "must be a file to write, but studies is a folder"),
        ("looked new.csv --out pipe", "must be a file to write, but pipe is a pipe or a device"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Path("studies/ledger.jsonl").read_bytes()
    assert main(arguments.split()) == 2
    out, error = capsys.readouterr()
    assert (out, words in error, error.count("error: ")) == ("", True, 1)
    assert error.count("\n") == 1 + error.count("note: ")
    if arguments != "looked one.csv":
        assert Path("studies/ledger.jsonl").read_bytes() == ledger


def test_a_ledger_that_lost_entries_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("studies/ledger.jsonl")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert main(["looked", "studies/people.csv"]) == 2
    assert "has lost entries" in capsys.readouterr().err


def test_a_results_file_that_was_changed_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("studies/looked/results.json")
    path.write_text(path.read_text().replace('"rows": 12', '"rows": 13'))
    assert main(["looked", "new.csv"]) == 2
    assert "was changed after it was written" in capsys.readouterr().err
