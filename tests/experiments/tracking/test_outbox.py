"""The outbox holds what it was given, and nothing of somebody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.errors import StudyStateError
from experiments.tracking.outbox import OUTBOX, DatasetMetadata, Outbox, read_outbox, write_outbox
from support.tracking import end, metadata, refitted


def test_what_is_written_is_read(tmp_path: Path) -> None:
    data = DatasetMetadata(name="d", fingerprint="f", context="development", rows=7, features=2, source="d.csv")
    outcome = end(2, refitted=refitted(), register_as="m")
    outbox = Outbox(metadata=metadata(datasets=(data,)), begun=1.5, outcome=outcome)
    write_outbox(tmp_path, outbox)
    assert set(json.loads((tmp_path / OUTBOX).read_text())) == {"card", "begun", "end"}  # names that folders have
    assert read_outbox(tmp_path) == outbox
    write_outbox(tmp_path, Outbox(metadata=metadata(description="a\udc80b"), begun=1.5))
    replaced = read_outbox(tmp_path)
    assert replaced is not None
    assert replaced.metadata.description == "a?b"


def test_an_outbox_of_somebody_else_is_named(tmp_path: Path) -> None:
    assert read_outbox(tmp_path) is None
    (tmp_path / OUTBOX).write_text('{"card": {"name": 1}}')
    with pytest.raises(StudyStateError, match=r"tracking\.json: not what a study wrote: card\.name: "):
        read_outbox(tmp_path)
    (tmp_path / OUTBOX).unlink()
    (tmp_path / OUTBOX).mkdir()
    with pytest.raises(StudyStateError, match=r"tracking\.json: cannot be read"):
        read_outbox(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "..", ".ssh", "a/b", ""])
def test_a_file_outside_the_folder_is_none_of_the_study(name: str, tmp_path: Path) -> None:
    write_outbox(tmp_path, Outbox(metadata=metadata(), begun=1.5, outcome=end(2, files=("report.html",))))
    text = (tmp_path / OUTBOX).read_text()
    (tmp_path / OUTBOX).write_text(text.replace('"report.html"', json.dumps(name)))
    with pytest.raises(StudyStateError, match=r"tracking\.json: not what a study wrote: end\.files\.0: "):
        read_outbox(tmp_path)
