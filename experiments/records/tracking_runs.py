"""What MLflow shows of a study and of its trials, as plain data: no MLflow in here.

What MLflow would change silently or refuse is dealt with before it is sent: infinities (it stores 1.8e308), NaN (it
upsets the filters of its pages), values that are too long (it cuts them) and characters that its keys may not have.
"""

from __future__ import annotations

import hashlib
import math
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.search.trial import TrialResult

Scalar = float | int | str | bool
EndStatus = Literal["FINISHED", "KILLED", "FAILED"]
LONGEST_PARAM, LONGEST_TAG, LONGEST_KEY, LONGEST_RUN_NAME, LONGEST_EXPERIMENT_NAME = 6_000, 8_000, 250, 250, 500


@dataclass(frozen=True)
class StudyCard:
    """What the study's own run, the parent of its trials, says.

    name:        the study's name, as the user wrote it; the experiment and the run are called so.
    uid:         random id of this study folder's journal: by it a resumed study finds its runs again.
    description: shown on the page of the run; one that was edited there is left alone.
    params:      what is constant in the study.
    tags:        where it comes from: mlflow.source.git.commit, the hash of the spec, the data's fingerprint.
    log_scaled:  names of the parameters searched on a log scale; MLflow's plots have no log axis, so log10 is added.
    numbers:     names of the parameters that are searched and are numbers: the axes of the plots.
    """

    name: str
    uid: str
    description: str
    params: Mapping[str, object]
    tags: Mapping[str, str]
    log_scaled: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.uid):
            raise ValueError(f"a study's uid is 1 to 64 letters, digits, _ or -, but got {self.uid!r}.")


@dataclass(frozen=True)
class Told:
    """A trial that was told, and when: `at` is in seconds since the epoch."""

    result: TrialResult
    params: Mapping[str, Scalar]
    at: float


@dataclass(frozen=True)
class End:
    """How the study ended, and what its run says of it. Files and folders become its artifacts."""

    status: EndStatus
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    files: Sequence[Path]


@dataclass(frozen=True)
class Point:
    """One value of a metric; `at` is in milliseconds since the epoch."""

    key: str
    value: float
    step: int
    at: int


@dataclass(frozen=True)
class Run:
    """One run as it is sent; times are in milliseconds since the epoch."""

    name: str
    status: str
    started: int
    ended: int
    params: Mapping[str, str]
    points: tuple[Point, ...]
    tags: Mapping[str, str]


def trial_run(told: Told, log_scaled: Collection[str]) -> Run:
    """The run of one trial. It ends when it was told; one that was told again, in a resumed study, shows that time."""
    result, curves = told.result, told.result.curves
    seconds = result.seconds if math.isfinite(result.seconds) else 0.0
    started, ended = (max(1, int(1000 * at)) for at in (told.at - seconds, told.at))
    last = max(curves.epochs, default=1)
    rows = {"val_score": curves.scores, "val_loss": curves.validation_losses, "train_loss": curves.train_losses}
    points = [
        Point(key, sum(row) / len(row), epoch, started + (ended - started) * epoch // last)
        for key, curve in rows.items()
        for epoch, row in zip(curves.epochs, curve, strict=True)
    ]
    final = {"cv_mean": result.value, "cv_std": result.cv_std, "epochs": result.epochs, "seconds": result.seconds}
    points += [Point(key, float(value), last, ended) for key, value in final.items() if value is not None]
    kept, lost = finite(points)
    logs = {
        f"log10_{key}": f"{math.log10(value):.6g}"
        for key, value in told.params.items()
        if key in log_scaled and isinstance(value, int | float) and 0 < value < math.inf
    }
    unsent = [key for key, value in told.params.items() if isinstance(value, float) and not math.isfinite(value)]
    sent = {key: value for key, value in told.params.items() if key not in unsent}
    lost += [f"parameter {key}" for key in unsent]
    tags = {"trial": str(result.number), "state": result.state, "reason": result.reason} | not_finite(lost)
    status = "FAILED" if result.state == "FAIL" else "FINISHED"
    return Run(f"trial-{result.number:03d}", status, started, ended, shown_params(sent) | logs, kept, shown_tags(tags))


def finite(points: Iterable[Point]) -> tuple[tuple[Point, ...], list[str]]:
    """The points that MLflow stores as they are, and the names of the metrics that had others, with how many."""
    points = tuple(points)
    total = Counter(point.key for point in points)
    lost = Counter(point.key for point in points if not math.isfinite(point.value))
    kept = tuple(point for point in points if math.isfinite(point.value))
    return kept, [f"{key} ({count} of {total[key]})" for key, count in lost.items()]


def not_finite(lost: Sequence[str]) -> dict[str, str]:
    """The tag that names what was NaN or infinite and therefore not sent."""
    return {"not_finite": ", ".join(lost)} if lost else {}


def shown_params(params: Mapping[str, object]) -> dict[str, str]:
    """Parameters with keys that MLflow takes and values that it does not cut."""
    return {
        safe: _shown(f"params/{safe}", str(value), LONGEST_PARAM)
        for safe, value in ((safe_key(key), value) for key, value in params.items())
    }


def shown_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags with keys that MLflow takes and values that it does not cut."""
    return {
        safe: _shown(f"tags/{safe}", value, LONGEST_TAG)
        for safe, value in ((safe_key(key), value) for key, value in tags.items())
    }


def long_values(params: Mapping[str, object], tags: Mapping[str, str]) -> dict[str, str]:
    """Artifact name -> whole text, for each value that is shown cut."""
    texts = {f"params/{safe_key(key)}.txt": (str(value), LONGEST_PARAM) for key, value in params.items()}
    texts |= {f"tags/{safe_key(key)}.txt": (value, LONGEST_TAG) for key, value in tags.items()}
    return {name: text for name, (text, longest) in texts.items() if len(text) > longest}


def _shown(name: str, text: str, longest: int) -> str:
    if len(text) <= longest:
        return _storable(text)
    mark = f"... [cut: {len(text):,} characters, all in the artifact {name}.txt]"
    return _storable(text[: longest - len(mark)] + mark)


def safe_key(key: str) -> str:
    """A key that MLflow takes: letters, digits, `_`, `-`, `.`, `/` and blanks, and a plain path if read as one.

    >>> [safe_key(key) for key in ("learning_rate", "test/accuracy", "a<b>*", "../x", "a//b", "")]
    ['learning_rate', 'test/accuracy', 'a_b__', 'x', 'a__b', '_']
    """
    key = re.sub(r"[^\w.\- /]", "_", key)[:LONGEST_KEY]
    if posixpath.normpath(key) == key and not key.startswith(("/", "..")) and key != ".":
        return key
    return key.strip("./").replace("/", "_") or "_"


def safe_name(name: str, longest: int) -> str:
    """The name without control characters, and no longer than `longest`; a cut one ends in a hash of the whole.

    >>> safe_name("digits \N{GRINNING FACE} <script>'\\n", 500), safe_name("x" * 600, 20)
    ("digits \N{GRINNING FACE} <script>' ", 'xxxxxxxxxxx-5130b33e')
    """
    clean = _storable("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in name)) or "study"
    return clean if len(clean) <= longest else f"{clean[: longest - 9]}-{short_hash(name)}"


def folder_name(name: str) -> str:
    """A name for a folder of this study's artifacts, safe on every file system and different for different names."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)[:40].strip('-')}-{short_hash(name)}".strip("-")


def short_hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def _storable(text: str) -> str:
    """No lone surrogates and no NUL: databases refuse both."""
    return text.encode(errors="replace").decode().replace("\0", " ")
