"""The translation of results.json of version 0.1 (schema 1): its texts become the codes of schema 2.

A document's digest is that of its own bytes: check it before the document is translated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Document = dict[str, Any]
Settings = dict[str, float | int | str]

_WITHOUT_DRAWS: Final = {
    "Wilson": "wilson",
    "exact McNemar test, adjusted Wald interval (Bonett and Price)": "mcnemar_bonett_price",
}
_BOOTSTRAP: Final = re.compile(
    r"(paired )?percentile bootstrap over (rows|groups|the rows of each class), ([\d,]+) draws"
)
_BBC_CV: Final = re.compile(
    r"BBC-CV: [\d,]+ bootstrap draws of (rows|groups of rows), the best on those drawn scored on the others"
)
_PED_ANOVA: Final = re.compile(r"PED-ANOVA \(Optuna\), the best (\d+)% of trials against all")
_ROWS: Final = r"; fitted on (?:all (?P<all>[\d,]+)|(?P<rows>[\d,]+) of (?P<rows_in_all>[\d,]+)) development rows"
_END: Final = r"(?:, spread over the target)?(?P<note>, not converged)?"
_BOOSTING: Final = (
    r"of histograms, (?P<iterations>\d+) iterations at learning rate (?P<learning_rate>[\d.]+), trees of at most "
    r"(?P<leaves>\d+) leaves, (?P<bins>\d+) bins"
)
_MODELS: Final[Mapping[str, tuple[str, Settings]]] = {
    "majority class": ("the classes' frequencies", {}),
    "mean": ("of the target", {}),
    "logistic regression": (
        r"L2 with C = (?P<c>\d+), L-BFGS, at most (?P<iterations>\d+) iterations",
        {"solver": "lbfgs"},
    ),
    "ridge regression": (
        r"L2 with alpha = (?P<alpha>\d+), LSQR, at most (?P<iterations>\d+) iterations",
        {"solver": "lsqr"},
    ),
    "gradient boosting": (_BOOSTING, {}),
}
_DECIMAL: Final = ("c", "alpha", "learning_rate")
_LINEAR: Final = ("logistic regression", "ridge regression")
_REASONS: Final = {
    "rows in a time order depend on one another, so that a bootstrap of single rows says nothing": "rows_in_time_order",
    "the default came to no score that others could be held against": "no_default_score",
    "with this loss the network's outputs are no probabilities": "no_probabilities",
    "every complete trial has the same score": "equal_scores",
    "no parameter tells the better trials from the rest": "no_parameter_tells",
}
_REASONS_WITH_NUMBERS: Final = {
    "too_many_classes": r"more than (?P<limit>[\d,]+) classes(?: take too many trees)?",
    "too_many_columns": r"(?P<columns>[\d,]+) columns; at most (?P<limit>[\d,]+) are shuffled",
    "too_many_shuffles": r"(?P<columns>[\d,]+) columns in (?P<folds>[\d,]+) folds; at most (?P<limit>[\d,]+) times a "
    "column is shuffled in a fold",
    "too_few_trials": r"(?P<trials>[\d,]+) complete trials in the space; at least (?P<least>[\d,]+) are needed",
    "too_few_draws": r"of (?P<draws>[\d,]+) bootstrap draws only (?P<scored>[\d,]+) have a score: the rows are too few",
    "bootstrap_too_slow": r"a bootstrap of (?P<metric>\S+) over (?P<configurations>[\d,]+) configurations and "
    r"(?P<rows>[\d,]+) rows takes too long: .*",
    "no_metric": r"(?:its outputs have no (?P<metric>\S+)|(?P<other>\S+) has no value on the rows of some fold, .*)",
    "not_fitted": r"it could not be fitted: (?P<detail>.*)",
    "not_scored": r"it could not be scored: (?P<detail>.*)",
}


def from_schema_1(document: Mapping[str, Any]) -> Document:
    """Translate a document of schema 1; whatever no code stands for keeps its words, as "as_written".

    The key `digest` is kept as it is, so it is not that of the translated document.

    >>> from_schema_1({"schema": 1, "digest": "d", "test": None, "analysis": None})
    {'schema': 2, 'digest': 'd', 'test': None, 'analysis': None}
    """
    test, analysis, default = document["test"], document["analysis"], document.get("default")
    default_won = default is not None and default["number"] == document["best"]["number"]
    return {
        **document,
        "schema": 2,
        "test": None if test is None else _test(test, default_won),
        "analysis": None if analysis is None else _analysis(analysis),
    }


def _test(test: Document, default_won: bool) -> Document:
    """Translate the test score; a default that won was compared with itself, which says nothing and is left out."""
    method, draws, detail = _method(test["ci_method"])
    compared = test["difference"]
    if compared is not None:
        compared = {**compared, **dict(zip(("method", "draws", "detail"), _method(compared["method"]), strict=True))}
    nothing = {"default": None, "difference": None, "verdict": "not compared"}
    return {
        **test,
        "ci_method": method,
        "ci_draws": draws,
        "ci_detail": detail,
        "difference": compared,
        "references": [_baseline(reference) for reference in test["references"]],
        **(nothing if default_won else {}),
    }


def _method(text: str) -> tuple[str, int | None, str]:
    """Translate the method of an interval or a difference to its code, its draws, and its words if it has no code."""
    if text in _WITHOUT_DRAWS:
        return _WITHOUT_DRAWS[text], None, ""
    if bootstrap := _BOOTSTRAP.fullmatch(text):
        paired, drawn, draws = bootstrap.groups(default="")
        return f"{paired.replace(' ', '_')}bootstrap_{drawn.replace('the ', '').replace(' ', '_')}", _whole(draws), ""
    return "as_written", None, text


def _baseline(reference: Document) -> Document:
    name, words = reference["name"], reference["settings"]
    pattern, fixed = _MODELS.get(name, ("", {}))
    match = re.fullmatch(pattern + _ROWS + _END, words)
    scores = {
        "score": reference["score"],
        "ci95": reference["ci95"],
        "reason": _reason(reference["reason"]) if reference["reason"] else None,
    }
    if match is None:
        written = {"id": "as_written", "version": 1, "settings": {}, "converged": None}
        return {**written, **scores, "detail": f"{name}: {words}"}
    given = {key: text for key, text in match.groupdict().items() if text and key not in ("all", "note")}
    if match["all"]:
        given |= {"rows": match["all"], "rows_in_all": match["all"]}
    settings = {key: float(text) if key in _DECIMAL else _whole(text) for key, text in given.items()}
    converged = match["note"] is None if name in _LINEAR and reference["score"] is not None else None
    model = {"id": name.replace(" ", "_"), "version": 1, "settings": {**fixed, **settings}, "converged": converged}
    return {**model, **scores, "detail": ""}


def _analysis(analysis: Document) -> Document:
    translated: dict[str, Callable[[Document], Document]] = {"selection": _selection, "importances": _importances}
    parts = {name: turn(analysis[name]) for name, turn in translated.items() if analysis[name] is not None}
    return {**analysis, **parts, "left_out": {part: _reason(text) for part, text in analysis["left_out"].items()}}


def _selection(selection: Document) -> Document:
    if match := _BBC_CV.fullmatch(selection["method"]):
        return {**selection, "method": f"bbc_cv_{match[1].split()[0]}", "detail": ""}
    return {**selection, "method": "as_written", "detail": selection["method"]}


def _importances(importances: Document) -> Document:
    if match := _PED_ANOVA.fullmatch(importances["evaluator"]):
        return {**importances, "evaluator": "ped_anova", "better": int(match[1]) / 100, "detail": ""}
    return {**importances, "evaluator": "as_written", "better": None, "detail": importances["evaluator"]}


def _reason(text: str) -> Document:
    if text in _REASONS:
        return {"code": _REASONS[text]}
    for code, pattern in _REASONS_WITH_NUMBERS.items():
        if match := re.fullmatch(pattern, text):
            given = {"metric" if key == "other" else key: value for key, value in match.groupdict().items() if value}
            words = ("metric", "detail")
            return {"code": code, **{key: value if key in words else _whole(value) for key, value in given.items()}}
    return {"code": "as_written", "detail": text}


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
