"""The outbox: what MLflow shows of a study beside its trials, kept in the study's folder.

Together with the journal and the files of the folder it fills a store: without data, training or a clock.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from experiments.config.regular_file import read_regular, write_atomically
from experiments.errors import StudyStateError

OUTBOX = "tracking.json"

Scalar = float | int | str | bool
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$")]  # leads out of no folder
EndStatus = Literal["FINISHED", "KILLED", "FAILED"]


class Record(BaseModel):
    """A part of the outbox: frozen, strict, and without NaN or infinity."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class DatasetMetadata(Record):
    """The fingerprint of rows that a study used, without the rows.

    source: name of the data.
    """

    name: str
    fingerprint: str
    context: Literal["development", "test"]
    rows: int
    features: int
    source: str


class RunMetadata(Record):
    """The metadata of the study's own run, the parent of its trials.

    name:        the study's name, as the user wrote it; also that of the experiment and the run.
    uid:         random id of this study folder's journal, by which a resumed study recognises its runs.
    description: shown on the pages of the experiment and of the run; what a person wrote there is never overwritten.
    params:      settings that are constant in the study.
    tags:        its origin: mlflow.source.git.commit, the hash of the spec, the data's fingerprint.
    log_scaled:  names of the parameters searched on a log scale; MLflow's plots have no log axis, so log10 is added.
    numbers:     names of the searched parameters that are numbers, in files of earlier programs; else empty.
    searched:    names of all searched parameters; empty in such files.
    datasets:    the rows that it learnt from and was tested on.
    """

    name: str
    uid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    description: str
    params: dict[str, str]
    tags: dict[str, str]
    log_scaled: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    datasets: tuple[DatasetMetadata, ...] = ()


class Refitted(Record):
    """The refit of the winner on all development rows.

    trial:   number of the winner.
    losses:  training loss of each epoch from 1 on.
    seconds: duration of the refit and the test evaluation.
    """

    trial: int
    params: dict[str, Scalar]
    losses: tuple[float, ...]
    seconds: float


class StudyOutcome(Record):
    """The outcome of a study that came to its end. It is valid while the journal has no more trials than these.

    digest:   of its results; an outcome with another digest replaces this one.
    at:       time of the end, in seconds since the epoch.
    files:    names of files and folders in the study's folder; they become the run's artifacts.
    refitted: None without a test evaluation; else the folder has a model.
    register_as: a name for that model in MLflow's registry.
    """

    trials: int
    digest: str
    at: float
    metrics: dict[str, float]
    tags: dict[str, str]
    files: tuple[FileName, ...]
    refitted: Refitted | None = None
    register_as: str | None = None


class Outbox(Record):
    """The content of the outbox.

    begun:   time of the study's beginning, in seconds since the epoch.
    outcome: None until the study comes to its end.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    # the aliases are the names of these keys in the file, which earlier versions wrote, too
    metadata: RunMetadata = Field(alias="card")
    begun: float
    outcome: StudyOutcome | None = Field(default=None, alias="end")


def read_outbox(folder: Path) -> Outbox | None:
    """Read the outbox of a study's folder; None if there is none.

    Raises:
        StudyStateError: the file cannot be read, or no study wrote it.
    """
    path = folder / OUTBOX
    try:
        return Outbox.model_validate_json(read_regular(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise StudyStateError(f"{path}: not what a study wrote: {place}: {first['msg']}.") from None


def write_outbox(folder: Path, outbox: Outbox) -> None:
    """Write the outbox, whole or not at all; a character that UTF-8 lacks becomes a question mark.

    Raises:
        StudyStateError: the file cannot be written.
    """
    text = json.dumps(outbox.model_dump(mode="json"), indent=1, ensure_ascii=False)
    write_atomically(folder / OUTBOX, text.encode(errors="replace"))
