"""Why a part of a result is missing: a code of one word, and the numbers that a sentence about it needs.

The sentences are written by the pages.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.evaluation.record import Record


class AsWritten(Record):
    """A reason in the words of an older version, which no code stands for."""

    code: Literal["as_written"] = "as_written"
    detail: str


class RowsInTimeOrder(Record):
    """Rows in a time order depend on one another, so that a bootstrap of single rows says nothing."""

    code: Literal["rows_in_time_order"] = "rows_in_time_order"


class NoDefaultScore(Record):
    """The default came to no score that others could be held against."""

    code: Literal["no_default_score"] = "no_default_score"


class NoProbabilities(Record):
    """With this loss the outputs of the network are no probabilities."""

    code: Literal["no_probabilities"] = "no_probabilities"


class TooManyClasses(Record):
    """The classes are more than the limit."""

    code: Literal["too_many_classes"] = "too_many_classes"
    limit: int


class TooManyColumns(Record):
    """The columns are more than are shuffled at most."""

    code: Literal["too_many_columns"] = "too_many_columns"
    columns: int
    limit: int


class TooManyShuffles(Record):
    """Columns times folds are more than the limit."""

    code: Literal["too_many_shuffles"] = "too_many_shuffles"
    columns: int
    folds: int
    limit: int


class TooFewTrials(Record):
    """The complete trials in the space are fewer than are needed."""

    code: Literal["too_few_trials"] = "too_few_trials"
    trials: int
    least: int


class EqualScores(Record):
    """Every complete trial has the same score."""

    code: Literal["equal_scores"] = "equal_scores"


class NoParameterTells(Record):
    """No parameter tells the better trials from the rest."""

    code: Literal["no_parameter_tells"] = "no_parameter_tells"


class NoMetric(Record):
    """The metric has no value there."""

    code: Literal["no_metric"] = "no_metric"
    metric: str


class BootstrapTooSlow(Record):
    """A bootstrap of this metric takes too long."""

    code: Literal["bootstrap_too_slow"] = "bootstrap_too_slow"
    metric: str
    configurations: int
    rows: int


class TooFewDraws(Record):
    """Too few of the bootstrap draws have a score."""

    code: Literal["too_few_draws"] = "too_few_draws"
    draws: int
    scored: int


class NotFitted(Record):
    """The library could not fit the model; detail is its own error text."""

    code: Literal["not_fitted"] = "not_fitted"
    detail: str


class NotScored(Record):
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
    | BootstrapTooSlow
    | TooFewDraws
    | AsWritten
)
NoScore = TooManyClasses | NotFitted | NotScored | NoMetric | AsWritten
LeftOutReason = Annotated[LeftOut, Field(discriminator="code")]
NoScoreReason = Annotated[NoScore, Field(discriminator="code")]
