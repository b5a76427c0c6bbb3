"""What can be set of a sampler; what Optuna itself would take as a default is one, so that nothing surprises."""

from __future__ import annotations

import inspect

import pytest
from optuna import samplers
from pydantic import ValidationError

from experiments.config.sampler_options import SAMPLERS, CMAESOptions

OPTUNAS = {
    "tpe": samplers.TPESampler,
    "random": samplers.RandomSampler,
    "qmc": samplers.QMCSampler,
    "gp": samplers.GPSampler,
    "cmaes": samplers.CmaEsSampler,
}


def test_an_option_has_the_name_and_the_default_that_it_has_in_optuna() -> None:
    for name in OPTUNAS:
        theirs = inspect.signature(OPTUNAS[name]).parameters
        ours = SAMPLERS[name]().model_dump()
        assert ours.keys() <= theirs.keys()
        # Optuna's own default of multivariate depends on whether the study has one objective, as ours has
        assert {key: theirs[key].default for key in ours if key != "multivariate"} == {
            key: value for key, value in ours.items() if key != "multivariate"
        }


def test_only_one_variant_of_cma_es() -> None:
    with pytest.raises(ValidationError, match=r"only one variant .* got use_separable_cma and lr_adapt"):
        CMAESOptions(use_separable_cma=True, lr_adapt=True)
