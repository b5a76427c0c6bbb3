"""Of a study's files MLflow gets regular ones of the folder, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.tracking.store import RefusedError, Store


class Client:
    """A client that notes what it would send.

    Attributes:
        sent: names of the files and folders, in order.
    """

    def __init__(self) -> None:
        self.sent: list[str] = []

    def log_artifact(self, _: str, path: str) -> None:
        self.sent.append(Path(path).name)


@pytest.fixture
def store() -> Store:
    return Store(mlflow=None, client=Client(), experiment="1", parent="run", uid="uid-1")


def test_a_file_and_a_folder_of_files_are_sent(store: Store, tmp_path: Path) -> None:
    (tmp_path / "files" / "more").mkdir(parents=True)
    for name in ("report.md", "files/a.svg", "files/more/b.svg"):
        (tmp_path / name).write_text("x")
    for name in ("report.md", "files"):
        store.upload(name, tmp_path / name)
    assert store.client.sent == ["report.md", "files"]


def test_what_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="there is no file"):
        store.upload("report.md", tmp_path / "report.md")


def test_a_link_and_what_is_no_regular_file_are_refused_in_a_folder_too(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    for name, words in (("link", "symbolic links are not sent"), ("pipe", "pipes and devices are not sent")):
        (tmp_path / name).mkdir()
        for place in (tmp_path / name / "a.svg", tmp_path / f"{name}.html"):
            if name == "pipe":
                os.mkfifo(place)
            else:
                place.symlink_to(tmp_path / "secret")
        for one in (name, f"{name}.html"):
            with pytest.raises(RefusedError, match=words):
                store.upload(one, tmp_path / one)
    assert store.client.sent == []


def test_no_file_goes_to_the_place_of_another_store(store: Store, tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("x")
    store.refusal = "its artifacts lie elsewhere"
    for content in (tmp_path / "report.md", "a text"):
        with pytest.raises(RefusedError, match="its artifacts lie elsewhere"):
            store.upload("report.md", content)
    assert store.client.sent == []
