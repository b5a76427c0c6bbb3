"""The outbox's two parts: a study's metadata at the start, its outcome at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from experiments.config.documents import canonical_digest, flat, without_trials
from experiments.config.readable import count, times
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData
from experiments.evaluation.final_model.final_kind import are_several, holds_default
from experiments.evaluation.records.provenance import commit
from experiments.evaluation.records.results import StudyResult
from experiments.tracking.outbox import DatasetMetadata, Refitted, RunMetadata, StudyOutcome

AGAIN = "had been scored before: score and verdict are optimistic by an unknown amount"
OF_PROCEDURE = "of the procedure, by nested cross-validation; not of this model"
# files of the study's folder that MLflow gets as they are
FILES = ("trials.csv", "report.md", "report.html", "report_files", "results.json")


def validation(splitter: str, folds: int, repeats: int) -> str:
    """Name the cross-validation of a study.

    Args:
        folds: number of all folds.

    >>> validation("KFold", 5, 1), validation("RepeatedKFold", 10, 2), validation("TimeSeriesSplit", 5, 1)
    ('5-fold cross-validation', '5-fold cross-validation, done 2 times', '5 forward splits in time')
    """
    if splitter == "TimeSeriesSplit":
        return f"{folds} forward splits in time"
    return f"{folds // repeats}-fold cross-validation{f', done {repeats} times' if repeats > 1 else ''}"


def run_metadata(spec: StudySpec, space: Space, data: StudyData, uid: str) -> RunMetadata:
    """Return the metadata of a study, which is the same for any number of trials."""
    document = without_trials(spec.to_document())
    sections = ("data", "cv", "preprocessing", "training", "search", "final")
    constants = flat({section: document[section] for section in sections})
    tags = {
        "spec": canonical_digest(document),
        "data": data.fingerprint,
        "test_rows": data.test.fingerprint,
        "seed": str(spec.study.seed),
    }
    tested = "its score on the test set"
    if spec.cv.outer is not None:
        tested = f"the score of the procedure, in {spec.cv.outer} outer folds (nested cross-validation)"
    signed = " Errors have a minus here, so that higher is better." if spec.cv.metric.startswith("neg_") else ""
    head = commit()
    return RunMetadata(
        name=spec.study.name,
        uid=uid,
        description=f"Configurations of a NumPy network on {data.name}, compared by "
        f"{validation(spec.cv.splitter, len(data.folds.pairs), spec.cv.n_repeats)} ({spec.cv.metric}). Sort trials by "
        f"cv_mean_{spec.cv.metric}, or by rank once the study has come to its end; the run `final` of a tested study "
        f"is the final model, whose networks its tag final_model names, and {tested}.{signed}",
        params={key: str(value) for key, value in constants.items()},
        tags=tags if head is None else {**tags, "mlflow.source.git.commit": head},
        log_scaled=tuple(space.log_scaled),
        searched=tuple(space.distributions),
        datasets=(
            _dataset(data, "development", data.development.fingerprint, len(data.development.y)),
            *([_dataset(data, "test", data.test.fingerprint, len(data.test))] if spec.cv.outer is None else []),
        ),
    )


def study_outcome(result: StudyResult, losses: Sequence[float], register_as: str | None, at: float) -> StudyOutcome:
    """Return the outcome of a finished study.

    Args:
        losses: of the refit; empty without a test evaluation.
        at:     now, in seconds since the epoch.
    """
    refitted = Refitted(
        trial=result.best.number,
        params=result.best.params,
        losses=tuple(losses),
        seconds=result.timing.get("refit and look", 0.0),
    )
    return StudyOutcome(
        trials=len(result.trials),
        digest=result.digest,
        at=at,
        metrics=final_metrics(result),
        tags=final_tags(result),
        files=FILES,
        refitted=refitted if losses else None,
        register_as=register_as,
    )


def final_metrics(result: StudyResult) -> dict[str, float]:
    """Return the scores of the study; those on the test rows are called test_..., and the refit's run has them too.

    `corrected_score` is the best trial's, corrected for having been chosen.
    """
    metrics = {
        "trials": float(len(result.trials)),
        "best_cv_mean": result.best.cv_mean,
        "best_cv_std": result.best.cv_std,
    }
    if result.default is not None:
        metrics["default_cv_mean"] = result.default.cv_mean
    if (chosen := result.analysed.selection) is not None:
        metrics["corrected_score"] = chosen.corrected
        metrics["corrected_ci95_low"], metrics["corrected_ci95_high"] = chosen.ci95
    if result.test is not None:
        metrics["test_score"] = result.test.score
        metrics["test_ci95_low"], metrics["test_ci95_high"] = result.test.ci95
        if result.test.default is not None:
            metrics["test_score_default"] = result.test.default.score
        if result.test.difference is not None:
            metrics["test_difference"] = result.test.difference.score
            if result.test.difference.has_interval:
                metrics["test_difference_ci95_low"], metrics["test_difference_ci95_high"] = result.test.difference.ci95
            metrics["test_p_value"] = result.test.difference.p_value
        metrics |= {f"test_metrics/{name}": value for name, value in result.test.metrics.items()}
        baselines = {one.id: one.score for one in result.test.references if one.score is not None}
        metrics |= {f"test_baselines/{name}": score for name, score in baselines.items()}
    for fold, found in enumerate(() if result.outer is None else result.outer.folds, 1):
        if found.score is not None:
            metrics[f"test_outer/fold_{fold}"] = found.score
    return metrics


def final_tags(result: StudyResult) -> dict[str, str]:
    """Return the study's findings in words to filter by."""
    tags = {"best_trial": str(result.best.number), "metric": str(result.spec["cv"]["metric"])}
    if (test := result.test) is None:
        return tags
    tags |= {"verdict": test.verdict, "final_model": final_model(result)}
    if (seen := result.ledger) is not None:
        tags["test_rows_scored"] = f"{times(seen.own)} by this study, {times(max(0, seen.looks - seen.own))} by others"
    if test.times_scored > 1:
        tags["test_rows_again"] = AGAIN
    return tags if result.outer is None else {**tags, "test_score_of": OF_PROCEDURE}


def final_model(result: StudyResult) -> str:
    """Say which networks the final model of a result is made of."""
    of = f"trial {result.best.number}"
    if result.final is None or not are_several(result):
        return f"the network of {of}"
    networks = count(result.final.members, "network")
    if holds_default(result):
        return f"the mean of {networks} of {of} and {result.final.members} of the default, trial 0"
    return f"the mean of {networks} of {of}"


def _dataset(data: StudyData, context: Literal["development", "test"], fingerprint: str, rows: int) -> DatasetMetadata:
    return DatasetMetadata(
        name=f"{data.name} ({context})",
        fingerprint=fingerprint,
        context=context,
        rows=rows,
        features=data.features,
        source=data.name,
    )
