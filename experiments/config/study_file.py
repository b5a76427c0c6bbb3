"""From a study file and its overrides to a StudySpec; the message of every problem is one line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.config.formats import sort_of
from experiments.config.override import with_override
from experiments.config.problems import one_line
from experiments.config.readable import readable
from experiments.config.regular_file import check_regular
from experiments.config.report_options import ReportSection
from experiments.config.section import Section
from experiments.config.spec import StudySpec
from experiments.config.toml import parse_toml
from experiments.config.whole_study import whole_study
from experiments.errors import SpecError

LARGEST_FILE = 1 << 20  # bytes; a study file is a page of text
PLACE = re.compile(r"\(at line (\d+), column \d+\)")


def read_spec(path: Path, overrides: Sequence[str] = ()) -> StudySpec:
    """Read the spec of a study file, with `key=value` overrides.

    Raises:
        SpecError: the file cannot be read or breaks a rule; the message names the file and the key.
    """
    document = read_document(path)
    for override in overrides:
        document = with_override(document, override)
    return parse_spec(document, str(path))


def read_document(path: Path) -> dict[str, Any]:
    """Read the document of a study file; its paths lead from the working directory.

    Raises:
        SpecError: the file cannot be read, or is no TOML.
    """
    return located(_document(path), path.parent)


def read_report_section(path: Path, study: str) -> ReportSection | None:
    """Read the [report] of a study file, whatever else is wrong with it.

    Args:
        study: name of the study.

    Returns:
        None where the file has no such section, or is of a study of another name.

    Raises:
        SpecError: the file cannot be read, or the section breaks a rule.
    """
    document = _document(path)
    named = document.get("study")
    if "report" not in document or not isinstance(named, Mapping) or named.get("name") != study:
        return None
    try:
        return _WithReport.model_validate({"report": document["report"]}).report
    except ValidationError as error:
        raise SpecError(f"{path}: {one_line(error)}") from None


class _WithReport(Section):
    report: ReportSection


def parse_spec(document: Mapping[str, Any], where: str) -> StudySpec:
    """Validate the document of a study file, from TOML or JSON.

    Args:
        where: place of the document, for messages; empty for what was typed, whose key says enough.

    Raises:
        SpecError: the document breaks a rule; the message names every key, its rule and its value.
    """
    try:
        return whole_study(_tuples(document))
    except RecursionError:
        raise SpecError(f"{where or '--set'}: tables and lists are nested too deeply.") from None
    except SpecError as error:
        raise SpecError(f"{where}: {error}" if where else str(error)) from None


def _document(path: Path) -> dict[str, Any]:
    """Read the content of a study file.

    Raises:
        SpecError: it cannot be read, or is no TOML.
    """
    try:
        check_regular(path)
        if path.stat().st_size > LARGEST_FILE:
            raise SpecError(
                f"{path}: a study file has at most {LARGEST_FILE} bytes, but this has {path.stat().st_size}."
            )
        text = path.read_text(encoding="utf-8-sig")
        try:
            return parse_toml(text)
        except tomllib.TOMLDecodeError as error:
            wrong = _with_line(str(error), text)
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        wrong = f"line {line} is not: {error}"
    except (RecursionError, ValueError) as error:
        wrong = str(error)
    raise SpecError(f"{path}: a study file must be TOML in UTF-8, but {readable(wrong, 200)}.")


def _with_line(error: str, text: str) -> str:
    """Return an error of TOML with the line that it names, which has the key.

    >>> _with_line("Cannot overwrite a value (at line 2, column 6)", "epochs = 1" + chr(10) + "epochs = 2")
    'Cannot overwrite a value (at line 2, column 6): epochs = 2'
    """
    place, lines = PLACE.search(error), text.split("\n")
    if place is None or not 0 < int(place[1]) <= len(lines):
        return error
    return f"{error}: {readable(lines[int(place[1]) - 1].strip(), 60)}"


def _tuples(value: Any) -> Any:
    """Turn lists into tuples, which frozen data needs."""
    if isinstance(value, Mapping):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def located(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Make the paths of a study file in that folder lead from the working directory.

    >>> located({"data": {"source": "my.csv"}}, Path("studies"))
    {'data': {'source': 'studies/my.csv'}}
    """
    return _with_paths(document, lambda path: folder / Path(path).expanduser())


def seen_from(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Make the paths of a document lead from that folder, for a study file in it.

    >>> seen_from({"data": {"source": "my.csv"}}, Path("studies"))
    {'data': {'source': '../my.csv'}}
    """
    return _with_paths(document, lambda path: Path(os.path.relpath(path, folder)))


def _with_paths(document: Mapping[str, Any], change: Callable[[str], Path]) -> dict[str, Any]:
    data = document.get("data")
    if not isinstance(data, Mapping):
        return dict(document)
    sorts = {key: sort_of(data[key]) for key in ("source", "test") if isinstance(data.get(key), str)}
    paths = {
        key: change(data[key]).as_posix() + ("/" if sort == "folder" else "")
        for key, sort in sorts.items()
        if sort not in ("name", "openml")
    }
    if isinstance(data.get("folder"), str):
        paths["folder"] = change(data["folder"]).as_posix()
    return {**document, "data": {**data, **paths}}
