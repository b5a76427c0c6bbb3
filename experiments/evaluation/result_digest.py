"""The digest of a results document: of all that the study file and the data determine."""

from __future__ import annotations

from typing import Any

from experiments.config.documents import canonical_digest

OUTSIDE_THE_DIGEST = ("digest", "reading", "copies", "holdout", "report", "ledger", "provenance", "timing")
EXCHANGED = "exchanged"  # of the difference on test rows, added later, too
PARTS_OUTSIDE = ("smallest", "roc", "mistake_values")  # of the analysis, added after its digests were fixed


def digest(document: dict[str, Any]) -> str:
    """Return the sha256 of the canonical JSON of a results document, without the parts of one run only."""
    return canonical_digest(digested(document))


def digested(document: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a results document that its digest covers."""
    body = {key: value for key, value in document.items() if key not in OUTSIDE_THE_DIGEST}
    if isinstance(body.get("analysis"), dict):
        body["analysis"] = {key: value for key, value in body["analysis"].items() if key not in PARTS_OUTSIDE}
    if isinstance(test := body.get("test"), dict) and isinstance(compared := test.get("difference"), dict):
        difference = {key: value for key, value in compared.items() if key != EXCHANGED}
        body["test"] = {**test, "difference": difference}
    return body
