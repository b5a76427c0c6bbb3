"""Damaged and hostile files of every kind: each is read or refused in one line, in bounds and without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.confined import confined
from support.damage import damage_done, judged, warm
from support.damaged_studies import WRITES, command_of, copied, make_studies
from support.hostile_files import HOSTILE
from support.mutations import load, specimens

NUMBERS = range(0, 128, 5)  # of the files of scripts/damaged.py; of every kind but a few


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Path:
    """A folder with two studies."""
    folder = tmp_path_factory.mktemp("damaged") / "base"
    make_studies(folder, database)
    warm()
    return folder


# an array without a target is no study's source
@pytest.mark.parametrize("kind", [kind for kind in specimens() if kind != "npy"])
def test_each_kind_of_source_loads_undamaged(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specimen = specimens()[kind]
    specimen.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    load(specimen.options(Path()))


@pytest.mark.parametrize("words", ["predict own new.csv", "report own", "tune --list", "tune own --status", "ui"])
def test_a_command_runs_on_undamaged_studies(words: str, base: Path, tmp_path: Path) -> None:
    found = judged(0, "", words, command_of(words), copied(base, tmp_path / "here"), WRITES)
    assert (found.wrong, found.ended.code) == ("", 0)


def test_a_damaged_file_is_read_or_refused_in_one_line(base: Path) -> None:
    found = list(damage_done(0, NUMBERS, base))
    assert [(one.number, one.kind, one.words, one.wrong) for one in found if one.wrong] == []
    assert {one.ended.code for one in found} == {0, 2}


@pytest.mark.parametrize("program", ["raise SystemError", "import warnings; warnings.warn('w')", "print(x)"])
def test_a_traceback_and_a_warning_are_seen(program: str, tmp_path: Path) -> None:
    def work() -> int:
        exec(program)
        return 0

    (tmp_path / "here").mkdir()
    found = judged(0, "", "", work, tmp_path / "here", ())
    assert "Traceback" in found.wrong


def test_memory_a_trace_and_a_line_too_many_are_seen(tmp_path: Path) -> None:
    def work() -> int:
        content = b"x" * (1 << 28)
        (tmp_path / "elsewhere" / "file").write_bytes(content[:1])
        (tmp_path / "here" / ".results.json.part").touch()
        return 0

    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
    ended = confined(work, tmp_path / "here")
    assert ended.memory > 150
    found = judged(0, "", "", work, tmp_path / "here", ("out/",))
    assert "here/.results.json.part is left" in found.wrong
    (tmp_path / "elsewhere" / "file").unlink()
    assert "elsewhere/file was written" in judged(0, "", "", work, tmp_path / "here", ("out/",)).wrong


def test_every_format_that_can_lie_has_a_hostile_file() -> None:
    assert set(HOSTILE) == {".npy", ".npz", ".gz", ".zip", "-ubyte", ".png", ".parquet", ".xlsx"}
