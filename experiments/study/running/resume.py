"""The identity of the study in a folder, and what it needs to go on from its finished trials."""

from __future__ import annotations

import shlex
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.config.documents import canonical_digest, changes, without_trials
from experiments.config.spec import StudySpec
from experiments.errors import StudyStateError
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs
from experiments.search.journal import Journal
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.stopping import end_of
from experiments.search.trial import FinishedTrial, PrunerChoice, TrialOutput, TrialTask
from experiments.version import SCHEMA, check_same_version


def recorded_identity(document: Mapping[str, Any]) -> str:
    """Return the digest by which the ledger knows a recorded study.

    Args:
        document: its results.json, whose study file and data are known to be well formed.
    """
    identity = {"spec": without_trials(document["spec"]), "data": document["data"]["fingerprint"]}
    schema = document.get("schema")
    return canonical_digest(identity if schema == 1 else {"format": schema, **identity})


def identity_of(known: Mapping[str, Any]) -> str:
    """Return the digest by which the ledger knows the study of a journal.

    Args:
        known: the identity in the journal.
    """
    return canonical_digest(
        {**{key: known.get(key) for key in ("format", "spec")}, "data": known["data"]["fingerprint"]}
    )


def start_or_resume(journal: Journal, study: StudyContext, folder: Path) -> str:
    """Return the uid of the study in the journal, which must be this one; an empty journal is begun.

    Raises:
        StudyStateError: the journal holds another study.
    """
    if journal.identity is None:
        uid = uuid.uuid4().hex
        journal.begin({**_identity(study), "uid": uid})
        return uid
    check_same_study(journal.identity, study, folder)
    return str(journal.identity["uid"])


def check_same_study(known: Mapping[str, Any], study: StudyContext, folder: Path, has_file: bool = False) -> None:
    """Refuse to go on with another study, or with one of an earlier version.

    Args:
        known:    the identity in the journal of the folder.
        has_file: whether the study of the folder has a file there, which this study would replace.

    Raises:
        StudyStateError: it is not the identity of this study.
    """
    instead = "--fresh starts it anew here, --out DIR in another folder."
    check_same_version(known.get("format"), f"{folder} cannot be resumed", instead)
    before, now = {key: value for key, value in known.items() if key != "uid"}, _identity(study)
    if before != now:
        goes_on = f"; python -m experiments.tune {shlex.quote(str(folder))} goes on with that one" if has_file else ""
        raise StudyStateError(
            f"{folder} holds another study: {_changes(before, now)}. Another --name or --out runs this one beside "
            f"it, --fresh starts anew in its place{goes_on}."
        )


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say what has changed in the study file, and whether the data has."""
    said = [changes(before["spec"], now["spec"])]
    if before["data"]["fingerprint"] != now["data"]["fingerprint"]:
        said.append("the rows that are read from the data have changed")
    elif before["data"] != now["data"] and not any(said):
        said.append("the same rows are divided into other folds")
    return "; ".join(filter(None, said))


def check_enough_trials(spec: StudySpec, trials: Sequence[FinishedTrial], folder: Path) -> None:
    """Refuse a study of fewer trials than have finished: a finished trial stays.

    Raises:
        StudyStateError: there are more trials than the study has, or than its patience leaves.
    """
    count = len(trials)
    if count > spec.search.trials:
        raise StudyStateError(
            f"search.trials: {folder} holds {count} trials already, more than {spec.search.trials}; "
            f"--trials {count} goes on with them, --fresh starts anew."
        )
    end = end_of([trial.result for trial in trials], spec.search.patience)
    if end is not None and end < count:
        raise StudyStateError(
            f"search.patience: {folder} holds {count} trials already, but a patience of {spec.search.patience} ends "
            f"the search after {end}; choose more, or --fresh starts anew."
        )


def with_trials_so_far(study: StudyContext, trials: Sequence[FinishedTrial], folder: Path) -> StudyContext:
    """Return the study with the trials that have finished, as if no more had been asked for.

    Raises:
        StudyStateError: no trial has finished.
    """
    if not trials:
        raise StudyStateError(f"{folder} holds no trial to score; the study needs more time or trials.")
    return study.with_trials(len(trials))


def _identity(study: StudyContext) -> dict[str, Any]:
    return {
        "format": SCHEMA,
        "spec": without_trials(study.spec.to_document()),
        "data": {"fingerprint": study.data.fingerprint, "folds": study.data.folds.fingerprint},
    }


def restore(
    study: StudyContext, trials: Sequence[FinishedTrial], files: OutOfFoldFiles, inputs: Inputs, executor: Executor
) -> tuple[list[FinishedTrial], int]:
    """Compute the out-of-fold outputs of every COMPLETE trial whose file is lost.

    A trial that was not pruned is the same without a pruner, so that its configuration and number determine it.

    Returns:
        the trials, each naming the content of its file, and how many had to be computed.

    Raises:
        StudyStateError: a trial does not come to the result on record.
    """
    spec = study.spec

    def again(trial: FinishedTrial) -> Future[TrialOutput]:
        candidate = study.space.candidate(trial.params)
        task = TrialTask(trial.result.number, candidate, spec.study.seed, spec.cv.metric, PrunerChoice("none"))
        return executor.submit(run_trial, task, inputs[candidate.preprocessing])

    lost = {
        trial.result.number: again(trial)
        for trial in trials
        if trial.result.state == "COMPLETE" and files.content(trial.result) is None
    }
    restored, count = list(trials), len(lost)
    for number in list(lost):
        before, output = trials[number].result, lost.pop(number).result()  # all outputs together may be too many
        # an older journal does not name the content
        expected = before if before.out_of_fold else replace(before, out_of_fold=output.result.out_of_fold)
        if replace(output.result, marks=before.marks) != expected:
            raise StudyStateError(
                f"trial {number}: its out-of-fold outputs are lost, and computed again it comes to "
                f"{output.result.value} instead of {before.value}; --fresh starts the study anew."
            )
        files.keep(output)
        restored[number] = replace(trials[number], result=expected)
    return restored, count
