"""The rows that the default of a study was chosen with, in the study's folder: of `tune --default-of STUDY`.

They are no part of the study: only what is said of its test score depends on them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.config.documents import canonical_digest
from experiments.config.regular_file import read_regular
from experiments.data.hints.chosen_with import chosen_with, learnt_hashes
from experiments.data.identity.hashes import HASH_BYTES
from experiments.errors import ExperimentError, SpecError, StudyStateError
from experiments.search.context import StudyContext
from experiments.study.folders.find_data import data_again, spec_again
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.results_file import Recorded, read_own_results
from experiments.study.running.options import Options

SETTINGS = ("training", "preprocessing", "default")  # sections that make the default
KINDS = {"classification": "classes", "regression": "a number"}


@dataclass(frozen=True)
class DefaultRows:
    """The studies that chose a default, and the rows that they learnt from.

    default: digest of the settings of the default.
    digest:  digest of the study that it won.
    studies: name of that study; and where its own default won it, names of those that had chosen that.
    learnt:  hashes of the rows; None where they are not known.
    """

    default: str
    digest: str
    studies: tuple[str, ...]
    learnt: frozenset[bytes] | None


def default_rows(study: StudyContext, folder: StudyFolder, options: Options) -> DefaultRows | None:
    """Return what chose the default of a study, by the option or by a record; None if nothing did.

    A record is in the study's folder, or in that of the study whose file it is made from. It holds as long as the
    default is the same. It stays, as the data of the other study may have changed since.

    Raises:
        SpecError:       the other study predicts another kind of target.
        StudyStateError: the record, or the results of the other study, cannot be read.
    """
    default = default_digest(study.spec.to_document())
    if options.default_of is None:
        folders = [folder, *([] if options.origin is None else [StudyFolder(options.origin)])]
        records = (_read(place.default_rows) for place in folders)
        return next((known for known in records if known is not None and known.default == default), None)
    recorded = read_own_results(options.default_of)
    theirs, ours = (KINDS[task] for task in (recorded.result.data.task, study.data.target.task))
    if theirs != ours:
        raise SpecError(
            f"--default-of: {recorded.result.study} predicts {theirs}, but this study predicts {ours}; name a study of "
            "the same kind, or leave the option out."
        )
    known = _read(folder.default_rows, or_nothing=True)
    if known is None or known.learnt is None or (known.default, known.digest) != (default, recorded.digest):
        return _chosen_by(recorded, default)
    return known


def with_note(study: StudyContext, rows: DefaultRows | None) -> StudyContext:
    """Return a study whose notes say how many test rows its default was chosen with."""
    note = None if rows is None else chosen_with(study.data.test.known_by, rows.learnt, rows.studies)
    if note is None:
        return study
    return replace(study, data=replace(study.data, notes=(*study.data.notes, note)))


def keep_default_rows(rows: DefaultRows | None, folder: StudyFolder) -> None:
    """Write the record into the folder.

    Raises:
        StudyStateError: the disk is full, or the folder cannot be written to.
    """
    if rows is not None and rows != _read(folder.default_rows, or_nothing=True):
        folder.write(folder.default_rows.name, _written(rows))


def default_digest(spec: Mapping[str, Any]) -> str:
    """Return the digest of the settings that make the default of a resolved study file."""
    return canonical_digest({name: spec[name] for name in SETTINGS})


def _chosen_by(recorded: Recorded, default: str) -> DefaultRows:
    """Find the rows that a study learnt from, with those that its own default was chosen with if that won it."""
    result = recorded.result
    learnt, studies = None, [result.study]
    with suppress(ExperimentError):  # its data is gone or has changed
        table, data = data_again(spec_again(recorded, None), recorded)
        learnt = learnt_hashes(table, data.development)
    earlier = _read(StudyFolder(recorded.folder).default_rows)
    if earlier is not None and result.best.number == 0 and earlier.default == default_digest(result.spec):
        studies += earlier.studies
        learnt = None if learnt is None or earlier.learnt is None else learnt | earlier.learnt
    return DefaultRows(default, recorded.digest, tuple(studies), learnt)


def _written(rows: DefaultRows) -> str:
    hashes = None if rows.learnt is None else base64.b64encode(b"".join(sorted(rows.learnt))).decode()
    document = {"studies": rows.studies, "digest": rows.digest, "default": rows.default, "learnt": hashes}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _read(path: Path, or_nothing: bool = False) -> DefaultRows | None:
    """Read the file of a folder; None where there is none.

    Args:
        or_nothing: a file that cannot be read counts as none.

    Raises:
        StudyStateError: the file cannot be read.
    """
    try:
        document = json.loads(read_regular(path))
        content = None if document["learnt"] is None else base64.b64decode(document["learnt"], validate=True)
        places = range(0, len(content or b""), HASH_BYTES)
        learnt = None if content is None else frozenset(content[at : at + HASH_BYTES] for at in places)
        studies = tuple(map(str, document["studies"]))
        return DefaultRows(str(document["default"]), str(document["digest"]), studies, learnt)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        if or_nothing:
            return None
        raise StudyStateError(
            f"{path}: does not say which rows the default was chosen with; it was damaged or is another file. The "
            "command with --default-of writes it again."
        ) from None
