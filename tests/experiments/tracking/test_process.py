"""A writer begins when no other process writes the study to the same store."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from experiments.tracking import process
from experiments.tracking.writer_lock import lock_of
from support.waiting import PATIENCE

URI = "sqlite:///mlflow.db"


def test_a_writer_waits_for_the_one_of_an_earlier_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = Event()
    for name in ("keep_log", "note", "load", "Writer"):  # which a process of its own has
        monkeypatch.setattr(process, name, lambda *_: None)
    monkeypatch.setattr(process, "follow", lambda *_: began.set())
    study = SimpleNamespace(messages={"folder": str(tmp_path), "uri": URI, "run": "later"})
    writer = Thread(target=process.write_alone, args=(study,))
    with lock_of(tmp_path, URI):
        writer.start()
        assert not began.wait(0.3)
    writer.join(PATIENCE)
    assert began.is_set()
