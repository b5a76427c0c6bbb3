"""Which study it is: what a folder holds must be what its file asks for, or it is refused with the difference."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from experiments.canonical import canonical_digest
from experiments.changes import changes
from experiments.data.prepare import StudyData
from experiments.errors import StudyStateError
from experiments.folder import StudyFolder
from experiments.search.ending import end_of
from experiments.search.journal import Journal
from experiments.search.trial import Told
from experiments.spec import StudySpec

FORMAT = 1  # of what the journal says of its study


def study_identity(spec: StudySpec, data: StudyData) -> str:
    """What the ledger knows the study by: all that determines it but the number of trials."""
    return canonical_digest({"spec": _without_trials(spec), "data": data.fingerprint})


def same_study(journal: Journal, spec: StudySpec, data: StudyData, folder: StudyFolder) -> str:
    """The uid of the study that the journal holds, which must be this one; begun now if there is none."""
    identity = {
        "format": FORMAT,
        "spec": _without_trials(spec),
        "data": {"fingerprint": data.fingerprint, "folds": data.folds.fingerprint},
    }
    known = journal.identity
    if known is None:
        uid = uuid.uuid4().hex
        journal.begin({**identity, "uid": uid})
        return uid
    before = {key: value for key, value in known.items() if key != "uid"}
    if before != identity:
        raise StudyStateError(
            f"{folder.path} holds another study: {changes(before, identity)}. --fresh starts anew, or choose another "
            "folder with --out."
        )
    return str(known["uid"])


def ending_here(spec: StudySpec, told: Sequence[Told], folder: StudyFolder) -> StudySpec:
    """The study with the trials that it has, as if no more had been asked for."""
    if not told:
        raise StudyStateError(f"{folder.path} holds no trial to score; the study needs more time or trials.")
    return spec.model_copy(update={"search": spec.search.model_copy(update={"trials": len(told)})})


def check_enough_trials(spec: StudySpec, told: Sequence[Told], folder: StudyFolder) -> None:
    """A study is never cut back: what was told stays told."""
    if len(told) > spec.search.trials:
        raise StudyStateError(
            f"search.trials: {folder.path} holds {len(told)} trials already, more than {spec.search.trials}; "
            f"--trials {len(told)} goes on with them, --fresh starts anew."
        )
    end = end_of([one.result for one in told], spec.search.patience)
    if end is not None and end < len(told):
        raise StudyStateError(
            f"search.patience: {folder.path} holds {len(told)} trials already, but a patience of "
            f"{spec.search.patience} ends the search after {end}; choose more, or --fresh starts anew."
        )


def _without_trials(spec: StudySpec) -> dict[str, Any]:
    document = spec.resolved()
    return {**document, "search": {key: value for key, value in document["search"].items() if key != "trials"}}
