"""A journal for whoever only looks: the whole lines that are there now. Nothing is locked, repaired or written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend

from experiments.errors import StudyStateError
from experiments.search.journal import STUDY, told_of
from experiments.search.trial import Told


@dataclass(frozen=True)
class JournalView:
    """What a journal holds.

    identity: what was written down when the study began; None before.
    told:     its trials, in number order.
    """

    identity: dict[str, Any] | None = None
    told: tuple[Told, ...] = ()


def view_journal(path: Path) -> JournalView:
    """The journal as it is now, which another command may be writing; a line that is not whole yet is left out.

    Raises:
        StudyStateError: the file is no journal, or cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return JournalView()
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    try:
        storage = JournalStorage(_Lines(content[: content.rfind(b"\n") + 1]))
        if STUDY not in optuna.get_all_study_names(storage):
            return JournalView()
        study = optuna.load_study(study_name=STUDY, storage=storage)
        return JournalView(study.user_attrs.get("identity"), tuple(told_of(study, path)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudyStateError(f"{path}: not an Optuna journal: {error}.") from None


class _Lines(BaseJournalBackend):
    """Optuna's view of a journal's content."""

    def __init__(self, content: bytes):
        self._logs: list[dict[str, Any]] = [json.loads(line) for line in content.splitlines()]

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        return self._logs[log_number_from:]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        raise PermissionError("this journal is only looked at")
