"""A study as its results.json records it, read without trusting it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from experiments.config.documents import Difference, differences
from experiments.config.regular_file import read_regular
from experiments.data.identity.row_hashes import RowHashes, load_row_hashes
from experiments.errors import StudyStateError
from experiments.evaluation.records.result_digest import digest
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.records.schema_1 import from_schema_1
from experiments.search.journal_reader import view_journal
from experiments.search.trial import FinishedTrial
from experiments.study.folders.folder import StudyFolder
from experiments.version import SCHEMA, VERSION


@dataclass(frozen=True)
class Recorded:
    """A results.json.

    path:     the path of the file, which lies in the study's folder.
    document: its content, in the schema that it was written in.
    result:   its content as frozen data, in the current schema.
    """

    path: Path
    document: dict[str, Any]
    result: StudyResult

    @property
    def folder(self) -> Path:
        """Return the folder of the study's other files, if the file was not copied alone."""
        return self.path.parent

    @property
    def digest(self) -> str:
        return str(self.document.get("digest"))

    def contradictions(self) -> list[Difference]:
        """List the contradictions in the file, as after an edit; first a digest that is not that of the rest."""
        return list(_contradictions(self.document, self.result))


def read_results(path: Path) -> Recorded:
    """Read a results.json; `contradictions` checks its digest.

    Raises:
        StudyStateError: it cannot be read, or is not of this schema.
    """
    try:
        document = json.loads(read_regular(path), parse_constant=_no_number, parse_float=_finite)
        schema = document["schema"]
        if isinstance(schema, int) and schema > SCHEMA:
            raise StudyStateError(
                f"{path}: is of schema {schema}, which a later version of this program wrote; version {VERSION} reads "
                f"up to {SCHEMA}."
            )
        result = StudyResult.of_document(from_schema_1(document) if schema == 1 else document)
        if schema != SCHEMA:
            result = replace(result, earlier_digest=str(document["digest"]))
        return Recorded(path, document, result)
    except FileNotFoundError:
        raise StudyStateError(f"{path}: there are no results.") from None
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        raise StudyStateError(f"{path}: not the results of a study.") from None


def read_unchanged_results(path: Path) -> Recorded:
    """Read a results.json that nobody changed, of this or an earlier version of the program.

    Raises:
        StudyStateError: it cannot be read, or was changed after it was written.
    """
    recorded = read_results(path)
    for contradiction in recorded.contradictions():
        raise StudyStateError(f"{path}: {edited(contradiction)}.")
    return recorded


def read_own_results(path: Path) -> Recorded:
    """Read a results.json that is as the program wrote it.

    Raises:
        StudyStateError: it cannot be read, was changed after it was written, or by another version of the program.
    """
    recorded = read_unchanged_results(path)
    if recorded.document["schema"] == SCHEMA and recorded.result.digest != recorded.digest:
        raise StudyStateError(f"{path}: was written by another version of this program, which recorded other things.")
    return recorded


def learned(recorded: Recorded) -> tuple[FinishedTrial, ...]:
    """Return the trials with their learning curves, from the journal beside the results; none if there is no journal.

    Raises:
        StudyStateError: the journal cannot be read, or is of another study.
    """
    path = StudyFolder(recorded.folder).journal
    trials = view_journal(path).trials
    for trial, row in zip(trials, recorded.result.trials, strict=False):
        if differences(row.params, trial.params) or row.value != trial.result.value:
            raise StudyStateError(f"{path}: trial {row.number} is not that of {recorded.path}.")
    if trials and len(trials) < len(recorded.result.trials):
        raise StudyStateError(f"{path}: holds fewer trials than {recorded.path}.")
    return trials[: len(recorded.result.trials)]


def known_rows(recorded: Recorded) -> RowHashes:
    """Return the hashes by which the ledger knows the study's test rows; without the file only their fingerprint.

    Raises:
        StudyStateError: the file of the hashes is damaged or of other rows.
    """
    path, fingerprint = StudyFolder(recorded.folder).row_hashes, recorded.result.split.test_fingerprint
    try:
        rows = load_row_hashes(read_regular(path), str(path))
    except FileNotFoundError:
        return RowHashes(fingerprint, (), ())
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    if rows.fingerprint != fingerprint:
        raise StudyStateError(f"{path}: is of other test rows than {recorded.path}.")
    return rows


def edited(difference: Difference) -> str:
    """Say a contradiction in words.

    >>> edited(Difference("spec.study.seed", "1", "0"))
    'was changed after it was written: spec.study.seed is 1, but by the rest of it 0'
    """
    here, rest = difference.recorded, difference.found
    return f"was changed after it was written: {difference.where} is {here}, but by the rest of it {rest}"


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _no_number(text)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _contradictions(document: dict[str, Any], result: StudyResult) -> Iterator[Difference]:
    own, of_the_rest = str(document.get("digest")), digest(document)
    if own != of_the_rest:
        yield Difference("digest", own[:12], of_the_rest[:12])
    seeds = result.provenance.get("seeds")
    spec = {
        "study.seed": result.spec.get("study", {}).get("seed"),
        "data.split_seed": result.spec.get("data", {}).get("split_seed"),
    }
    if isinstance(seeds, dict):
        started = {"study.seed": seeds.get("study"), "data.split_seed": seeds.get("split")}
        yield from differences({"spec": spec}, {"spec": started})
    for name, chosen in (("best", result.best), ("default", result.default)):
        if chosen is not None and not 0 <= chosen.number < len(result.trials):
            yield Difference(f"{name}.number", str(chosen.number), f"there are {len(result.trials)} trials")
        elif chosen is not None:
            trial, said = asdict(result.trials[chosen.number]), asdict(chosen)
            row = {**trial, "cv_mean": trial["value"]}
            shared = [key for key in said if key in row]
            yield from differences(
                {name: {key: said[key] for key in shared}}, {name: {key: row[key] for key in shared}}
            )
