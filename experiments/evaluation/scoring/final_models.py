"""The final models of a study as a written-out document, by whose digest the ledger recognises them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.config.spec import StudySpec
from experiments.evaluation.scoring.baselines import BaselineTask
from experiments.search.trial import FinishedTrial
from experiments.version import SCHEMA

PARTS = ("preprocessing", "training", "final")  # sections of the study file that a refit depends on


def final_models(
    spec: StudySpec,
    development: str,
    finalists: Sequence[FinishedTrial],
    baselines: Sequence[BaselineTask],
    temperatures: Sequence[float] = (),
) -> dict[str, Any]:
    """Write out everything that determines the models which are scored on the test rows.

    The document holds keys of the study file and of results.json, whose names are a contract, and never the fields of
    a class or a sentence. So a later version of the program writes the same document for the same models.

    Args:
        development:  fingerprint of the rows that the models are fitted on.
        finalists:    the winner, then the default unless it is the winner or has no score.
        baselines:    the baselines fitted on the same rows.
        temperatures: temperature of each finalist; none where all are 1.

    Returns:
        a JSON document.
    """
    document = spec.to_document()
    return {
        "format": SCHEMA,
        "rows": development,
        "seed": spec.study.seed,
        "fixed": {part: document[part] for part in PARTS},
        "models": [
            _model(trial) | ({} if temperature == 1 else {"temperature": temperature})
            for trial, temperature in zip(finalists, temperatures or [1.0] * len(finalists), strict=True)
        ],
        "baselines": [f"{task.id}/{task.version}" for task in baselines],
    }


def _model(trial: FinishedTrial) -> dict[str, Any]:
    result = trial.result
    factors = list(result.curves.factors[: result.epochs])
    changed = {} if all(factor == 1 for factor in factors) else {"learning_rate_factors": factors}
    return {"trial": result.number, "params": dict(trial.params), "epochs": result.epochs, **changed}
