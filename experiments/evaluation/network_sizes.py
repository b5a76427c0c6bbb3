"""The size of each trial's network, with the inputs that its preprocessing makes of all development rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.config.candidate import Preprocessing
from experiments.data.prepare import fitted_on
from experiments.search.context import StudyContext
from experiments.search.trial import FinishedTrial
from nnet.network import Architecture


def architectures(study: StudyContext, trials: Sequence[FinishedTrial]) -> list[Architecture]:
    """Return the architecture of each trial's final networks."""
    development, widths = study.data.development, dict[Preprocessing, int]()
    everything, found = np.arange(len(development.y)), []
    for trial in trials:
        candidate = study.space.candidate(trial.params)
        if candidate.preprocessing not in widths:
            widths[candidate.preprocessing] = fitted_on(development, everything, candidate.preprocessing).width
        found.append(candidate.architecture(widths[candidate.preprocessing], study.data.target))
    return found
