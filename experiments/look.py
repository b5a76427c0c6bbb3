"""The look: winner and default, both fixed beforehand, refitted on all development rows and scored once.

The ledger has the look before the test rows are read, and the pair of models cannot change after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from experiments.canonical import canonical_digest
from experiments.data.ledger import Ledger
from experiments.data.preprocessing import fit_preprocessor
from experiments.data.sealed import Look, SealedTestSet
from experiments.data.splits import DevelopmentSet
from experiments.errors import SearchError
from experiments.records.model import Model
from experiments.records.results import DefaultScore, LookRecord
from experiments.reports.statistics import (
    bootstrap_interval,
    paired_difference,
    paired_mean_difference,
    verdict,
    wilson_interval,
)
from experiments.search.processes import Processes
from experiments.search.refit import Refit, RefitTask, outputs
from experiments.search.shared_data import write_folds
from experiments.search.trial import Told
from experiments.search.worker import run_refit
from experiments.space import Space
from experiments.spec import StudySpec
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.metrics import METRICS, row_score

BOOTSTRAP_SEED = 0  # fixed, so that an interval is a function of the scores


@dataclass(frozen=True)
class Scored:
    """What the look brought: the record for the results, and the winner's model."""

    record: LookRecord
    model: Model
    losses: tuple[float, ...]


def take_look(
    spec: StudySpec,
    space: Space,
    study: str,
    development: DevelopmentSet,
    test: SealedTestSet,
    ledger: Ledger,
    finalists: Sequence[Told],
    processes: Processes,
    work: Path,
    acknowledged: bool,
) -> Scored:
    """Refit the finalists, reserve the look, score them, and complete it.

    Args:
        study:     identity of the study for the ledger.
        finalists: the winner, then the default unless it diverged or is the winner itself.
        work:      a folder for the arrays that the workers map.

    Raises:
        LookError:   the study had another look at these rows.
        SearchError: the winner's refit diverged; nothing was looked at.
    """
    everything = np.arange(len(development.labels))
    preprocessor = fit_preprocessor(development.features, development.pixel_range)
    x = preprocessor.transform(development.features)
    nothing = np.empty(0, np.intp)
    reference = write_folds(work, [FoldData(x, development.labels, everything, nothing)], len(development.classes))
    tasks = [
        RefitTask(one.result.number, space.candidate(one.params), one.result.epochs, spec.study.seed)
        for one in finalists
    ]
    refits = [future.result() for future in [processes.submit(run_refit, task, reference) for task in tasks]]
    if not _converged(refits[0]):
        raise SearchError(
            f"the refit of trial {refits[0].number} on all development rows diverged, so there is no model to score; "
            "lower the upper end of space.learning_rate. The test set was not read."
        )
    scorable = [one for one in refits if _converged(one)]
    models = [{**asdict(task), "rows": development.fingerprint} for task in tasks]
    look = Look(test.fingerprint, canonical_digest(models), study)
    ledger.reserve(look, test, spec.study.name, spec.search.trials, acknowledged)
    features, labels = test.open(look)
    rows = preprocessor.transform(features)
    logits = [future.result() for future in [processes.submit(outputs, model, rows) for model in scorable]]
    record = _record(spec, logits, labels, finalists, scorable, times=0)
    ledger.complete(look, record.metrics)
    times = ledger.past(study, test).of_this_study
    model = Model(
        refits[0].architecture,
        refits[0].parameters,
        preprocessor.offset,
        preprocessor.scale,
        development.classes,
        refits[0].number,
    )
    return Scored(record.model_copy(update={"times_scored": times}), model, refits[0].losses)


def _record(
    spec: StudySpec,
    logits: Sequence[Array],
    labels: np.ndarray,
    finalists: Sequence[Told],
    scorable: Sequence[Refit],
    times: int,
) -> LookRecord:
    metric = spec.cv.metric
    scores = [row_score(metric)(one, labels) for one in logits]
    winner, default = scores[0], _default_scores(scores, finalists, scorable)
    if metric == "accuracy":
        interval, method = wilson_interval(int(winner.sum()), len(labels)), "Wilson"
        difference = None if default is None else paired_difference(winner > 0, default > 0)
    else:
        interval, method = bootstrap_interval(winner, BOOTSTRAP_SEED), "percentile bootstrap over rows"
        difference = None if default is None else paired_mean_difference(winner, default, BOOTSTRAP_SEED)
    return LookRecord(
        metric=metric,
        score=float(winner.mean()),
        ci95=interval,
        ci_method=method,
        rows=len(labels),
        times_scored=times,
        metrics={name: float(score(logits[0], labels).mean()) for name, score in METRICS.items()},
        default=None if default is None else DefaultScore(score=float(default.mean())),
        difference=difference,
        verdict=verdict(difference),
    )


def _default_scores(scores: Sequence[Array], finalists: Sequence[Told], scorable: Sequence[Refit]) -> Array | None:
    """The default's score of each row; the winner's own where it is the default; None where it diverged."""
    if finalists[0].result.number == 0:
        return scores[0]
    return scores[1] if len(scorable) > 1 else None


def _converged(model: Refit) -> bool:
    return all(map(isfinite, model.losses)) and bool(np.isfinite(model.parameters).all())
