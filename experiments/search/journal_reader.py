"""A journal for readers: the whole lines that it has now. Nothing is locked, repaired or written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from experiments.config.regular_file import read_regular
from experiments.search.journal import finished_trial, first_study, identity_in, seconds_spent, study_errors
from experiments.search.trial import FinishedTrial
from nnet.durable import end_of_lines


@dataclass(frozen=True)
class JournalView:
    """The content of a journal.

    identity: the study's identity, written when it began; None before.
    trials:   the finished trials, in number order.
    spent:    seconds that the search took, over all runs.
    seconds:  the same, until each trial.
    """

    identity: dict[str, Any] | None = None
    trials: tuple[FinishedTrial, ...] = ()
    spent: float = 0.0
    seconds: tuple[float, ...] = ()


def view_journal(path: Path) -> JournalView:
    """Read a journal as it is now, while another command may be writing it; a torn last line is left out.

    Raises:
        StudyStateError: the file is not a journal, or cannot be read.
    """
    with study_errors(path, "read"):
        study = _study(path)
        if study is None:
            return JournalView()
        stored = study.get_trials(deepcopy=False)
        trials = tuple(map(finished_trial, stored))
        seconds = tuple(float(trial.user_attrs["spent"]) for trial in stored)
        return JournalView(identity_in(study), trials, seconds_spent(study), seconds)


class JournalReader:
    """A journal that another command may be writing, read as it grows."""

    def __init__(self, path: Path):
        self._path = path
        self._study: optuna.Study | None = None
        self._seen = 0

    def space(self) -> dict[str, Any]:
        """Return the searched ranges, as the study file has them; none before the study has begun.

        Raises:
            StudyStateError: the file is not a journal, or cannot be read.
        """
        with study_errors(self._path, "read"):
            self._study = self._study or _study(self._path)
            identity = self._study.user_attrs.get("identity", {}) if self._study else {}
            return dict(identity.get("spec", {}).get("space", {}))

    def new_trials(self) -> list[FinishedTrial]:
        """Return the trials that finished since the last call, in number order.

        Raises:
            StudyStateError: the file is not a journal, or cannot be read.
        """
        with study_errors(self._path, "read"):
            self._study = self._study or _study(self._path)
            trials = self._study.get_trials(deepcopy=False)[self._seen :] if self._study else []
            self._seen += len(trials)
            return [finished_trial(trial) for trial in trials]


class _WholeLines(JournalFileBackend):
    """The file of a journal as Optuna reads it, without a last line that lost power while it was written."""

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        try:
            yield from super().read_logs(log_number_from)
        except UnicodeDecodeError:  # zeros at the start of a line are taken for another encoding
            content = Path(self._file_path).read_bytes()
            end = end_of_lines(content)
            if end == len(content) or b"\0" in content[:end]:
                raise


def _study(path: Path) -> optuna.Study | None:
    """Open the study for reading; None before its first line is whole. Optuna itself leaves out a torn last line."""
    if not path.exists() or b"\n" not in read_regular(path):
        return None
    if (study := first_study(JournalStorage(_WholeLines(str(path))))) is None:
        raise ValueError("it has no study")
    return study
