"""[search.sampler_options]: the options of each sampler, under Optuna's own names.

No option depends on a clock, a process or another random generator, so a study stays a function of its file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiments.config.section import Section

Trials = Annotated[int, Field(ge=1, le=1_000_000)]


class TPEOptions(Section):
    """Options of Optuna's TPESampler."""

    n_startup_trials: Trials = 10
    n_ei_candidates: Annotated[int, Field(ge=1, le=100_000)] = 24
    multivariate: bool = True
    constant_liar: bool = True


class QMCOptions(Section):
    """Options of Optuna's QMCSampler, whose sequence is always scrambled by the study's seed."""

    qmc_type: Literal["sobol", "halton"] = "sobol"


class GPOptions(Section):
    """Options of Optuna's GPSampler."""

    n_startup_trials: Trials = 10


class CMAESOptions(Section):
    """Options of Optuna's CmaEsSampler. The default popsize is 4 + 3 ln(dimensions), rounded down."""

    n_startup_trials: Trials = 1
    popsize: Annotated[int, Field(ge=2, le=10_000)] | None = None
    consider_pruned_trials: bool = False
    use_separable_cma: bool = False
    with_margin: bool = False
    lr_adapt: bool = False

    @model_validator(mode="after")
    def _one_variant(self) -> CMAESOptions:
        chosen = [name for name in ("use_separable_cma", "with_margin", "lr_adapt") if getattr(self, name)]
        if len(chosen) > 1:
            raise ValueError(f"only one variant of CMA-ES can be chosen, but got {' and '.join(chosen)}")
        return self


SAMPLERS: dict[str, type[Section]] = {
    "tpe": TPEOptions,
    "random": Section,
    "qmc": QMCOptions,
    "grid": Section,
    "gp": GPOptions,
    "cmaes": CMAESOptions,
}
