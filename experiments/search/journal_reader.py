"""A journal for whoever only looks: the whole lines that are there now. Nothing is locked, repaired or written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend

from experiments.errors import StudyStateError
from experiments.search.journal import STUDY, spent_of, told_at, told_of
from experiments.search.trial import FinishedTrial


@dataclass(frozen=True)
class JournalView:
    """What a journal holds.

    identity: what was written down when the study began; None before.
    told:     its trials, in number order.
    spent:    seconds that its search took, over all runs.
    """

    identity: dict[str, Any] | None = None
    told: tuple[FinishedTrial, ...] = ()
    spent: float = 0.0


@dataclass(frozen=True)
class Entry:
    """A told trial, and when it was told: `at` is in seconds since the epoch."""

    told: FinishedTrial
    at: float


def view_journal(path: Path) -> JournalView:
    """The journal as it is now, which another command may be writing; a line that is not whole yet is left out.

    Raises:
        StudyStateError: the file is no journal, or cannot be read.
    """
    reader = JournalReader(path)
    return JournalView(reader.identity, tuple(one.told for one in reader.news()), reader.spent)


class JournalReader:
    """A journal that another command may be writing, read as it grows.

    Raises:
        StudyStateError: the file is no journal, or cannot be read. From any method.
    """

    def __init__(self, path: Path):
        self._path = path
        self._lines = _Lines(path)
        self._study: optuna.Study | None = None
        self._seen = 0

    @property
    def identity(self) -> dict[str, Any] | None:
        """What was written down when the study began; None before."""
        with _no_traceback(self._path):
            study = self._begun()
            return None if study is None else study.user_attrs.get("identity")

    @property
    def spent(self) -> float:
        """Seconds that the search took, over all runs."""
        with _no_traceback(self._path):
            study = self._begun()
            return 0.0 if study is None else spent_of(study)

    def news(self) -> list[Entry]:
        """The trials told since the last call, in number order."""
        with _no_traceback(self._path):
            study = self._begun()
            if study is None:
                return []
            trials = study.get_trials(deepcopy=False)[self._seen :]
            self._seen += len(trials)
            return [Entry(*pair) for pair in zip(told_of(trials, self._path), map(told_at, trials), strict=True)]

    def _begun(self) -> optuna.Study | None:
        if self._study is None and self._path.exists():
            storage = JournalStorage(self._lines)
            if STUDY in optuna.get_all_study_names(storage):
                self._study = optuna.load_study(study_name=STUDY, storage=storage)
        return self._study


@contextmanager
def _no_traceback(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudyStateError(f"{path}: not an Optuna journal: {error}.") from None


class _Lines(BaseJournalBackend):
    """Optuna's view of a journal's whole lines."""

    def __init__(self, path: Path):
        self._path, self._end = path, 0
        self._logs: list[dict[str, Any]] = []

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        with self._path.open("rb") as file:
            file.seek(self._end)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._logs += [json.loads(line) for line in whole.splitlines()]
        self._end += len(whole)
        return self._logs[log_number_from:]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        raise PermissionError("this journal is only looked at")
