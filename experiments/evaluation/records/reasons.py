"""The reasons why a part of a result is missing: a code of one word, and the numbers of its sentence.

The reports write the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class AsWritten:
    """A reason that no code stands for, in the words of an older version."""

    code: Literal["as_written"] = "as_written"
    detail: str


@dataclass(frozen=True, kw_only=True)
class RowsInTimeOrder:
    """Rows in a time order depend on one another, so a bootstrap of single rows says nothing."""

    code: Literal["rows_in_time_order"] = "rows_in_time_order"


@dataclass(frozen=True, kw_only=True)
class NoDefaultScore:
    """The default has no score to compare with."""

    code: Literal["no_default_score"] = "no_default_score"


@dataclass(frozen=True, kw_only=True)
class NoProbabilities:
    """With this loss the outputs of the network are no probabilities."""

    code: Literal["no_probabilities"] = "no_probabilities"


@dataclass(frozen=True, kw_only=True)
class TooManyClasses:
    """There are more classes than the limit."""

    code: Literal["too_many_classes"] = "too_many_classes"
    limit: int


@dataclass(frozen=True, kw_only=True)
class TooManyColumns:
    """There are more columns than the limit of columns that are shuffled."""

    code: Literal["too_many_columns"] = "too_many_columns"
    columns: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class TooManyShuffles:
    """Columns times folds exceed the limit."""

    code: Literal["too_many_shuffles"] = "too_many_shuffles"
    columns: int
    folds: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class TooFewTrials:
    """There are fewer trials in the space than are needed, or fewer complete ones among them.

    trials: number of complete trials in the space.
    least:  number that is needed: of complete and pruned trials together, or of complete ones where these are enough.
    ended:  number of complete and pruned trials in the space; absent in older results, and outside the digest.
    """

    code: Literal["too_few_trials"] = "too_few_trials"
    trials: int
    least: int
    ended: int | None = None


@dataclass(frozen=True, kw_only=True)
class EqualScores:
    """Every complete trial has the same score."""

    code: Literal["equal_scores"] = "equal_scores"


@dataclass(frozen=True, kw_only=True)
class NoParameterTells:
    """No parameter separates the better trials from the rest."""

    code: Literal["no_parameter_tells"] = "no_parameter_tells"


@dataclass(frozen=True, kw_only=True)
class NetworkDiverged:
    """A network of the final model diverged on a fold."""

    code: Literal["network_diverged"] = "network_diverged"


@dataclass(frozen=True, kw_only=True)
class NoMetric:
    """The metric has no value on these rows."""

    code: Literal["no_metric"] = "no_metric"
    metric: str


@dataclass(frozen=True, kw_only=True)
class BootstrapTooSlow:
    """A bootstrap of this metric takes too long: it is cheap only where a metric sums over rows or counts labels."""

    code: Literal["bootstrap_too_slow"] = "bootstrap_too_slow"
    metric: str
    configurations: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class TooFewDraws:
    """Too few of the bootstrap draws have a score, because there are too few rows."""

    code: Literal["too_few_draws"] = "too_few_draws"
    draws: int
    scored: int


@dataclass(frozen=True, kw_only=True)
class NotFitted:
    """The library could not fit the model; detail is its own error text."""

    code: Literal["not_fitted"] = "not_fitted"
    detail: str


@dataclass(frozen=True, kw_only=True)
class NotScored:
    """The library could not score the model; detail is its own error text."""

    code: Literal["not_scored"] = "not_scored"
    detail: str


LeftOut = (
    RowsInTimeOrder
    | NoDefaultScore
    | NoProbabilities
    | TooManyClasses
    | TooManyColumns
    | TooManyShuffles
    | TooFewTrials
    | EqualScores
    | NoParameterTells
    | NoMetric
    | NetworkDiverged
    | BootstrapTooSlow
    | TooFewDraws
    | AsWritten
)
NoScore = TooManyClasses | NotFitted | NotScored | NoMetric | AsWritten
