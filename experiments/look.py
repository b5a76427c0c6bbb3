"""The look: winner and default, both fixed beforehand, refitted on all development rows and scored once.

The ledger has the look before the test rows are read, and the pair of models cannot change after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite

import numpy as np

from experiments.candidate import Candidate
from experiments.canonical import canonical_digest
from experiments.data.ledger import Ledger
from experiments.data.preprocessing import fit_preprocessor
from experiments.data.sealed import Look, SealedTestSet
from experiments.data.splits import DevelopmentSet
from experiments.errors import SearchError
from experiments.judge import judge
from experiments.records.model import Model
from experiments.records.results import DefaultScore, LookRecord
from experiments.reports.statistics import verdict
from experiments.search.executor import Executor
from experiments.search.refit import Refit, RefitTask, network_of, outputs
from experiments.search.shared_data import share_folds
from experiments.search.trial import Told
from experiments.search.worker import run_refit
from experiments.space import Space
from experiments.spec import StudySpec
from nnet.arrays import Array, Labels
from nnet.batches import FoldData
from nnet.metrics import row_score


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
    executor: Executor,
    acknowledged: bool,
) -> Scored:
    """Refit the finalists, reserve the look, score them, and complete it.

    Args:
        study:     identity of the study for the ledger.
        finalists: the winner, then the default unless it diverged or is the winner itself.
        executor:  refits them.

    Raises:
        LookError:   the study had another look at these rows.
        SearchError: the winner's refit diverged; nothing was looked at.
    """
    everything = np.arange(len(development.labels))
    preprocessor = fit_preprocessor(development.features, development.pixel_range)
    x = preprocessor.transform(development.features)
    nothing = np.empty(0, np.intp)
    fold = FoldData(x, development.labels, everything, nothing)
    reference = share_folds([fold], len(development.classes), executor.share)
    tasks = [
        RefitTask(
            one.result.number,
            space.candidate(one.params),
            one.result.epochs,
            spec.study.seed,
            one.result.curves.factors,
        )
        for one in finalists
    ]
    refits = [future.result() for future in [executor.submit(run_refit, task, reference) for task in tasks]]
    if not _converged(refits[0]):
        raise SearchError(
            f"the refit of trial {refits[0].number} on all development rows diverged, so there is no model to score; "
            "lower the upper end of space.learning_rate. The test set was not read."
        )
    scorable = [one for one in refits if _converged(one)]
    models = [{**asdict(task), "rows": development.fingerprint} for task in tasks]
    look = Look(test.fingerprint, canonical_digest(models), study)
    ledger.reserve(look, test, spec.study.name, spec.search.trials, acknowledged)
    features, labels = test.open(look, ledger.has)
    rows = preprocessor.transform(features)
    logits = [future.result() for future in [executor.submit(outputs, model, rows) for model in scorable]]
    default = _default_outputs(logits, finalists)
    record = _record(spec, len(development.classes), logits, labels, tasks[0].candidate, default)
    ledger.complete(look, record.metrics)
    times = ledger.past(study, test).of_this_study
    model = Model(network_of(refits[0]), preprocessor.offset, preprocessor.scale, development.classes, refits[0].number)
    return Scored(record.model_copy(update={"times_scored": times}), model, refits[0].losses)


def _record(
    spec: StudySpec, classes: int, logits: Sequence[Array], labels: Labels, winner: Candidate, default: Array | None
) -> LookRecord:
    judgement = judge(spec.cv.metric, classes, labels, logits[0], default)
    # outputs are log-probabilities only where they were trained as such
    metrics = ["accuracy", *(["neg_log_loss"] if winner.training.loss.endswith("cross_entropy") else [])]
    return LookRecord(
        metric=spec.cv.metric,
        score=judgement.score,
        ci95=judgement.ci95,
        ci_method=judgement.ci_method,
        rows=len(labels),
        times_scored=0,
        metrics={name: float(row_score(name)(logits[0], labels).mean()) for name in metrics},
        default=None if judgement.default is None else DefaultScore(score=judgement.default),
        difference=judgement.difference,
        verdict=verdict(judgement.difference),
    )


def _default_outputs(logits: Sequence[Array], finalists: Sequence[Told]) -> Array | None:
    """The default's outputs; the winner's own where it is the default; None where it diverged."""
    if finalists[0].result.number == 0:
        return logits[0]
    return logits[1] if len(logits) > 1 else None


def _converged(model: Refit) -> bool:
    return all(map(isfinite, model.losses)) and bool(np.isfinite(model.parameters).all())
