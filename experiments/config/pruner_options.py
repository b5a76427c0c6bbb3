"""[search.pruner_options]: the options of each pruner, under Optuna's own names, and the epochs of its decisions.

The median and percentile pruners, and patient over either, compare a score with those of earlier trials at the same
epoch. They decide only at rungs. The first rung is n_warmup_steps. Each further rung is rung_factor times the rung
before, and at least an epoch later; with a factor of 1 every epoch is a rung.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator, model_validator

from experiments.config.section import Section, options_of

Epochs = Annotated[int, Field(ge=1, le=100_000)]
Trials = Annotated[int, Field(ge=0, le=1_000_000)]
Score = Annotated[float, Field(ge=-1e18, le=1e18)]


class MedianOptions(Section):
    """Options of the median pruner: a trial must reach the median of the complete trials' scores at this epoch.

    n_startup_trials: complete trials before any is pruned; a median of fewer says little.
    n_warmup_steps:   the first rung; the first epochs rank learning rates, not configurations.
    n_min_trials:     trials with a score at this epoch before any is pruned there.
    """

    n_startup_trials: Trials = 5
    n_warmup_steps: Epochs = 3
    rung_factor: Annotated[float, Field(ge=1, le=100)] = 2.0
    n_min_trials: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class PercentileOptions(MedianOptions):
    """Options of the percentile pruner: the best `percentile` per cent of the trials go on."""

    percentile: Annotated[float, Field(ge=0, le=100)] = 25.0


class HyperbandOptions(Section):
    """Options of Hyperband: brackets of successive halving. A trial's number decides its bracket.

    min_resource: epochs before the first rung of the first bracket.
    """

    min_resource: Epochs = 1
    reduction_factor: Annotated[int, Field(ge=2, le=1000)] = 3
    bootstrap_count: Trials = 0


class SuccessiveHalvingOptions(HyperbandOptions):
    """Options of asynchronous successive halving: a share of 1 / reduction_factor goes on from each rung.

    min_resource:            epochs before the first rung, reduction_factor ** min_early_stopping_rate times.
    min_early_stopping_rate: the number of a Hyperband bracket.
    bootstrap_count:         trials that must reach a rung before any goes on.
    """

    reduction_factor: Annotated[int, Field(ge=2, le=1000)] = 4
    min_early_stopping_rate: Annotated[int, Field(ge=0, le=100)] = 0


class ThresholdOptions(Section):
    """Options of the threshold pruner: a score must lie from lower to upper, from epoch n_warmup_steps on."""

    lower: Score | None = None
    upper: Score | None = None
    n_warmup_steps: Annotated[int, Field(ge=0, le=100_000)] = 0

    @model_validator(mode="after")
    def _some_threshold(self) -> ThresholdOptions:
        if self.lower is None and self.upper is None:
            raise ValueError("threshold needs lower, upper or both, but got neither")
        if self.lower is not None and self.upper is not None and not self.lower <= self.upper:
            raise ValueError(f"`lower <= upper` must hold, but got lower={self.lower}, upper={self.upper}")
        return self


class PatientOptions(Section):
    """Options of the patient pruner: another pruner decides, but only while the curve falls.

    A curve falls where the best of its last `patience` + 1 scores is more than `min_delta` below the best before them.
    """

    patience: Annotated[int, Field(ge=0, le=100_000)] = 3
    min_delta: Annotated[float, Field(ge=0, le=1e18)] = 0.0
    pruner: Literal["median", "percentile", "successive_halving", "hyperband", "threshold"] = "median"
    pruner_options: Annotated[SerializeAsAny[Section], Field(validate_default=True)] = Section()

    @field_validator("pruner_options", mode="plain")
    @classmethod
    def _of_the_pruner(cls, value: object, info: ValidationInfo) -> Section:
        return options_of(PRUNERS, info.data.get("pruner"), value)


PRUNERS: dict[str, type[Section]] = {
    "none": Section,
    "median": MedianOptions,
    "percentile": PercentileOptions,
    "successive_halving": SuccessiveHalvingOptions,
    "hyperband": HyperbandOptions,
    "patient": PatientOptions,
    "threshold": ThresholdOptions,
}
