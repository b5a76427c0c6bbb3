"""[search.pruner_options]: what can be set of each pruner, under Optuna's own names, and when it decides.

The pruners that compare a score with those of earlier trials at the same epoch (median, percentile, patient over one
of them) decide only at rungs: n_warmup_steps, and on from there, each rung_factor times the one before and at least an
epoch later. So a factor of 1 is every epoch.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator, model_validator

from experiments.config.section import Section, options_of

Epochs = Annotated[int, Field(ge=1, le=100_000)]
Trials = Annotated[int, Field(ge=0, le=1_000_000)]
Score = Annotated[float, Field(ge=-1e18, le=1e18)]


class NoneOptions(Section):
    """Nothing is pruned, and nothing can be set."""


class MedianOptions(Section):
    """A trial whose best score so far is below the median of the complete trials' at this epoch is pruned.

    n_startup_trials: so many must be complete before any is pruned: a median of fewer says little.
    n_warmup_steps:   the first rung: the first epochs rank learning rates, not configurations.
    n_min_trials:     so many must have a score at this epoch.
    """

    n_startup_trials: Trials = 5
    n_warmup_steps: Epochs = 3
    rung_factor: Annotated[float, Field(ge=1, le=100)] = 2.0
    n_min_trials: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class PercentileOptions(MedianOptions):
    """The same with another quantile: the best so many per cent go on."""

    percentile: Annotated[float, Field(ge=0, le=100)] = 25.0


class HyperbandOptions(Section):
    """Brackets of successive halving; a trial's number says which one it is in. The largest resource is the epochs.

    min_resource: epochs before the first rung of the first bracket.
    """

    min_resource: Epochs = 1
    reduction_factor: Annotated[int, Field(ge=2, le=1000)] = 3
    bootstrap_count: Trials = 0


class SuccessiveHalvingOptions(HyperbandOptions):
    """Of those that reach a rung, one in reduction_factor goes on; as asynchronous successive halving decides it.

    min_resource:            epochs before the first rung, reduction_factor ** min_early_stopping_rate times.
    min_early_stopping_rate: a bracket of Hyperband's.
    bootstrap_count:         so many must have reached a rung before any goes on.
    """

    reduction_factor: Annotated[int, Field(ge=2, le=1000)] = 4
    min_early_stopping_rate: Annotated[int, Field(ge=0, le=100)] = 0


class ThresholdOptions(Section):
    """A score below `lower` or above `upper` is pruned, from epoch n_warmup_steps on."""

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
    """Another pruner decides, but only while the curve falls.

    That is where the best of the last `patience` + 1 scores lies more than `min_delta` below the best before them.
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
    "none": NoneOptions,
    "median": MedianOptions,
    "percentile": PercentileOptions,
    "successive_halving": SuccessiveHalvingOptions,
    "hyperband": HyperbandOptions,
    "patient": PatientOptions,
    "threshold": ThresholdOptions,
}
