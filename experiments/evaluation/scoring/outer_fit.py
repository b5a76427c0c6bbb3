"""The last fit of nested cross-validation: all models are fitted, and only then is the first outer row read and scored.

One reservation in the ledger names the models of every outer fold, the model that is kept, and all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.config.documents import canonical_digest, rounded
from experiments.config.spec import StudySpec
from experiments.data.splits.folds import suitable_splitter
from experiments.data.splits.holdout import Look
from experiments.evaluation.final_model.with_default import joins_default
from experiments.evaluation.records.analysis_record import Counts, UncertaintyRecord
from experiments.evaluation.records.outer_record import OuterBaseline, OuterFold, OuterRecord
from experiments.evaluation.records.results import BaselineRecord, FinalScore
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.final_models import final_models
from experiments.evaluation.scoring.last_fit import LastFit, ModelScores, check_converged, model_of, score_models
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.outer_score import FoldOutputs, pooled_score
from experiments.evaluation.uncertainty.temperature import temperatures_of
from experiments.search.context import StudyContext
from experiments.search.trial import FinishedTrial


@dataclass(frozen=True)
class OuterFits:
    """The fits of the study of one outer fold.

    finalists:   its winner, then the default unless it diverged or is the winner itself.
    found:       its record, without scores.
    uncertainty: of its development rows; its temperatures belong to the models.
    """

    fits: FinalFits
    finalists: Sequence[FinishedTrial]
    found: OuterFold
    uncertainty: UncertaintyRecord | None

    @property
    def temperatures(self) -> tuple[float, ...]:
        return temperatures_of(self.uncertainty)[: len(self.finalists)]


def outer_fit(
    fits: FinalFits,
    finalists: Sequence[FinishedTrial],
    uncertainty: UncertaintyRecord | None,
    outer: Sequence[OuterFits],
    ledger: Ledger,
    acknowledged: bool,
) -> LastFit:
    """Refit the winner on all rows and the finalists of each outer fold, reserve one look, and score every fold.

    Args:
        fits:        fits of the search over all rows, whose winner's model is kept and not scored.
        finalists:   the winner of that search, then its default unless it is the winner.
        uncertainty: of all rows.

    Raises:
        LedgerError: the study has scored other models on these rows.
        SearchError: a winner's refit diverged, before any test row was read; or the metric has no value in a fold.
        WorkerLost:  a task was given up; the same models can be scored again.
    """
    study, development = fits.study, fits.study.data.development
    for one in outer:
        one.fits.begin(one.finalists)
    kept = _kept(study.spec, finalists)
    refits = [fits.refit(trial) for trial in kept]
    for _, network in refits:
        check_converged(network)
    for number, one in enumerate(outer, 1):
        _refit_fold(number, one)
    temperatures = temperatures_of(uncertainty)[: len(kept)]
    document = final_models(study.spec, development.fingerprint, kept, (), temperatures)
    document["outer"] = list(map(_models, outer))
    parts = tuple(one.fits.study.data.test.fingerprint for one in outer)
    joined = tuple(joins_default(one.fits.study.spec, one.finalists) for one in outer)
    look = Look(study.data.test.fingerprint, canonical_digest(document), study.identity, parts, joined)
    ledger.reserve(
        look, study.data.test.known_by, study.spec.study.name, study.spec.search.trials, acknowledged, document
    )
    scored = [score_models(one.fits, one.finalists, one.temperatures, look, ledger) for one in outer]
    record, of_folds = _pooled(study, outer, scored)
    ledger.complete(look, {record.metric: record.score, **record.metrics})
    return LastFit(
        record=replace(record, times_scored=ledger.times(look)),
        model=model_of(fits, refits, uncertainty),
        losses=refits[0][1].losses,
        outer=of_folds,
    )


def _refit_fold(number: int, one: OuterFits) -> None:
    """Refit the finalists of an outer fold, whose default may diverge if the final model does without it."""
    needed = _kept(one.fits.study.spec, one.finalists)
    for trial in one.finalists:
        _, network = one.fits.refit(trial)
        if trial in needed:
            check_converged(network, f"the rows outside outer fold {number}")


def _pooled(
    study: StudyContext, outer: Sequence[OuterFits], scored: Sequence[ModelScores]
) -> tuple[FinalScore, OuterRecord]:
    """Pool the scores of the outer folds; return the record of the test, and that of the folds."""
    development, sizes = study.data.development, [len(fold.truth.y) for fold in scored]
    metric, ordered = study.spec.cv.metric, development.table.time is not None
    pooled, winners, defaults = pooled_score(metric, development.target, list(map(_outputs, outer, scored)), ordered)
    named = [name for name in scored[0].metrics if all(name in fold.metrics for fold in scored)]
    metrics = {name: float(np.average([fold.metrics[name] for fold in scored], weights=sizes)) for name in named}
    record = rounded(replace(pooled, metrics=metrics, confusion=_sum([fold.confusion for fold in scored])))
    folds = tuple(
        replace(one.found, score=rounded(winners[at]), default=rounded(defaults[at]) if defaults else None)
        for at, one in enumerate(outer)
    )
    baselines = rounded(_baselines([[future.result() for future in fold.baselines] for fold in scored], sizes))
    return record, OuterRecord(splitter=suitable_splitter(development), folds=folds, baselines=baselines)


def _kept(spec: StudySpec, finalists: Sequence[FinishedTrial]) -> Sequence[FinishedTrial]:
    """Return the finalists whose networks the final model has."""
    return finalists if joins_default(spec, finalists) else finalists[:1]


def _models(one: OuterFits) -> dict[str, Any]:
    """Write out the models of an outer fold, and the rows that they are scored on."""
    study, tasks = one.fits.study, [task for task, _ in one.fits.baselines()]
    document = final_models(study.spec, study.data.development.fingerprint, one.finalists, tasks, one.temperatures)
    return {**document, "tested": study.data.test.fingerprint}


def _outputs(one: OuterFits, tested: ModelScores) -> FoldOutputs:
    """Return the outputs of an outer fold; the default's are the winner's where the default itself was chosen."""
    z, *default = tested.outputs
    won = one.finalists[0].result.number == 0
    y, groups = tested.truth.y, one.fits.study.data.test.groups
    return FoldOutputs(y, z, default[0] if default else z if won else None, groups, won)


def _baselines(folds: Sequence[Sequence[BaselineRecord]], sizes: Sequence[int]) -> tuple[OuterBaseline, ...]:
    """Pool the scores of each baseline."""
    pooled = []
    for records in zip(*folds, strict=True):
        scores = tuple(record.score for record in records)
        known = [score for score in scores if score is not None]
        mean = float(np.average(known, weights=sizes)) if len(known) == len(scores) else None
        pooled.append(OuterBaseline(id=records[0].id, version=records[0].version, scores=scores, score=mean))
    return tuple(pooled)


def _sum(counts: Sequence[Counts | None]) -> Counts | None:
    """Add confusion matrices; None where a fold has none."""
    known = [np.array(one) for one in counts if one is not None]
    return tuple(map(tuple, sum(known).tolist())) if len(known) == len(counts) else None  # type: ignore[union-attr]
