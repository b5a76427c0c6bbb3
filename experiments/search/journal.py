"""The journal: an Optuna journal file in which a trial appears in one append, when it is told, and never before.

So nothing RUNNING is ever stored, and a kill at any moment leaves whole trials. It is the record of the study;
everything else can be made from it again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.config.candidate import Hyperparameters
from experiments.errors import StudyStateError
from experiments.search.trial import Curves, FinishedTrial, TrialResult

STUDY = "study"  # name inside the file; the study's own name is user text and may change with the folder's


class Journal:
    """The journal in one file, of which the caller is the only writer.

    Raises:
        StudyStateError: the file is no journal of ours, or cannot be written. From any method.
    """

    def __init__(self, path: Path):
        self._path = path
        with _no_traceback(path):
            cut_torn_tail(path)
            for leftover in path.parent.glob(f"{path.name}.lock*"):  # of a killed writer: nobody else has the folder
                leftover.unlink(missing_ok=True)
            storage = JournalStorage(JournalFileBackend(str(path), lock_obj=JournalFileOpenLock(str(path))))
            self._study = (
                optuna.load_study(study_name=STUDY, storage=storage)
                if STUDY in optuna.get_all_study_names(storage)
                else optuna.create_study(study_name=STUDY, storage=storage, direction="maximize")
            )

    @property
    def identity(self) -> dict[str, Any] | None:
        """What was written down when the study began; None before."""
        identity: dict[str, Any] | None = self._study.user_attrs.get("identity")
        return identity

    def begin(self, identity: Mapping[str, Any]) -> None:
        """Write down what the study is of."""
        with _no_traceback(self._path):
            self._study.set_user_attr("identity", dict(identity))

    def told(self) -> list[FinishedTrial]:
        """Every trial told so far, in number order."""
        return told_of(self._study.get_trials(deepcopy=False), self._path)

    @property
    def spent(self) -> float:
        """Seconds that the search had taken, over all runs, when its last trial was told or its time was up."""
        return spent_of(self._study)

    @property
    def timing(self) -> dict[str, float]:
        """Seconds that each part of the study took, over all its runs, as far as they were written down."""
        trials = self._study.get_trials(deepcopy=False)
        known = [self._study.user_attrs.get("timing"), trials[-1].user_attrs.get("timing") if trials else None]
        return max((dict(one) for one in known if one), key=lambda one: sum(one.values()), default={})

    def keep_timing(self, timing: Mapping[str, float]) -> None:
        """Write down what each part of the study took so far, over all its runs."""
        with _no_traceback(self._path):
            self._study.set_user_attr("timing", dict(timing))

    def end(self, spent: float) -> None:
        """Write down what a search took that ended early: one whose budget is spent ends there in the next run too."""
        with _no_traceback(self._path):
            self._study.set_user_attr("spent", spent)

    def append(
        self,
        told: FinishedTrial,
        distributions: Mapping[str, BaseDistribution],
        inside: bool,
        spent: float = 0.0,
        timing: Mapping[str, float] | None = None,
    ) -> None:
        """Write one told trial.

        Args:
            inside: its parameters lie in the distributions; Optuna can then show them.
            spent:  seconds that the search has taken so far, over all runs.
            timing: seconds that each part of the study has taken so far, over all runs.
        """
        result = told.result
        trial = create_trial(
            state=TrialState[result.state],
            value=result.value,
            params=told.params if inside else {},
            distributions=dict(distributions) if inside else {},
            user_attrs={
                "params": told.params,
                "result": document_of(result),
                "spent": spent,
                "timing": dict(timing or {}),
                "at": time.time(),
            },
            intermediate_values=dict(zip(result.curves.epochs, result.curves.mean_scores, strict=True)),
        )
        with _no_traceback(self._path):
            self._study.add_trial(trial)


def spent_of(study: optuna.Study) -> float:
    """Return the seconds that a search had taken, over all runs, when its last trial was told or its time was up."""
    trials = study.get_trials(deepcopy=False)
    told = float(trials[-1].user_attrs["spent"]) if trials else 0.0
    return max(told, float(study.user_attrs.get("spent", 0.0)))


@contextmanager
def _no_traceback(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be written: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudyStateError(f"{path}: not an Optuna journal: {error}.") from None


def cut_torn_tail(path: Path) -> None:
    """Cut a journal back to its last newline, after which a kill or a full disk left part of a line; keep a copy."""
    if not path.is_file():
        return
    size = path.stat().st_size
    with path.open("rb+") as file:
        end, block = size, 1 << 16
        while end:
            start = max(0, end - block)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        if end < size:
            shutil.copyfile(path, path.with_name(f"{path.name}.torn"))
            file.truncate(end)


def told_of(trials: Iterable[FrozenTrial], path: Path) -> list[FinishedTrial]:
    """The trials of a study as a journal holds them, in number order.

    Raises:
        StudyStateError: somebody else wrote them.
    """
    try:
        return [
            FinishedTrial(_finite(one.user_attrs["params"]), result_of_json(one.user_attrs["result"])) for one in trials
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StudyStateError(f"{path}: its trials are not those of a study of ours: {error}.") from None


def _finite(params: Hyperparameters) -> Hyperparameters:
    for name, value in params.items():
        if not isinstance(value, str) and not isfinite(value):
            raise ValueError(f"{name} is {value}")
    return params


def told_at(trial: FrozenTrial) -> float:
    """When a trial was told, in seconds since the epoch; Optuna's own time of it has no time zone."""
    if "at" in trial.user_attrs:
        return float(trial.user_attrs["at"])
    return trial.datetime_complete.timestamp() if trial.datetime_complete is not None else 0.0


def document_of(result: TrialResult) -> dict[str, Any]:
    """The result as JSON data; `dataclasses.asdict` would copy every number of its curves."""
    return {**vars(result), "curves": vars(result.curves)}


def result_of_json(document: Mapping[str, Any]) -> TrialResult:
    """The result that `document_of` and JSON made a document of."""

    def tuples(value: Any) -> Any:
        return tuple(tuples(item) for item in value) if isinstance(value, list | tuple) else value

    fields = {key: tuples(value) for key, value in document.items() if key != "curves"}
    curves = Curves(**{key: tuples(value) for key, value in document["curves"].items()})
    return TrialResult(**fields, curves=curves)
