"""What was measured is there again, under the same key alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmark.known_scores import KnownScores
from experiments.errors import DataError


def test_scores_are_there_again(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    known = KnownScores(file)
    key = ("a.csv", ("data.target=1",), 0, None)
    assert key not in known
    assert known.add(key, {"score": 0.5}) == {"score": 0.5}
    again = KnownScores(file)
    assert again[key] == {"score": 0.5}
    assert ("a.csv", ("data.target=1",), 1, None) not in again
    again.add(("b.csv",), {"score": 0.25})
    assert (key in KnownScores(file), ("b.csv",) in KnownScores(file)) == (True, True)


def test_without_a_file_they_are_kept_in_memory() -> None:
    known = KnownScores()
    known.add("a", {"score": 1.0})
    assert "a" in known


@pytest.mark.parametrize("content", ['{"a": 1}', "[1]", "[{}]", "not JSON", "\xff"])
def test_another_file_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "known.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(DataError, match=r"known\.json: is not a file of known scores; name another one"):
        KnownScores(tmp_path / "known.json")
