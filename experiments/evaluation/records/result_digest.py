"""The digest of a results document: of all that the study file and the data determine.

Keys that were added after digests had been fixed are outside it, or are left out of the document without a value.
"""

from __future__ import annotations

from typing import Any

from experiments.config.documents import canonical_digest

OUTSIDE_THE_DIGEST = ("digest", "reading", "copies", "holdout", "report", "ledger", "provenance", "timing")
PARTS_OUTSIDE = ("smallest", "roc", "mistake_values")  # of the analysis
KEYS_OUTSIDE = ("exchanged", "ended", "by_luck")  # of a difference, a reason and the importances
TEST_OUTSIDE, DEFAULT_OUTSIDE = ("ci_widened",), ("ci95",)  # of the test evaluation, and of the default's score in it
LATER = ("agreeing", *KEYS_OUTSIDE)  # keys that are written only where they have a value


def digest(document: dict[str, Any]) -> str:
    """Return the sha256 of the canonical JSON of a results document, without the parts of one run only."""
    return canonical_digest(digested(document))


def digested(document: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a results document that its digest covers."""
    body = {key: value for key, value in document.items() if key not in OUTSIDE_THE_DIGEST}
    if isinstance(analysis := body.get("analysis"), dict):
        body["analysis"] = {key: value for key, value in analysis.items() if key not in PARTS_OUTSIDE}
    return _without(body, KEYS_OUTSIDE, always=True)


def written(document: dict[str, Any]) -> dict[str, Any]:
    """Return a results document without the later keys that have no value."""
    return _without(document, LATER, always=False)


def _without(document: dict[str, Any], names: tuple[str, ...], always: bool) -> dict[str, Any]:
    """Return a copy that lacks keys, always or where they have no value.

    Args:
        names: keys of the difference, of reasons and of the importances; the other parts have their own.
    """

    def kept(part: Any, names: tuple[str, ...] = names) -> Any:
        if not isinstance(part, dict):
            return part
        return {key: value for key, value in part.items() if key not in names or not (always or value is None)}

    copy = dict(document)
    if isinstance(test := copy.get("test"), dict):
        parts = {"difference": names, "default": DEFAULT_OUTSIDE}
        below = {part: kept(test[part], lost) for part, lost in parts.items() if part in test}
        copy["test"] = {**kept(test, TEST_OUTSIDE), **below}
    if isinstance(analysis := copy.get("analysis"), dict) and isinstance(analysis.get("left_out"), dict):
        reasons = {part: kept(reason) for part, reason in analysis["left_out"].items()}
        copy["analysis"] = {**analysis, "left_out": reasons}
        if "importances" in analysis:
            copy["analysis"]["importances"] = kept(analysis["importances"])
    return copy
