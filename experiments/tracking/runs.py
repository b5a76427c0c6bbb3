"""The runs of a study and of its trials as plain data: no MLflow in here.

What MLflow would change silently or refuse is mended before it is sent: infinities (it stores 1.8e308), NaN (it
upsets the filters of its pages), values that are too long (it cuts them) and characters that its keys may not have.
"""

from __future__ import annotations

import hashlib
import math
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.config.hidden_layers import layer_of
from experiments.search.trial import Curves, FinishedTrial
from experiments.tracking.outbox import EndStatus, Refitted, Scalar, StudyOutcome
from nnet.ordered_sums import ordered_mean

LONGEST_PARAM, LONGEST_TAG, LONGEST_KEY, LONGEST_RUN_NAME, LONGEST_EXPERIMENT_NAME = 6_000, 8_000, 250, 250, 500
MEAN_POINTS, FOLD_POINTS = 100, 60  # of a curve of means, and of those of all folds together; all are in CURVES
SINGLE = 0  # step of what is no curve: MLflow's pages draw a metric of this step alone as a bar, any other as a dot
CURVES = "curves.csv"


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
    status: EndStatus
    started: int
    ended: int
    params: Mapping[str, str]
    points: tuple[Point, ...]
    tags: Mapping[str, str]


def score_name(prefix: str, metric: str) -> str:
    """Return the name of a score that says its metric.

    >>> score_name("cv_mean", "accuracy"), score_name("cv_mean", "")
    ('cv_mean_accuracy', 'cv_mean')
    """
    return f"{prefix}_{metric}" if metric else prefix


