"""The study that a user names, by the same rules in every command.

STUDY is the first of these that there is:
1. a study file: whatever ends in .toml;
2. a name in studies/: that of a study file NAME.toml, of a folder NAME with a study.toml in it, or of a study file
   that comes with the program; or else of a folder NAME with a study in it;
3. the path of such a folder.

The study lies in the folder of the name. Where no study is there, it lies in the folder that the study file names.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from experiments.config.default_study import STUDY_FILE, folder_of
from experiments.config.formats import GIVEN, SORTS, sort_of
from experiments.config.regular_file import read_regular
from experiments.config.spec import StudySpec
from experiments.config.study_file import read_spec
from experiments.errors import SpecError, StudyStateError
from experiments.study.folders.folder import OUTER, RESULTS, STUDIES
from nnet.near import did_you_mean, near

WRITTEN = ("journal.log", RESULTS, "tracking.json")  # a study's folder has at least one of these files
LISTED = 12  # most names in a message


def shipped(place: Path) -> Path:
    """Return the folder of the study files that come with the program; in a clone its place is a link to studies/.

    Git for Windows writes a link as a text, which WSL finds in a clone that was made there.
    """
    return place.parent / place.read_text("utf-8").strip() if place.is_file() else place


SHIPPED = shipped(Path(str(resources.files("experiments"))) / "study-files")
EXAMPLE = SHIPPED / "examples" / "digits" / RESULTS  # the results of a study that comes with the program


@dataclass(frozen=True)
class StudyPlace:
    """The place of a study that a user named.

    file:   its study file; None if it has only a folder.
    folder: the folder of its name, whatever is in it; None if the study file itself was named.
    """

    file: Path | None
    folder: Path | None


def find_study(study: str, argument: str = "STUDY") -> StudyPlace:
    """Find a study file, or else the folder of a study.

    Args:
        argument: name of the command's argument, for the message.

    Raises:
        SpecError:       there is no such study.
        StudyStateError: the folder that is named holds no study.
    """
    if study.endswith(".toml"):
        return StudyPlace(Path(study), None)
    places = list(_places(study))
    for place in places:
        files = [place / STUDY_FILE]
        if place.parent == STUDIES:
            files = [STUDIES / f"{place.name}.toml", *files, SHIPPED / f"{place.name}.toml"]
        file = next((path for path in files if os.path.isfile(path)), None)  # noqa: PTH113
        if file is not None or holds_a_study(place):
            return StudyPlace(file, place)
    for place in places:
        if os.path.isdir(place):  # noqa: PTH112
            raise StudyStateError(f"{place}: there is no study in this folder.")
    known = sorted({*known_studies(), *(file.stem for file in SHIPPED.glob("*.toml"))})
    meant = did_you_mean(near(study, known))
    names = ", ".join(known) if len(known) <= LISTED else "those that `python -m experiments.tune --list` shows"
    raise SpecError(
        f"{argument}: must be a study's name ({names}), folder or .toml file, but got {study!r}{meant}"
        f"{_instead(study, argument)}."
    )


def _instead(study: str, argument: str) -> str:
    """Say what to type where a table was named in place of a study, and where no studies lie in the working folder."""
    if sort_of(study) in SORTS.values():
        tune = f"; python -m experiments.tune --data {shlex.quote(study)} makes a study of a table"
        return {"STUDY": tune, "MODEL": "; MODEL comes before FILE"}.get(argument, "")
    elsewhere = f"; there is no folder {STUDIES} here: go to the place that has it, or name the study's path"
    return "" if STUDIES.is_dir() else elsewhere


def folder_for(file: Path, spec: StudySpec) -> Path:
    """Return the folder for the results of a study file: beside it, or in studies/ if it comes with the program."""
    return STUDIES / spec.study.name if file.parent == SHIPPED else folder_of(file, spec)


def study_file(study: str) -> Path:
    """Return the study file of a study that is to run.

    Raises:
        SpecError:       there is no such study, or it has no study file; the message says what to type instead.
        StudyStateError: the folder that is named holds no study.
    """
    place = find_study(study)
    if place.file is not None:
        return place.file
    folder = place.folder or Path(study)
    if _has_given_rows(folder):
        raise SpecError(
            f"STUDY: the rows of {folder} came from a Python program, so it runs from there alone: "
            f"experiments.run(..., data=rows, out={str(folder)!r})."
        )
    option = ["--set", f"study.name={folder.name}"] if folder.parent == STUDIES else ["--out", str(folder)]
    raise SpecError(
        f"STUDY: {folder} holds a study without a study file, so it does not run by its name; type python -m "
        f"experiments.tune FILE {shlex.join(option)}, with the study file and the options it was made with."
    )


def _has_given_rows(folder: Path) -> bool:
    """Tell whether the journal of a study says that a program passed its rows on."""
    from experiments.search.journal_reader import view_journal  # which few commands need, and which loads Optuna

    try:
        identity = view_journal(folder / "journal.log").identity
    except StudyStateError:
        return False
    return identity is not None and identity.get("spec", {}).get("data", {}).get("source") == GIVEN


def study_folder(study: str, argument: str = "STUDY") -> Path:
    """Return the folder that a study lies in.

    Args:
        argument: name of the command's argument, for the message.

    Raises:
        SpecError:       there is no such study, or its file breaks a rule.
        StudyStateError: the study has not begun, or the folder that is named holds none.
    """
    place = find_study(study, argument)
    if place.folder is not None and holds_a_study(place.folder):
        return place.folder
    file = study_file(study)
    folder = folder_for(file, read_spec(file))
    if not holds_a_study(folder):
        raise StudyStateError(
            f"{folder}: there is no study in this folder; python -m experiments.tune {shlex.quote(study)} begins one."
        )
    return folder


def results_file(study: str, argument: str = "STUDY") -> Path:
    """Return the results.json of a study, which may also be named itself.

    Args:
        argument: name of the command's argument, for the message.

    Raises:
        SpecError:       there is no such study, or its file breaks a rule.
        StudyStateError: the study has no results yet.
    """
    if (alone := results_alone(study)) is not None:
        return alone
    path = study_folder(study, argument) / RESULTS
    if not path.is_file():
        raise StudyStateError(f"{path}: there are no results; the study has not come to its end.")
    return path


def results_alone(study: str) -> Path | None:
    """Return the results.json that a user named itself; None where a study was named."""
    named = study.endswith(".toml") or study in known_studies() or sort_of(study) in {*SORTS.values()} - {"json"}
    return Path(study) if not named and os.path.isfile(study) else None  # noqa: PTH113 - never raises, whatever the name


def check_is_current(folder: Path) -> None:
    """Refuse the model of a study that was tested, and then went on without a test: it is not of the best trial now.

    Raises:
        StudyStateError: its results have no test score.
    """
    try:
        results = json.loads(read_regular(folder / RESULTS))
    except (OSError, ValueError, RecursionError):
        return  # a model alone
    if isinstance(results, dict) and "test" in results and results["test"] is None:
        raise StudyStateError(
            f"{folder}: its model is of an earlier test, after which the study went on without one; "
            f"python -m experiments.tune {shlex.quote(str(folder))} --score --acknowledge-reuse tests the best trial "
            f"of now, {shlex.quote(str(folder / 'model'))} names the earlier model."
        )


def model_folder(study: str) -> Path:
    """Return the folder of a study's model, which may also be named itself.

    Raises:
        SpecError:       there is no such study, or its file breaks a rule.
        StudyStateError: as of `model_of`.
    """
    place = next((one for one in _places(study) if _has_model(one) or holds_a_study(one)), None)
    if study and not (place and _has_model(place)) and os.path.isfile(Path(study) / "model.json"):  # noqa: PTH113
        return Path(study)
    return model_of(study_folder(study, "MODEL") if place is None else place, study)


def model_of(folder: Path, study: str) -> Path:
    """Return the folder of the model in a study's folder.

    Args:
        study: the study as the user named it.

    Raises:
        StudyStateError: the study has no model yet, or that of an earlier test, or keeps none.
    """
    if _has_model(folder):
        check_is_current(folder)
        return folder / "model"
    if OUTER.fullmatch(folder.name) and holds_a_study(folder.parent):
        raise StudyStateError(
            f"{folder}: the study of an outer fold keeps no model; that of the whole study is in {folder.parent}."
        )
    raise StudyStateError(
        f"{folder}: the study has no model; it gets one when its test rows are scored, at the end of python -m "
        f"experiments.tune {shlex.quote(study)}; --score tests the best model of its trials so far."
    )


def _has_model(folder: Path) -> bool:
    return os.path.isdir(folder / "model")  # noqa: PTH112 - never raises, whatever the name


def holds_a_study(folder: Path) -> bool:
    """Tell whether a study was begun in a folder."""
    return any(os.path.isfile(folder / name) for name in WRITTEN)  # noqa: PTH113


def own_study_files(folder: Path, name: str) -> list[Path]:
    """List where the study file of a study may be: in its folder, or beside it by the folder's name or the study's."""
    above = folder.parent if folder.name else folder.absolute().parent
    names = dict.fromkeys((folder.absolute().name, name))
    return [folder / STUDY_FILE, *(above / f"{one}.toml" for one in names)]


def known_studies(studies: Path = STUDIES) -> dict[str, Path | None]:
    """Return the names in a folder of studies, each with its study file; None for a study that has only a folder.

    No study has a hidden name; a Mac leaves ._my.toml beside my.toml on a disk of another system.
    """
    named: dict[str, Path | None] = {path.parent.name: None for name in WRITTEN for path in studies.glob(f"*/{name}")}
    named |= {file.parent.name: file for file in studies.glob(f"*/{STUDY_FILE}")}
    named |= {file.stem: file for file in studies.glob("*.toml")}
    return {name: named[name] for name in sorted(named) if not name.startswith(".")}


def _places(study: str) -> Iterator[Path]:
    """Yield the folders that a name or a path may stand for; none for an empty name."""
    path = Path(study)
    if study and study == path.name != "..":
        yield STUDIES / path
    if study:
        yield path
