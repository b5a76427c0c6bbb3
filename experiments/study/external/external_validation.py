"""The external validation of a finished study: its model scored on labelled rows that came later.

The look at these rows stands in the ledger before the model predicts them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.documents import canonical_digest, rounded
from experiments.config.readable import first_few
from experiments.config.study_file import parse_spec
from experiments.data.count_different import count_different
from experiments.data.identity.fingerprint import row_bytes
from experiments.data.identity.hashes import short_hash
from experiments.data.identity.row_hashes import RowHashes
from experiments.data.new_data.labelled_rows import LabelledRows, Learnt
from experiments.data.prepare import StudyData
from experiments.data.splits.holdout import Look
from experiments.errors import ExperimentError
from experiments.evaluation.final_model.model import Model, read_model
from experiments.evaluation.records.results import BaselineRecord, StudyResult
from experiments.evaluation.scoring.external_score import (
    ExternalScore,
    IndependentDifference,
    KnownToStudy,
    LeftOutRows,
    Looks,
    ScoredModel,
    StudyScore,
    check_scorable,
    independent_difference,
    score_blind,
    score_model,
)
from experiments.evaluation.scoring.final_score import Truth
from experiments.evaluation.scoring.ledger import Ledger
from experiments.reports.metrics import metric_of
from experiments.reports.split import is_forward
from experiments.study.folders.find_data import data_again, explicit, spec_again
from experiments.study.folders.ledger_check import standing_of
from experiments.study.folders.lookup import model_of
from experiments.study.folders.results_file import Recorded, known_rows
from experiments.study.running.admission import ledger_reading
from experiments.study.running.resume import recorded_identity
from nnet.saving import MODEL

NAMED = 5  # ignored columns


@dataclass(frozen=True)
class FinishedStudy:
    """A study whose final model is scored on new rows.

    sha256: of the model's file.
    data:   the study's own rows, or the reason why they are not at hand.
    """

    recorded: Recorded
    model: Model
    learnt: Learnt
    sha256: str
    data: StudyData | str

    @property
    def result(self) -> StudyResult:
        return self.recorded.result

    def notes_of(self, rows: LabelledRows) -> list[str]:
        """List what is to be said of rows, a line each."""
        ignored = first_few(rows.ignored, NAMED)
        return [*rows.notes, *([f"columns that the score does not use: {ignored}"] if ignored else [])]


def finished_study(recorded: Recorded, data: str | None = None) -> FinishedStudy:
    """Read the model of a study, and its own rows where they are at hand.

    Args:
        data: the place of the study's data; None searches it.

    Raises:
        StudyStateError: as of `model_of`.
        DataError:       a file of the model is damaged, or the data that is named is not the study's.
    """
    folder = model_of(recorded.folder, str(recorded.folder))
    model = read_model(folder)
    section = parse_spec(explicit(recorded.result.spec), str(recorded.path)).data
    own: StudyData | str
    try:
        own = data_again(spec_again(recorded, data), recorded)[1]
    except ExperimentError as error:
        if data is not None:
            raise
        own = str(error)
    sha256 = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    return FinishedStudy(recorded, model, Learnt(model.rows, model.target, section), sha256, own)


def score_rows(study: FinishedStudy, rows: LabelledRows, ledger: Ledger, file: str = "") -> ExternalScore:
    """Reserve a look at new rows in the ledger, score the study's model on them, and complete the entry.

    The same model on the same rows again is the same look.

    Args:
        file: name of the rows' file.

    Raises:
        LedgerError: the look cannot be recorded, or the ledger lacks entries that the study's results name.
        DataError:   the metric has no score on these rows; nothing is recorded where no model has one.
    """
    result, sealed = study.result, rows.sealed()
    identity, test = recorded_identity(study.recorded.document), known_rows(study.recorded)
    metric = metric_of(result.spec) if result.test is None else result.test.metric
    truth = Truth(rows.whole.y[rows.rows], sealed.groups, ordered=rows.whole.table.time is not None)
    check_scorable(metric, study.model.target, truth)
    standing_of(ledger, study.recorded)
    ledger.check_place()
    look = _look(study, sealed.known_by, test, identity, ledger)
    models = {"model": study.sha256}
    ledger.reserve(look, sealed.known_by, result.study, len(result.trials), final_models=models)
    features, y = sealed.open(look, ledger.has)
    scored = score_model(study.model, metric, features, truth)
    ledger.complete(look, rounded({metric: scored.record.score, **scored.metrics}))
    hashes = [short_hash(row) for row in row_bytes(features, y)]
    known = _known(study, hashes, test)
    seen = ledger_reading(ledger, identity, replace(sealed.known_by, fingerprint=look.rows))
    record = scored.record
    return rounded(
        ExternalScore(
            study=result.study,
            digest=study.recorded.digest,
            model=study.sha256,
            file=file,
            rows=record.rows,
            drawn="rows" if truth.groups is None else "blocks" if truth.ordered else "groups",
            units=record.rows if truth.groups is None else count_different(truth.groups),
            left_out=LeftOutRows(no_target=rows.no_target, dropped=rows.dropped, no_time=rows.no_time),
            metric=metric,
            score=record.score,
            ci95=record.ci95,
            ci_method=record.ci_method,
            ci_draws=record.ci_draws,
            metrics=scored.metrics,
            classes=study.model.target.classes,
            confusion=scored.confusion,
            calibration=scored.calibration,
            baseline=_baseline(study, metric, truth),
            test=study_score(result),
            difference=_difference(study, scored, truth, known),
            known=known,
            ledger=Looks(file=seen.file, times=seen.looks, own=seen.own, largest_overlap=seen.largest_overlap),
        )
    )


def _look(study: FinishedStudy, new: RowHashes, test: RowHashes, identity: str, ledger: Ledger) -> Look:
    """Return the look at new rows; at the study's own test rows, if this model was tested on them, that of its test."""
    tested = None if study.result.outer is not None else ledger.tested(identity, test.fingerprint)
    if tested is not None and new.read and sorted(new.read) == sorted(test.read):
        return Look(test.fingerprint, tested, identity, parts=(new.fingerprint,))
    return Look(new.fingerprint, canonical_digest({"model": study.sha256}), identity, external=True)