def trial_run(trial: FinishedTrial, log_scaled: Collection[str], metric: str) -> Run:
    """Return the run of one trial.

    Args:
        metric: name of the metric; empty if it is not known.
    """
    result, curves = trial.result, trial.result.curves
    seconds = result.seconds if math.isfinite(result.seconds) else 0.0
    started, ended = _milliseconds(trial.finished_at - seconds), _milliseconds(trial.finished_at)
    last = max(curves.epochs, default=1)
    single = {"cv_mean": result.value, score_name("cv_mean", metric): result.value, "cv_std": result.cv_std}
    single |= {"epochs": result.epochs, "seconds": result.seconds}
    points = [Point(key, float(value), SINGLE, ended) for key, value in single.items() if value is not None]
    points += [
        Point(key, value, epoch, started + (ended - started) * epoch // last)
        for key, epoch, value in _curve_points(curves, result.epochs)
    ]
    kept, lost = finite(points)
    params = trial_params(trial.params, log_scaled)
    tags = {"trial": str(result.number), "state": result.state, "reason": result.reason, **lost}
    status: EndStatus = "FAILED" if result.state == "FAIL" else "FINISHED"
    return Run(f"trial-{result.number:03d}", status, started, ended, params, kept, shown_tags(tags))


def final_run(outcome: StudyOutcome, refitted: Refitted, log_scaled: Collection[str]) -> Run:
    """Return the run of the winner's refit: its training loss, and its scores on the test rows."""
    started, ended = _milliseconds(outcome.at - refitted.seconds), _milliseconds(outcome.at)
    epochs = len(refitted.losses)
    points = [
        Point("train_loss", refitted.losses[epoch - 1], epoch, started + (ended - started) * epoch // epochs)
        for epoch in thinned(range(1, epochs + 1), MEAN_POINTS)
    ]
    points += [Point(key, value, SINGLE, ended) for key, value in outcome.metrics.items() if key.startswith("test_")]
    points += [Point("epochs", epochs, SINGLE, ended), Point("seconds", refitted.seconds, SINGLE, ended)]
    kept, lost = finite(points)
    tags = shown_tags({**outcome.tags, "refit_of": f"trial {refitted.trial}", **lost})
    return Run("final", "FINISHED", started, ended, trial_params(refitted.params, log_scaled), kept, tags)


def trial_params(params: Mapping[str, Scalar], log_scaled: Collection[str]) -> dict[str, str]:
    """Return parameters as MLflow's plots can use them.

    A parameter that is searched on a log scale is there as its logarithm too, since the plots have no log axis. A
    layer that is not there has 0 units, so that its axis has a value in every trial.

    >>> trial_params({"l2": 0.01, "hidden_layers": 1, "hidden_units_1": 8, "hidden_units_2": 9}, {"l2"})
    {'l2': '0.01', 'hidden_layers': '1', 'hidden_units_1': '8', 'hidden_units_2': '0', 'log10_l2': '-2'}
    """
    layers = params.get("hidden_layers")
    values = {
        name: 0 if isinstance(layers, int) and layer_of(name) > layers else value for name, value in params.items()
    }
    logs = {
        f"log10_{name}": f"{math.log10(value):.6g}"
        for name, value in values.items()
        if name in log_scaled and isinstance(value, int | float) and value > 0
    }
    return shown_params(values) | logs


def _curve_points(curves: Curves, best: int) -> Iterator[tuple[str, int, float]]:
    """Yield (metric, epoch, value) of the curves that are sent: means over the folds, and each fold's score."""
    rows = {"val_score": curves.scores, "val_loss": curves.validation_losses, "train_loss": curves.train_losses}
    of_means = thinned(curves.epochs, MEAN_POINTS, best)
    for key, curve in rows.items():
        for epoch, row in zip(curves.epochs, curve, strict=True):
            if epoch in of_means:
                yield key, epoch, ordered_mean(row)
    folds = len(curves.scores[0]) if curves.scores else 0
    of_folds = thinned(curves.epochs, max(2, FOLD_POINTS // max(1, folds)), best)
    for epoch, row in zip(curves.epochs, curves.scores, strict=True):
        if epoch in of_folds:
            for fold, score in enumerate(row):
                yield f"val_score/fold_{fold}", epoch, score


def thinned(epochs: Sequence[int], most: int, best: int = 0) -> list[int]:
    """Return at most so many of the epochs, evenly spread, with the first and the last; the best is added to them.

    >>> thinned(range(1, 11), 4, 6)
    [1, 4, 6, 7, 10]
    """
    if len(epochs) <= most:
        return list(epochs)
    kept = {epochs[at * (len(epochs) - 1) // (most - 1)] for at in range(most)}
    return sorted(kept | ({best} & set(epochs)))


def curves_csv(trials: Iterable[FinishedTrial]) -> str:
    """Return every point of every curve of every trial: `repr` of each number, so that none is rounded."""
    lines = ["trial,epoch,fold,val_score,val_loss,train_loss"]
    for trial in trials:
        result = trial.result
        rows = result.curves
        for epoch, *folds in zip(rows.epochs, rows.scores, rows.validation_losses, rows.train_losses, strict=True):
            lines += [
                f"{result.number},{epoch},{fold},{score!r},{validation!r},{train!r}"
                for fold, (score, validation, train) in enumerate(zip(*folds, strict=True))
            ]
    return "\n".join([*lines, ""])


def ranks_of(trials: Iterable[FinishedTrial]) -> dict[int, int]:
    """Return trial -> its rank among the complete trials by value, from 1; of equals the lower number comes first."""
    values = {trial.result.number: trial.result.value for trial in trials}
    order = sorted((-value, number) for number, value in values.items() if value is not None)
    return {number: place for place, (_, number) in enumerate(order, 1)}


def _milliseconds(at: float) -> int:
    return max(1, int(1000 * at))


def finite(points: Iterable[Point]) -> tuple[tuple[Point, ...], dict[str, str]]:
    """Return the points that are numbers, and a tag that says how many of which metric were NaN or infinite."""
    points = tuple(points)
    total = Counter(point.key for point in points)
    lost = Counter(point.key for point in points if not math.isfinite(point.value))
    kept = tuple(point for point in points if math.isfinite(point.value))
    text = ", ".join(f"{key} ({count} of {total[key]})" for key, count in lost.items())
    return kept, {"not_finite": text} if text else {}


def shown_params(params: Mapping[str, object]) -> dict[str, str]:
    """Return parameters with keys that MLflow takes and values that it does not cut."""
    return _shown("params", params, LONGEST_PARAM)


def shown_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags with keys that MLflow takes and values that it does not cut."""
    return _shown("tags", tags, LONGEST_TAG)


def _shown(folder: str, values: Mapping[str, object], longest: int) -> dict[str, str]:
    shown = {}
    for key, value in values.items():
        key, text = safe_key(key), str(value)
        if len(text) > longest:
            mark = f"... [cut: {len(text):,} characters, all in the artifact {folder}/{key}.txt]"
            text = text[: longest - len(mark)] + mark
        shown[key] = _storable(text)
    return shown


def long_values(params: Mapping[str, object], tags: Mapping[str, str]) -> dict[str, str]:
    """Return artifact name -> whole text, for each value that is shown cut."""
    texts = {f"params/{safe_key(key)}.txt": (str(value), LONGEST_PARAM) for key, value in params.items()}
    texts |= {f"tags/{safe_key(key)}.txt": (value, LONGEST_TAG) for key, value in tags.items()}
    return {name: text for name, (text, longest) in texts.items() if len(text) > longest}


def safe_key(key: str) -> str:
    """Return a key that MLflow takes: letters, digits, `_`, `-`, `.`, `/` and blanks; read as a path, it is plain.

    >>> [safe_key(key) for key in ("learning_rate", "test/accuracy", "a<b>*", "../x", "a//b", "")]
    ['learning_rate', 'test/accuracy', 'a_b__', 'x', 'a__b', '_']
    """
    key = re.sub(r"[^\w.\- /]", "_", key)[:LONGEST_KEY]
    if posixpath.normpath(key) == key and not key.startswith(("/", "..")) and key != ".":
        return key
    return key.strip("./").replace("/", "_") or "_"


def safe_name(name: str, longest: int) -> str:
    """Return the name without control characters, at most `longest` long; a cut name ends in a hash of the whole.

    >>> safe_name("digits \N{GRINNING FACE} <script>'\\n", 500), safe_name("x" * 600, 20)
    ("digits \N{GRINNING FACE} <script>' ", 'xxxxxxxxxxx-5130b33e')
    """
    clean = _storable("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in name)) or "study"
    return clean if len(clean) <= longest else f"{clean[: longest - 9]}-{short_hash(name)}"


def folder_name(name: str) -> str:
    """Return a name for a folder of the study's artifacts: safe on every file system, different for every name."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)[:40].strip('-')}-{short_hash(name)}".strip("-")


def short_hash(text: str) -> str:
    """Return eight hexadecimal digits of a text's hash."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def _storable(text: str) -> str:
    """Replace lone surrogates and NUL, which databases refuse."""
    return text.encode(errors="replace").decode().replace("\0", " ")
