"""What MLflow is told of a study: its card at the start, its outcome at the end."""

from __future__ import annotations

from experiments.canonical import canonical_digest
from experiments.changes import flat
from experiments.data.prepare import StudyData
from experiments.identity import without_trials
from experiments.records.provenance import commit
from experiments.records.results import StudyResult
from experiments.records.tracking import StudyCard
from experiments.space import Space
from experiments.spec import StudySpec


def card_of(spec: StudySpec, space: Space, data: StudyData, uid: str) -> StudyCard:
    """The card of a study, the same however many trials it comes to."""
    document = without_trials(spec)
    constants = flat({section: document[section] for section in ("data", "cv", "preprocessing", "training", "search")})
    tags = {
        "spec": canonical_digest(document),
        "data": data.fingerprint,
        "test_rows": data.test.fingerprint,
        "seed": str(spec.study.seed),
    }
    head = commit()
    return StudyCard(
        name=spec.study.name,
        uid=uid,
        description=f"Configurations of a NumPy network on {data.name}, compared by "
        f"{len(data.folds.pairs)}-fold cross-validation ({spec.cv.metric}). Sort trials by cv_mean.",
        params=constants,
        tags=tags if head is None else {**tags, "mlflow.source.git.commit": head},
        log_scaled=frozenset(space.log_scaled),
        numbers=space.numbers,
    )


def final_metrics(result: StudyResult) -> dict[str, float]:
    metrics = {
        "trials": len(result.trials),
        "best_cv_mean": result.best.cv_mean,
        "best_cv_std": result.best.cv_std,
    }
    if result.default is not None:
        metrics["default_cv_mean"] = result.default.cv_mean
    if result.test is not None:
        metrics["test_score"] = result.test.score
        metrics["test_ci95_low"], metrics["test_ci95_high"] = result.test.ci95
        if result.test.default is not None:
            metrics["test_score_default"] = result.test.default.score
    return metrics


def final_tags(result: StudyResult) -> dict[str, str]:
    tags = {"digest": result.digest, "best_trial": str(result.best.number)}
    return tags if result.test is None else {**tags, "verdict": result.test.verdict}