def _known(study: FinishedStudy, hashes: Sequence[bytes], test: RowHashes) -> KnownToStudy:
    """Count the new rows that are equal to rows of the study."""

    def among(rows: Sequence[bytes]) -> int:
        there = set(rows)
        return sum(one in there for one in hashes)

    tested = among(test.read) if test.read else None
    if isinstance(study.data, str):
        return KnownToStudy(development=None, test=tested, reason=study.data)
    development = study.data.development
    learnt = [short_hash(row) for row in row_bytes(development.features, development.y)]
    return KnownToStudy(development=among(learnt), test=tested)


def study_score(result: StudyResult) -> StudyScore | None:
    """Return the study's own test score, with what its interval draws; None where it was not tested."""
    if (test := result.test) is None:
        return None
    groups = None if result.holdout is None else result.holdout.test_groups
    blocks = groups is None and result.spec.get("data", {}).get("time")
    return StudyScore(
        score=test.score,
        ci95=test.ci95,
        rows=test.rows,
        drawn="blocks" if blocks else "rows" if groups is None else "groups",
        groups=groups,
        metrics=test.metrics,
        nested=result.outer is not None,
    )


def _difference(
    study: FinishedStudy, scored: ScoredModel, truth: Truth, known: KnownToStudy
) -> IndependentDifference | None:
    """Return the difference to the test score, where the two samples are known to be independent.

    They are where rows are drawn one by one in both, and no new row is one of the study's. Groups and neighbours in
    time may be on both sides, and what was scored again after a change is optimistic.
    """
    result, test, record = study.result, study.result.test, scored.record
    section = result.spec.get("data", {})
    copies = result.copies is not None and result.copies.split == "together"
    if test is None or result.outer is not None or test.times_scored > 1 or truth.groups is not None:
        return None
    if section.get("groups") or section.get("time") or copies or known.development != 0 or known.test != 0:
        return None
    return independent_difference(test.metric, record.score, record.ci95, test.score, test.ci95)


def _baseline(study: FinishedStudy, metric: str, truth: Truth) -> BaselineRecord | None:
    """Score the model that reads no column; None where too little is known of the rows that were learnt from."""
    learnt, weights = _learnt(study)
    return None if learnt is None else score_blind(metric, study.model.target, learnt, weights, truth)


def _learnt(study: FinishedStudy) -> tuple[NDArray[Any] | None, NDArray[np.float64] | None]:
    """Return the targets of the rows that were learnt from and their weights, or what stands for them in the results.

    These are the mean of the numbers, and the counts of the classes if each row was predicted out of fold.
    """
    if not isinstance(study.data, str):
        development = study.data.development
        return development.y, development.table.weights
    result, units = study.result, study.model.units
    if result.spec.get("data", {}).get("weights"):
        return None, None
    if not study.model.target.classes:
        return (None if units.log else np.full(2, units.centre)), None
    folds = result.analysed.out_of_fold
    if folds is None or folds.confusion is None or is_forward(result) or folds.rows % result.split.development:
        return None, None
    return np.repeat(np.arange(len(folds.confusion)), [sum(row) for row in folds.confusion]), None
