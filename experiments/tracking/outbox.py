"""The outbox: what MLflow is to say of a study beside its trials, kept in the study's folder.

With the journal and the files of the folder it is all that a replay needs: no data, no training, and no clock.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from experiments.errors import StudyStateError
from experiments.search.storage import write_atomically

OUTBOX = "tracking.json"

Scalar = float | int | str | bool
EndStatus = Literal["FINISHED", "KILLED", "FAILED"]


class Record(BaseModel):
    """A part of the outbox: frozen, strict, and without NaN or infinity."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class DatasetCard(Record):
    """Rows that a study used, by their fingerprint: no row is in it.

    source: where they come from, in a word.
    """

    name: str
    fingerprint: str
    context: Literal["development", "test"]
    rows: int
    features: int
    source: str


class RunMetadata(Record):
    """What the study's own run, the parent of its trials, says.

    name:        the study's name, as the user wrote it; the experiment and the run are called so.
    uid:         random id of this study folder's journal: by it a resumed study finds its runs again.
    description: shown on the pages of the experiment and of the run; one that was edited there is left alone.
    params:      what is constant in the study.
    tags:        where it comes from: mlflow.source.git.commit, the hash of the spec, the data's fingerprint.
    log_scaled:  names of the parameters searched on a log scale; MLflow's plots have no log axis, so log10 is added.
    numbers:     names of the parameters that are searched and are numbers: the axes of the plots.
    datasets:    what it learnt from and was tested on.
    """

    name: str
    uid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    description: str
    params: dict[str, str]
    tags: dict[str, str]
    log_scaled: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    datasets: tuple[DatasetCard, ...] = ()


class Refitted(Record):
    """The refit of the winner on all development rows.

    trial:   whose configuration it is.
    losses:  training loss of each epoch from 1 on.
    seconds: that refit and look took.
    """

    trial: int
    params: dict[str, Scalar]
    losses: tuple[float, ...]
    seconds: float


class StudyOutcome(Record):
    """How a study ended that came to its end. It holds as long as the journal has no more trials than these.

    digest:   of its results; an end with another digest replaces this one.
    at:       when, in seconds since the epoch.
    files:    names of files and folders in the study's folder; they become the run's artifacts.
    refitted: None where no look was taken; else the folder has a model.
    register_as: a name for that model in MLflow's registry.
    """

    trials: int
    digest: str
    at: float
    metrics: dict[str, float]
    tags: dict[str, str]
    files: tuple[str, ...]
    refitted: Refitted | None = None
    register_as: str | None = None


class Outbox(Record):
    """What lies in it.

    begun: when the study began, in seconds since the epoch.
    end:   None until it comes to one.
    """

    card: RunMetadata
    begun: float
    end: StudyOutcome | None = None


def read_outbox(folder: Path) -> Outbox | None:
    """What a study's folder has to say to MLflow; None where it has nothing.

    Raises:
        StudyStateError: the file cannot be read, or is none of ours.
    """
    path = folder / OUTBOX
    try:
        return Outbox.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise StudyStateError(f"{path}: not what a study wrote: {place}: {first['msg']}.") from None


def write_outbox(folder: Path, outbox: Outbox) -> None:
    """Write it whole or not at all. What UTF-8 cannot say, of a file's name for instance, is a question mark.

    Raises:
        StudyStateError: it cannot be written.
    """
    text = json.dumps(outbox.model_dump(mode="json"), indent=1, ensure_ascii=False)
    write_atomically(folder / OUTBOX, text.encode(errors="replace"))
