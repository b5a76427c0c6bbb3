"""The study that is asked for: by a study's name, file or sections, or by data with the default space."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.config.data_options import LISTS, NAMING, SINGLE
from experiments.config.default_study import STUDY_FILE, name_of, own_study
from experiments.config.formats import GIVEN, SORTS, sort_of
from experiments.config.keys import KEYS
from experiments.config.override import with_override
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec, read_document
from experiments.config.toml import toml_value
from experiments.errors import SpecError
from experiments.study.command.python_words import in_python
from experiments.study.folders.folder import STUDIES
from experiments.study.folders.lookup import folder_for, study_file

if TYPE_CHECKING:
    from experiments.study.folders.results_file import Recorded

OTHERS = {"n_jobs": "workers", "verbose": "quiet"}  # arguments elsewhere -> those of `run`
ROWS = "; rows are passed as data=, and settings name their columns"
TEST_ROWS = (
    "; test rows are read from a file of their own, as in data='train.csv', test='test.csv', or named by a column, as "
    "in test_rows='split=test'"
)

Asked = StudySpec | Mapping[str, Any] | str | Path | None


@dataclass(frozen=True)
class AskedStudy:
    """A study that is to run.

    folder:     its folder, unless the caller names another one.
    document:   the study file of a study with the default space or another name, to be written into the folder.
    default_of: the study whose winner is the default; None where none was named.
    origin:     folder of the study whose file it is made from; None of a file that a person wrote.
    """

    spec: StudySpec
    folder: Path
    document: dict[str, Any] | None = None
    default_of: Recorded | None = None
    origin: Path | None = None


def asked_study(spec: Asked, source: str | None, settings: Mapping[str, Any]) -> AskedStudy:
    """Read a study with some settings changed.

    Args:
        spec:     name or file of a study, or its sections; None makes a study of the source with the default space.
        source:   file or folder of the data, GIVEN for rows in memory; None takes the spec's own.
        settings: keys of the study file with their values, as `--set` takes them, or whole sections.

    Raises:
        SpecError: the spec or a setting breaks a rule, or there is neither spec nor source.
    """
    changes = list(changes_of(settings))
    if source is not None:
        changes.append(f"data.source={toml_value(_place(source))}")
    try:
        if spec is None:
            return _of_source(source, changes, settings.get("target"))
        if isinstance(spec, str | Path):
            if sort_of(str(spec)) in SORTS.values():
                raise SpecError(f"spec: must be a study's name or file, but {str(spec)!r} is data; pass it as data=.")
            return study_of_file(study_file(str(spec)), changes)
        if not isinstance(spec, StudySpec | Mapping):
            raise SpecError(
                f"spec: must be a study's name, file or sections, but got a {type(spec).__name__}; pass rows as data=."
            )
        document = dict(spec.model_dump(exclude_unset=True) if isinstance(spec, StudySpec) else spec)
        for change in changes:
            document = with_override(document, change)
        read = parse_spec(document, "spec")
        return AskedStudy(read, STUDIES / read.study.name)
    except SpecError as error:  # whose words are those of the command
        raise in_python(error) from None


def study_of_file(file: Path, overrides: Sequence[str]) -> AskedStudy:
    """Return the study of a study file with `key=value` overrides.

    A study that an override gives another name has a folder of that name, beside that of the file's own study, and a
    study file in it.

    Raises:
        SpecError: the file cannot be read or breaks a rule, or the name is that of another study file.
    """
    read = document = read_document(file)
    own = _named(document)
    for override in overrides:
        document = with_override(document, override)
    try:
        spec = parse_spec(document, "--set")
    except SpecError:
        parse_spec(read, str(file))  # what the file itself breaks is said first
        raise
    folder = folder_for(file, spec)
    if own in (None, spec.study.name):
        return AskedStudy(spec, folder)
    if file.name == STUDY_FILE:  # which lies in its study's folder
        folder = (folder if folder.name else folder.absolute()).with_name(spec.study.name)
    if (other := folder.with_name(f"{folder.name}.toml")).is_file():
        raise SpecError(f"study.name: {other} is the study file of that name; choose another name.")
    return AskedStudy(spec, folder, document, origin=file.parent if file.name == STUDY_FILE else None)


def _named(document: Mapping[str, Any]) -> object:
    study = document.get("study")
    return study.get("name") if isinstance(study, Mapping) else None


def _of_source(source: str | None, changes: list[str], target: object) -> AskedStudy:
    if source is None:
        raise SpecError("spec: must be a study's name, file or sections; or pass data= for a study of it.")
    named = [f"study.name={toml_value(name_of(target))}"] if source == GIVEN and isinstance(target, str) else []
    read, document = own_study(source, None, [*named, *changes])
    return AskedStudy(read, STUDIES / read.study.name, document)


def _place(source: str) -> str:
    """Return a source as a study file names it, where a folder ends in a slash."""
    return f"{source}/" if source != GIVEN and os.path.isdir(source) and not source.endswith("/") else source  # noqa: PTH112


def changes_of(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield settings as `--set` takes them; of a section that is no space, only the keys that it names."""
    for key, value in settings.items():
        if key in OTHERS:
            raise SpecError(f"{key}: there is no such argument (did you mean {OTHERS[key]}?).")
        if isinstance(value, Mapping) and key in KEYS:
            yield from changes_of({f"{key}.{name}": one for name, one in value.items()})
        else:
            yield f"{key}={toml_value(_plain(key, value))}"


def _plain(key: str, value: Any) -> Any:
    """Return a value in Python's own types, of NumPy's and of paths.

    Raises:
        SpecError: it is none that a study file can hold.
    """
    if isinstance(value, Mapping):
        return {str(name): _plain(f"{key}.{name}", one) for name, one in value.items()}
    name = key.rpartition(".")[2]
    if isinstance(value, tuple) and name in SINGLE:
        return str(value)  # a name in two parts, as of columns with two levels
    if isinstance(value, list | tuple):
        return [str(one) if isinstance(one, tuple) and name in LISTS else _plain(key, one) for one in value]
    if isinstance(value, Path):
        return str(value)
    axes = getattr(value, "ndim", None)
    if axes == 1 and name not in NAMING:  # an array, Index or Series
        return [_plain(key, one) for one in value.tolist()]
    value = value.item() if axes == 0 and hasattr(value, "item") else value
    if not isinstance(value, str | bool | int | float):
        got, advice = f"{value!r:.100}", ""
        if axes is not None:
            got, advice = f"a {type(value).__name__}", TEST_ROWS if name in ("test", "test_rows") else ROWS
        raise SpecError(
            f"{key}: must be a number, a text, True or False, or a list or dict of them, but got {got}{advice}."
        )
    return value
