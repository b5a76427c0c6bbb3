"""What a person changed in the study file that `--data` wrote is neither lost nor silently passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.config.default_study import own_study
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.study.folders.folder import StudyFolder
from experiments.study.running.written_file import with_decided, write_study_file
from support.pictures import colour, drawn, save

ROWS = 60
OURS = '[study]\nname = "x"\n\n[training]\nepochs = 200\n\n[search]\ntrials = 40\n'


def written(tmp_path: Path, before: str | None) -> tuple[str, str | None, list[str]]:
    """Return the study file, what it was before, and what is said."""
    said: list[str] = []
    file = tmp_path / "study.toml"
    if before is not None:
        file.write_text(before)
    write_study_file(StudyFolder(tmp_path), OURS, said.append)
    old = tmp_path / "study.toml.before"
    return file.read_text(), old.read_text() if old.exists() else None, said


@pytest.mark.parametrize(
    "before",
    [
        None,
        OURS,
        f"# mine\n{OURS}",
        f"\ufeff{OURS}",
        OURS + '\n[report]\nauthor = "Ada"\n',
        '[search]\ntrials = 40\n\n[training]\nepochs = 200\n\n[study]\nname = "x"\n',
    ],
)
def test_a_file_that_says_the_same_stays(tmp_path: Path, before: str | None) -> None:
    assert written(tmp_path, before) == (OURS if before is None else before, None, [])


def test_more_trials_are_written_and_not_worth_a_line(tmp_path: Path) -> None:
    before = OURS.replace("40", "5")
    assert written(tmp_path, before) == (OURS, before, [])


@pytest.mark.parametrize(
    "before",
    [
        OURS.replace("200", "50"),
        "epochs = ",
        OURS + "\n[cv]\nn_splits = 3\n",
        "a = " + "[" * 9999,
        "\ufeff" + OURS[:-3],
    ],
)
def test_another_file_is_kept_and_named(tmp_path: Path, before: str) -> None:
    now, kept, (line,) = written(tmp_path, before)
    assert (now, kept) == (OURS, before)
    assert line.startswith(f"{tmp_path / 'study.toml'}: said otherwise, and is now study.toml.before; ")
    assert line.endswith(f"tune {tmp_path} runs a study file as it is")


def test_no_earlier_file_is_lost(tmp_path: Path) -> None:
    first, second = OURS.replace("200", "50"), OURS.replace("200", "70")
    for before in (first, second, first):
        written(tmp_path, before)
    kept = {path.name: path.read_text() for path in tmp_path.glob("study.toml.before*")}
    assert kept == {"study.toml.before": first, "study.toml.before2": second}


def test_the_size_that_was_decided_is_written_so_that_nothing_is_left_to_decide(tmp_path: Path) -> None:
    drawn(tmp_path / "flowers", rows=10)
    for number in range(8):
        save(tmp_path / "flowers" / "a" / f"1{number}.png", colour(8, 6))
    spec, document = own_study(str(tmp_path / "flowers"), None)
    data = prepare(spec, os.environ)
    kept = with_decided(document, data.decided)
    assert kept["data"] == {"source": f"{tmp_path}/flowers/", "size": [6, 4], "colour": True}
    again = parse_spec(dict(kept), "")
    assert prepare(again, os.environ).fingerprint == data.fingerprint
    assert data.reading is not None
    assert spec.with_decided(data.decided).data == again.data


def test_the_keys_are_written_over_what_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["n,a,c,y"] + [f"{row},{row % 7},{'rgb'[row % 3]},{row % 2}" for row in range(ROWS)]))
    spec, document = own_study(str(path), "y", ["data.keep=n"])
    kept = with_decided(document, prepare(spec, os.environ).decided)
    decided = {"categories": ["c"], "numbers": ["n", "a"], "copies": "free"}
    assert kept["data"] == {"source": str(path), "target": "y", **decided}
    assert with_decided(document, {}) is document


def test_the_layout_of_the_file_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("A title\n\n" + "\n".join(["a;c;y"] + [f"{row % 7};{row % 5};{row % 2}" for row in range(ROWS)]))
    spec, document = own_study(str(path), "y")
    data = prepare(spec, os.environ)
    assert data.reading is not None
    kept = with_decided(document, data.decided)
    assert kept["data"] == {"source": str(path), "target": "y", "separator": ";", "skip": 2}
