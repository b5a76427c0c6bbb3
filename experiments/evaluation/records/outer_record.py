"""Nested cross-validation in results.json: the part `outer`, beside which `test` holds the pooled score."""

from __future__ import annotations

from dataclasses import dataclass, replace

from experiments.search.trial import InterventionKind


@dataclass(frozen=True, kw_only=True)
class OuterFold:
    """An outer fold: the study that did not have its rows, what that study chose, and the score on these rows.

    development:      number of rows that its study learned from.
    rows:             number of rows of the fold.
    test_fingerprint: fingerprint of the rows of the fold.
    digest:           digest of the study, whose folder is outer-1 and so on.
    trials:           number of its trials.
    number:           number of the trial that it chose, with its parameters, best epoch and selection score.
    interventions:    trials that a clock or a crash ended, each with the kind of its end.
    score:            score of the chosen configuration, refitted; None without a test evaluation.
    default:          score of the default; None where it has none in some fold.
    """

    development: int
    rows: int
    test_fingerprint: str
    digest: str
    trials: int
    number: int
    params: dict[str, float | int | str | bool]
    epochs: int
    cv_mean: float
    interventions: tuple[tuple[int, InterventionKind], ...] = ()
    score: float | None = None
    default: float | None = None


@dataclass(frozen=True, kw_only=True)
class OuterBaseline:
    """A baseline that was fitted and scored in each outer fold.

    scores: score in each fold; None where it could not be fitted or scored.
    score:  mean over the folds, each with the weight of its rows; None where a fold has none.
    """

    id: str
    version: int
    scores: tuple[float | None, ...]
    score: float | None


@dataclass(frozen=True, kw_only=True)
class OuterRecord:
    """The outer folds, in order, and the baselines on the same rows.

    splitter: name of scikit-learn's class by which the folds were made.
    """

    splitter: str
    folds: tuple[OuterFold, ...]
    baselines: tuple[OuterBaseline, ...] = ()


def unscored(outer: OuterRecord) -> OuterRecord:
    """Return the outer folds as they are before their rows are scored."""
    return replace(outer, folds=tuple(replace(fold, score=None, default=None) for fold in outer.folds), baselines=())
