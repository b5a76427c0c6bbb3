"""The final models of a study as a written-out document: what the ledger knows a look by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.config.spec import StudySpec
from experiments.evaluation.baselines import ReferenceTask
from experiments.search.trial import FinishedTrial
from experiments.version import SCHEMA

PARTS = ("preprocessing", "training")  # sections of the study file that a refit depends on, beside the parameters


def final_models(
    spec: StudySpec, development: str, finalists: Sequence[FinishedTrial], baselines: Sequence[ReferenceTask]
) -> dict[str, Any]:
    """Write out everything that determines the models which are scored on the test rows.

    The document holds keys of the study file and of results.json, whose names are a contract, and never the fields of
    a class or a sentence. So a later version of the program writes the same document for the same models.

    Args:
        development: fingerprint of the rows that the models are fitted on.
        finalists:   the winner, then the default unless it is the winner or has no score.
        baselines:   the baselines fitted on the same rows.

    Returns:
        a JSON document.
    """
    resolved = spec.to_document()
    return {
        "format": SCHEMA,
        "rows": development,
        "seed": spec.study.seed,
        "fixed": {part: resolved[part] for part in PARTS},
        "models": [_model(one) for one in finalists],
        "baselines": [f"{one.id}/{one.version}" for one in baselines],
    }


def _model(told: FinishedTrial) -> dict[str, Any]:
    result = told.result
    rates = list(result.curves.factors[: result.epochs])
    changed = {} if all(one == 1 for one in rates) else {"learning_rate_factors": rates}
    return {"trial": result.number, "params": dict(told.params), "epochs": result.epochs, **changed}
