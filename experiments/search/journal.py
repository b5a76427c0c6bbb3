"""The journal: an Optuna journal file that receives each trial in a single append when the trial has finished.

So no running trial is ever stored, and a kill at any moment leaves whole trials. The journal is the record of the
study; everything else can be made from it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, TrialState, create_trial
from pydantic import Field, TypeAdapter

from experiments.config.candidate import Hyperparameters
from experiments.config.readable import readable
from experiments.errors import StudyStateError, first_line
from experiments.search.stop_signals import stopping_waits
from experiments.search.trial import FinishedTrial, TrialResult
from nnet.durable import create, cut_torn_tail

LATEST = 1e11  # seconds since 1970, in the year 5138; as a duration as long
STUDY = "study"  # name inside the file of a study that gives none, and of all studies of version 0.1.0
_RESULT = TypeAdapter(TrialResult)
_SECONDS = TypeAdapter(dict[str, Annotated[float, Field(ge=0, lt=LATEST, allow_inf_nan=False)]])


class Journal:
    """A journal file, of which the caller is the only writer.

    Args:
        name:  of the study inside the file, for Optuna's tools; one that is there keeps its name.
        check: raises an error if this command may no longer write, as it has lost the folder.

    Raises:
        StudyStateError: the file is not a journal of this program, or cannot be written. From any method.
    """

    def __init__(self, path: Path, name: str = STUDY, check: Callable[[], object] = lambda: None):
        self._path, self._check, self._is_torn = path, check, False
        if path.is_symlink():
            raise StudyStateError(
                f"{path}: is a symbolic link, through which no study writes; put the journal itself in its place."
            )
        repair_journal(path)
        with study_errors(path, "written"):
            create(path)  # Optuna flushes each line, but not the name of a file that it makes
            for lock in path.parent.glob(f"{path.name}.lock*"):  # of a killed writer: the folder has no other user
                lock.unlink(missing_ok=True)
            storage = JournalStorage(JournalFileBackend(str(path), lock_obj=JournalFileOpenLock(str(path))))
            self._study = first_study(storage) or optuna.create_study(
                study_name=name, storage=storage, direction="maximize"
            )

    @property
    def identity(self) -> dict[str, Any] | None:
        """Return the study's identity, written when it began; None before."""
        return dict(self._study.user_attrs["identity"]) if "identity" in self._study.user_attrs else None

    def begin(self, identity: Mapping[str, Any]) -> None:
        """Write the study's identity."""
        self._set("identity", dict(identity))

    def trials(self) -> list[FinishedTrial]:
        """Return all finished trials, in number order."""
        with study_errors(self._path, "read"):
            return [finished_trial(trial) for trial in self._study.get_trials(deepcopy=False)]

    @property
    def spent(self) -> float:
        """Return the seconds that the search had taken, over all runs, at its last trial or at its end."""
        return seconds_spent(self._study)

    @property
    def timing(self) -> dict[str, float]:
        """Return the seconds that each part of the study took, over all its runs, as last written."""
        with study_errors(self._path, "read"):
            last = self._study.get_trials(deepcopy=False)[-1:]
            known = [self._study.user_attrs, *(trial.user_attrs for trial in last)]
            records = [_SECONDS.validate_python(attributes.get("timing", {})) for attributes in known]
        return max(records, key=lambda record: sum(record.values()))

    def keep_timing(self, timing: Mapping[str, float]) -> None:
        """Write the seconds that each part of the study has taken, over all its runs."""
        self._set("timing", dict(timing))

    def end(self, spent: float) -> None:
        """Write the seconds of a search that ended early, so that the next run knows that the budget is spent."""
        self._set("spent", spent)

    def append(
        self,
        trial: FinishedTrial,
        distributions: Mapping[str, BaseDistribution],
        inside: bool,
        spent: float = 0.0,
        timing: Mapping[str, float] | None = None,
    ) -> None:
        """Write a finished trial, with its start and its end as Optuna's tools show them.

        A trial that was given up ends now. None ends later than now, whatever the clock of its worker says.

        Args:
            inside: True if its parameters lie in the distributions; Optuna can then show them.
            spent:  seconds that the search has taken, over all runs.
            timing: seconds that each part of the study has taken, over all runs.
        """
        result, now = trial.result, time.time()
        ended = min(result.ended_at or now, now)
        frozen = create_trial(
            state=TrialState[result.state],
            value=result.value,
            params=trial.params if inside else {},
            distributions=dict(distributions) if inside else {},
            user_attrs={
                "params": trial.params,
                "result": result_document(result),
                "spent": spent,
                "timing": dict(timing or {}),
                "at": ended,
            },
            intermediate_values=dict(zip(result.curves.epochs, result.curves.mean_scores, strict=True)),
        )
        frozen.datetime_start = datetime.fromtimestamp(ended - result.seconds, UTC)
        frozen.datetime_complete = datetime.fromtimestamp(ended, UTC)
        with self._writing():
            self._study.add_trial(frozen)

    def _set(self, key: str, value: Any) -> None:
        with self._writing():
            self._study.set_user_attr(key, value)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write a record, unless one before it may have been written in part: the two would be one damaged line.

        A signal that ends the command waits until the record is written.
        """
        self._check()
        if self._is_torn:
            raise StudyStateError(f"{self._path}: cannot be written behind a record that was not written whole.")
        before = self._size()
        with stopping_waits():
            try:
                with study_errors(self._path, "written"):
                    yield
            except BaseException:
                self._is_torn = self._size() != before
                raise

    def _size(self) -> int:
        with suppress(OSError):
            return self._path.stat().st_size
        return 0


def first_study(storage: JournalStorage) -> optuna.Study | None:
    """Load the study that a journal began with, whatever its name; None if it has begun none."""
    names = optuna.get_all_study_names(storage)
    return optuna.load_study(study_name=names[0], storage=storage) if names else None


def identity_in(study: optuna.Study) -> dict[str, Any] | None:
    """Return the identity that the study of a journal began with; None before.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: this program did not write it.
    """
    identity: dict[str, Any] | None = study.user_attrs.get("identity")
    if identity is not None:
        sections, data = identity["spec"].values(), identity["data"]
        texts = (data["fingerprint"], data["folds"], identity["uid"])
        if not (all(isinstance(one, dict) for one in sections) and all(isinstance(one, str) for one in texts)):
            raise ValueError("its identity is not what a study wrote")
    return identity


def seconds_spent(study: optuna.Study) -> float:
    """Return the seconds that the search had taken, over all runs, at its last trial or at its end."""
    trials = study.get_trials(deepcopy=False)
    at_last_trial = float(trials[-1].user_attrs["spent"]) if trials else 0.0
    return max(at_last_trial, float(study.user_attrs.get("spent", 0.0)))


@contextmanager
def study_errors(path: Path, action: str) -> Iterator[None]:
    """Turn errors of the file system and of the parsers into a StudyStateError; a forged file may raise any of them.

    Args:
        action: "read" or "written".
    """
    try:
        yield
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be {action}: {error.strerror}.") from None
    except StudyStateError:
        raise
    except Exception as error:
        raise StudyStateError(f"{path}: not a journal of this program: {readable(first_line(error), 200)}.") from None


def repair_journal(path: Path) -> None:
    """Cut a journal back to its last whole record, after a kill or a full disk; the torn file is kept as a copy.

    A symbolic link may lead to somebody's file, which is not cut.

    Raises:
        StudyStateError: it cannot be written.
    """
    if path.is_symlink():
        return
    with study_errors(path, "written"):
        cut_torn_tail(path, path.with_name(f"{path.name}.torn"))


def finished_trial(trial: FrozenTrial) -> FinishedTrial:
    """Parse a trial of a journal.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: this program did not write it.
    """
    stored = trial.user_attrs
    params: Hyperparameters = stored["params"]
    for name, value in params.items():
        if not isinstance(value, str) and not isfinite(value):
            raise ValueError(f"{name} is {value}")
    # journals of version 0.1.0 have Optuna's time only, which has no time zone
    at = stored["at"] if "at" in stored or not trial.datetime_complete else trial.datetime_complete.timestamp()
    result = parse_result(stored["result"])
    if result.number != trial.number:
        raise ValueError(f"trial {trial.number} has the result of trial {result.number}")
    for name, seconds in (("at", at), ("spent", stored["spent"])):
        if not 0 <= float(seconds) < LATEST:
            raise ValueError(f"trial {trial.number}: {name} is {seconds}")
    return FinishedTrial(params, result, float(at))


def result_document(result: TrialResult) -> dict[str, Any]:
    """Return the result, without its end, as JSON data; `asdict` would copy every number of its curves."""
    fields = {key: value for key, value in vars(result).items() if key != "ended_at"}
    return {**fields, "curves": vars(result.curves)}


def parse_result(document: Mapping[str, Any]) -> TrialResult:
    """Return the result of a document that `result_document` made and JSON stored.

    Raises:
        ValueError: this program did not write it.
    """
    result = _RESULT.validate_python(document)
    curves = result.curves
    of_epochs = (curves.scores, curves.validation_losses, curves.train_losses)
    folds = {len(row) for rows in of_epochs for row in rows} | {len(result.fold_scores) or None} - {None}
    if any(len(rows) != len(curves.epochs) for rows in of_epochs) or len(folds) > 1 or 0 in folds:
        raise ValueError(f"trial {result.number}: its curves have other epochs or folds than its scores")
    if (result.state == "COMPLETE") != (result.value is not None):
        raise ValueError(f"trial {result.number} is {result.state} with the value {result.value}")
    if result.value is not None and not (
        result.fold_scores and all(map(isfinite, (result.value, result.cv_std or 0.0, *result.fold_scores)))
    ):
        raise ValueError(f"trial {result.number} is COMPLETE, but has no finite score of each fold")
    return result
