"""The study file that `tune --data` writes into the study's folder, where a person may change it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from experiments.config.data_options import Decided
from experiments.config.default_study import STUDY_FILE, study_text
from experiments.config.documents import without_trials
from experiments.config.regular_file import read_regular, write_atomically
from experiments.config.toml import parse_toml
from experiments.errors import StudyStateError
from experiments.search.context import StudyContext
from experiments.study.folders.folder import StudyFolder
from experiments.study.running.options import RunContext


def is_later(folder: StudyFolder) -> bool:
    """Tell whether the study file was written after the results, as when a person has changed it."""
    try:
        return (folder.path / STUDY_FILE).stat().st_mtime > folder.results.stat().st_mtime
    except OSError:
        return False


def keep_study_file(study: StudyContext, run: RunContext) -> None:
    """Write the study file into the folder, with what the rows decided, if the run has one for it.

    Raises:
        StudyStateError: see `write_study_file`.
    """
    if run.options.document is not None:
        document = with_decided(run.options.document, study.data.decided)
        write_study_file(run.folder, study_text(document, run.folder.path), run.say)


def with_decided(document: Mapping[str, Any], keys: Decided) -> Mapping[str, Any]:
    """Write what was decided into the document of a study file, so that the next run decides nothing.

    Args:
        keys: keys of [data].
    """
    if not keys:
        return document
    decided = {key: value for key, value in keys.items() if value not in ((), {})}
    plain = {
        key: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
        for key, value in decided.items()
    }
    return {**document, "data": {**{key: value for key, value in document["data"].items() if key not in keys}, **plain}}


def write_study_file(folder: StudyFolder, text: str, say: Callable[[str], None]) -> None:
    """Write the study file, unless the one that is there differs in comments, order or [report] alone.

    Another one, which a person may have changed, stays as `study.toml.before`, or under the next name that is free;
    that is said if it differs in more than its number of trials.

    Raises:
        StudyStateError: the file cannot be read, the disk is full, or the folder cannot be written to.
    """
    path = folder.path / STUDY_FILE
    try:
        before = read_regular(path) if path.exists() else None
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    ours, theirs = parse_toml(text), _document(before)
    if theirs is not None and ours == {key: theirs[key] for key in theirs if key in ours or key != "report"}:
        return
    if before is not None:
        kept = _free(path, before)
        write_atomically(kept, before)
        if theirs is None or without_trials(ours) != without_trials(theirs):
            say(
                f"{path}: said otherwise, and is now {kept.name}; python -m experiments.tune {folder.path} runs a "
                "study file as it is"
            )
    folder.write(path.name, text)


def _free(path: Path, content: bytes) -> Path:
    """Return the first name for an earlier file that is free, or has this content."""
    names = (path.with_name(f"{path.name}.before{'' if number == 1 else number}") for number in count(1))
    return next(
        name
        for name in names
        if not os.path.lexists(name) or (name.is_file() and not name.is_symlink() and name.read_bytes() == content)
    )


def _document(content: bytes | None) -> dict[str, Any] | None:
    """Return the document of a study file; None where there is none that can be read."""
    try:
        return None if content is None else parse_toml(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # no UTF-8, no TOML, or too deep
        return None
