"""Which study this is: what the ledger knows it by, and what its journal must have been begun with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.config.documents import canonical_digest, changes
from experiments.config.space import Space
from experiments.config.spec import StudySpec, without_trials
from experiments.data.prepare import StudyData
from experiments.errors import StudyStateError
from experiments.search.executors.base import Executor
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs
from experiments.search.journal import Journal
from experiments.search.stopping import end_of
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, PrunerChoice, TrialOutput, TrialTask
from experiments.version import SCHEMA, check_same_version


def study_identity(spec: StudySpec, data: StudyData) -> str:
    """What the ledger knows the study by: all that determines it but the number of trials."""
    return canonical_digest({"format": SCHEMA, "spec": without_trials(spec), "data": data.fingerprint})


def recorded_identity(document: Mapping[str, Any]) -> str:
    """Return what the ledger knows a recorded study by.

    Args:
        document: its results.json, whose study file and data are known to be well formed.
    """
    spec = document["spec"]
    search = {key: value for key, value in spec.get("search", {}).items() if key != "trials"}
    identity = {"spec": {**spec, "search": search}, "data": document["data"]["fingerprint"]}
    schema = document.get("schema")
    return canonical_digest(identity if schema == 1 else {"format": schema, **identity})


def start_or_resume(journal: Journal, spec: StudySpec, data: StudyData, folder: Path) -> str:
    """The uid of the study that the journal holds, which must be this one; begun now if there is none."""
    if journal.identity is None:
        uid = uuid.uuid4().hex
        journal.begin({**_identity(spec, data), "uid": uid})
        return uid
    check_same_study(journal.identity, spec, data, folder)
    return str(journal.identity["uid"])


def check_same_study(known: Mapping[str, Any], spec: StudySpec, data: StudyData, folder: Path) -> None:
    """Refuse to go on with another study, or with one of an earlier version.

    Args:
        known: the identity that a journal in the folder has.

    Raises:
        StudyStateError: it is not the identity of this spec and data.
    """
    way = "--fresh starts it anew here, --out DIR in another folder."
    check_same_version(known.get("format"), f"{folder} cannot be resumed", way)
    before, now = {key: value for key, value in known.items() if key != "uid"}, _identity(spec, data)
    if before != now:
        raise StudyStateError(
            f"{folder} holds another study: {changes(before, now)}. --fresh starts anew, or choose another "
            "folder with --out."
        )


def check_enough_trials(spec: StudySpec, told: Sequence[FinishedTrial], folder: Path) -> None:
    """Refuse a study of fewer trials than are told: what was told stays told.

    Raises:
        StudyStateError: it is one.
    """
    count = len(told)
    if count > spec.search.trials:
        raise StudyStateError(
            f"search.trials: {folder} holds {count} trials already, more than {spec.search.trials}; "
            f"--trials {count} goes on with them, --fresh starts anew."
        )
    end = end_of([one.result for one in told], spec.search.patience)
    if end is not None and end < count:
        raise StudyStateError(
            f"search.patience: {folder} holds {count} trials already, but a patience of {spec.search.patience} ends "
            f"the search after {end}; choose more, or --fresh starts anew."
        )


def with_trials_so_far(spec: StudySpec, told: Sequence[FinishedTrial], folder: Path) -> StudySpec:
    """The study with the trials that it has, as if no more had been asked for.

    Raises:
        StudyStateError: it has none.
    """
    if not told:
        raise StudyStateError(f"{folder} holds no trial to score; the study needs more time or trials.")
    return spec.model_copy(update={"search": spec.search.model_copy(update={"trials": len(told)})})


def _identity(spec: StudySpec, data: StudyData) -> dict[str, Any]:
    return {
        "format": SCHEMA,
        "spec": without_trials(spec),
        "data": {"fingerprint": data.fingerprint, "folds": data.folds.fingerprint},
    }


def restore(
    spec: StudySpec,
    space: Space,
    told: Sequence[FinishedTrial],
    files: OutOfFoldFiles,
    inputs: Inputs,
    executor: Executor,
) -> tuple[list[FinishedTrial], int]:
    """Make sure that every COMPLETE trial has its file.

    A trial that was not pruned is the same without a pruner, so that its configuration and number determine it.

    Returns:
        the trials, each naming the content of its file, and how many had to be computed.

    Raises:
        StudyStateError: a trial does not come to what it came to when it was told.
    """

    def again(one: FinishedTrial) -> Future[TrialOutput]:
        candidate = space.candidate(one.params)
        task = TrialTask(one.result.number, candidate, spec.study.seed, spec.cv.metric, PrunerChoice("none"))
        return executor.submit(run_trial, task, inputs[candidate.preprocessing])

    lost = {
        one.result.number: again(one)
        for one in told
        if one.result.state == "COMPLETE" and files.content(one.result) is None
    }
    restored, count = list(told), len(lost)
    for number in list(lost):
        before, found = told[number].result, lost.pop(number).result()  # all outputs together may be too many
        # an older journal does not name the content
        expected = before if before.out_of_fold else replace(before, out_of_fold=found.result.out_of_fold)
        if replace(found.result, marks=before.marks) != expected:
            raise StudyStateError(
                f"trial {number}: its out-of-fold outputs are lost, and computed again it comes to "
                f"{found.result.value} instead of {before.value}; --fresh starts the study anew."
            )
        files.keep(found)
        restored[number] = replace(told[number], result=expected)
    return restored, count
