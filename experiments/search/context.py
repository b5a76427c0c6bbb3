"""A study whose data is loaded: what everything that computes or judges it starts from."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from experiments.config.documents import canonical_digest, without_trials
from experiments.config.grid import within_grid
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.without_effect import check_effects
from experiments.data.prepare import StudyData, prepare
from experiments.data.table import Table
from experiments.search.arithmetic import processor, resolved
from experiments.search.number_scaling import with_possible_scaling
from experiments.search.scorers import check_metric
from experiments.version import SCHEMA


@dataclass(frozen=True)
class StudyContext:
    """A study whose data is loaded.

    spec:  its study file, with the settings that the data decides.
    space: the search space of the spec.
    data:  its rows, split and sealed.
    """

    spec: StudySpec
    space: Space
    data: StudyData

    @property
    def identity(self) -> str:
        """Return the digest by which the ledger knows the study: of all that determines it but the number of trials."""
        return canonical_digest(
            {"format": SCHEMA, "spec": without_trials(self.spec.to_document()), "data": self.data.fingerprint},
        )

    def with_trials(self, trials: int) -> StudyContext:
        """Return the same study with another number of trials."""
        return replace(self, spec=self.spec.with_trials(trials))


def prepare_study(spec: StudySpec, table: Table | None = None) -> StudyContext:
    """Load the data of a study, and check that the two fit.

    A grid with fewer points than the study has trials lowers the number of trials.

    Args:
        table: the rows, if they are not to be loaded from the spec's source.

    Raises:
        ExperimentError: the data breaks a rule, or does not fit the study file.
    """
    arithmetic, _ = resolved(spec.study.arithmetic, spec.search.sampler, processor())
    data = prepare(spec, os.environ, table)
    named = spec.data.with_names(data.development.table.spelled)
    spec = spec.model_copy(update={"data": named})
    spec = spec.with_decided(data.decided).with_arithmetic(arithmetic)
    spec = spec.with_inferred_settings(data.target.task, data.folds.splitter, data.n_splits)
    space = Space(spec)
    spec, note = with_possible_scaling(spec, space, data)
    if note is not None:
        space, data = Space(spec), replace(data, notes=(*data.notes, note))
    spec = within_grid(space, spec)
    space.check(data.features, data.target)
    check_effects(space, spec)  # which depend on the target
    check_metric(spec.cv.metric, data.target, [data.development.y[validation] for _, validation in data.folds.pairs])
    return StudyContext(spec, space, data)
