"""The data of a recorded study, whose record has the name of a file and not its place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

from experiments.config.formats import GIVEN, sort_of
from experiments.config.outer import rows_of
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec, read_spec
from experiments.data.load import load_table
from experiments.data.prepare import StudyData, prepare
from experiments.data.table import Table
from experiments.errors import DataError, ExperimentError, SpecError
from experiments.study.folders.lookup import own_study_files
from experiments.study.folders.results_file import Recorded

FROM_FOLDERS = ("fashion_mnist", "mnist")  # sources by name that may lie in a folder
PLACES = ("source", "test", "folder")  # keys of [data] whose values are places


def spec_again(recorded: Recorded, data: str | None) -> StudySpec:
    """Return the recorded spec with the place where its data is now.

    Args:
        data: path of the file or folder; None searches the study's file, the folder of the results, and here.

    Raises:
        SpecError: the spec on record breaks a rule, or `data` is not what the study read.
        DataError: the data is not there.
    """
    section, spec = recorded.result.spec.get("data", {}), explicit(recorded.result.spec)
    source = section.get("source") if isinstance(section, Mapping) else None
    if not isinstance(source, str):
        return parse_spec(spec, str(recorded.path))  # which says what is wrong
    if source == GIVEN:
        raise DataError(
            f"{recorded.path}: the rows of this study were given by a program and are in no file; the same rows by "
            "experiments.run give the same study."
        )
    named = sort_of(source) in ("name", "openml")
    if data is not None and named and source not in FROM_FOLDERS:
        raise SpecError(f"--data: the study's rows are {source!r}, which come by name and from no file; leave it out.")
    if data is not None:
        places = {"folder": data} if named else _beside(section, data)
    else:
        places = next(_known_places(recorded, section), {})
        if not named and not places:
            raise DataError(
                f"data.source: the place of {source!r} is not recorded, and it is not beside {recorded.path}; name it "
                "with --data FILE."
            )
    return parse_spec({**spec, "data": {**section, **places}}, str(recorded.path))


def explicit(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a spec the keys that did not exist when it was written, at the value that they had then."""
    study = spec.get("study")
    return {**spec, "study": {"arithmetic": "native", **study}} if isinstance(study, Mapping) else spec


def data_again(spec: StudySpec, recorded: Recorded) -> tuple[Table, StudyData]:
    """Load the rows, which must be those of the study, and split them as the study does.

    Raises:
        DataError: they cannot be loaded, or are others.
    """
    table = load_table(rows_of(spec), os.environ)
    data = prepare(spec, os.environ, table)
    before, here = recorded.result.data.fingerprint, data.fingerprint
    if before != here:
        raise DataError(
            f"data.source: {spec.data.source!r} holds other data than the study had: fingerprint {before[:12]} on "
            f"record, {here[:12]} here; --data FILE names another file."
        )
    return table, data


def _known_places(recorded: Recorded, section: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the places where the data may be: by a study file of this study, beside the results, and here."""
    outer = section.get("test_fold") is not None  # whose folder lies in that of the whole study
    folder, source = recorded.folder.parent if outer else recorded.folder, section["source"]
    named = sort_of(source) in ("name", "openml")
    for file in own_study_files(folder, recorded.result.study):
        with suppress(ExperimentError):
            known = read_spec(file).data
            if known.to_document()["source"] == source and (named or os.path.exists(known.source)):  # noqa: PTH110 - never raises, whatever the name
                yield {key: value for key in PLACES if (value := getattr(known, key)) is not None}
    for place in () if named else (folder / source, folder.parent / source, Path(source)):
        if os.path.exists(place):  # noqa: PTH110
            yield _beside(section, str(place))


def _beside(section: Mapping[str, Any], data: str) -> dict[str, str]:
    """Return the source in that place, with a test file of its own beside it."""
    recorded, place = PurePath(section["source"]), PurePath(data)
    if place.name != recorded.name:
        raise SpecError(f"--data: must be named {recorded.name!r}, as the file that the study read, but got {data!r}.")
    places = {"source": place.as_posix() + ("/" if sort_of(section["source"]) == "folder" else "")}
    if isinstance(section.get("test"), str):
        test = section["test"]
        places["test"] = (place.parent / test).as_posix() + ("/" if test.endswith("/") else "")
    return places
