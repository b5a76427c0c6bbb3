"""Facts that follow from results.json without being in it, derived by code that the pages do not use."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable
from statistics import stdev
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.facts import Record

LABELS = {"l2": "L2 strength", "l1": "L1 strength", "numbers": "scaling of numbers", "rare": "limit of rare categories"}
METRICS = {
    "r2": "R²",
    "f1_macro": "F1 (macro)",
    "neg_log_loss": "log loss",
    "neg_mean_absolute_error": "MAE",
    "neg_root_mean_squared_error": "RMSE",
}
WORDS: dict[str, tuple[str, ...]] = {
    "wilson": ("Wilson score interval",),
    "bootstrap_rows": ("percentile bootstrap over rows",),
    "bootstrap_groups": ("percentile bootstrap over rows that belong together",),
    "mcnemar_bonett_price": ("exact McNemar test, adjusted Wald interval (Bonett and Price)",),
    "paired_bootstrap_rows": ("paired percentile bootstrap over rows",),
    "paired_bootstrap_groups": ("paired percentile bootstrap over rows that belong together",),
    "expanded_bootstrap_rows": ("expanded percentile bootstrap over rows",),
    "expanded_paired_bootstrap_rows": ("paired, expanded percentile bootstrap over rows",),
    "expanded_bootstrap_groups": ("expanded percentile bootstrap over rows that belong together",),
    "expanded_paired_bootstrap_groups": ("paired, expanded percentile bootstrap over rows that belong together",),
    "skewed_t": ("Student's t, corrected for skewness (Hall)",),
    "paired_skewed_t": ("paired t test, corrected for skewness (Hall)",),
    "corrected_resampled_t": (
        "approximate: corrected resampled t over the outer folds, and the limits of their rows",
        "approximate: corrected resampled t test over the outer folds, and a test of their rows",
    ),
    "logit_bootstrap_rows": ("standard error by a bootstrap over rows, Student's t on the scale of the logit",),
    "logit_bootstrap_groups": (
        "standard error by a bootstrap over rows that belong together, Student's t on the scale of the logit",
    ),
    "smoothed_bootstrap_rows": (
        "percentile bootstrap over rows and one more of each class, half right and half wrong",
    ),
    "smoothed_bootstrap_groups": (
        "expanded percentile bootstrap over rows that belong together and over one such group more of each class, half "
        "right and half wrong",
    ),
    "square_and_add_recalls": ("from the Wilson score intervals of both recalls (Newcombe)",),
    "paired_bootstrap_rows_and_intervals": (
        "paired bootstrap over rows, no narrower than the two scores' own intervals make it (Newcombe)",
    ),
    "paired_bootstrap_groups_and_intervals": (
        "paired bootstrap over rows that belong together, no narrower than the two scores' own intervals make it "
        "(Newcombe)",
    ),
    "agreement_groups": ("the two agree in every sample of the test groups",),
    "agreement_groups_of_rarest_class": ("the two agree in every sample of the test groups",),
    "agreement_rows_of_rarest_class": ("the two agree in every sample of the test rows",),
    "bbc_cv_rows": ("rows",),
    "bbc_cv_groups": ("groups of rows",),
    "ped_anova": ("PED-ANOVA",),
    "ped_anova_pruned": ("PED-ANOVA",),
    "lbfgs": ("L-BFGS",),
    "lsqr": ("LSQR",),
    "standard": ("scaled to mean zero and variance one",),
    "piecewise": ("spread over bins that hold equally many rows",),
    "robust": ("scaled by their median and quartiles, far values brought near",),
    "together": ("kept on one side of every split",),
    "half": ("more probable class",),
    **{code: (f"largest {name}",) for code, name in (("f1", "F1"), ("youden", "Youden index"))},
    **{code: (f"{code} of at least",) for code in ("recall", "specificity")},
    "quantile": ("mapped to a normal distribution by rank",),
    **{metric: (name,) for metric, name in METRICS.items()},
    **{
        code: (code.replace("_", " "),)
        for code in (
            *("majority_class", "logistic_regression", "gradient_boosting", "ridge_regression"),
            *("rows_in_time_order", "no_default_score", "no_probabilities", "too_many_classes", "too_many_columns"),
            *("too_few_trials", "equal_scores", "no_parameter_tells", "no_metric", "too_few_draws"),
            "successive_halving",
        )
    },
}


def label(name: str) -> str:
    """Return the name that the pages have for a parameter, a metric or a part."""
    if layer := re.fullmatch(r"hidden_units_(\d+)", name):
        return f"units of layer {layer[1]}"
    return (LABELS | METRICS).get(name, name.replace("_", " "))


def metric_of(document: dict[str, Any], key: str) -> str | None:
    """Return the metric of a key that holds a score or its interval; None for other keys."""
    if other := re.fullmatch(r"test\.metrics\.(\w+)", key):
        return other[1]
    if re.fullmatch(r"outer\.(folds\[\d+\]\.(score|default)|baselines\[\d+\]\.score)", key):
        return str(document["test"]["metric"])
    if re.fullmatch(r"test\.(score|ci95|(default|references\[\d+\])\.(score|ci95))", key):
        return str(document["test"]["metric"])
    selection = r"analysis\.out_of_fold\.(score|default_score)|"
    selection += r"outer\.folds\[\d+\]\.cv_mean|"
    selection += r"(best|default)\.cv_mean|trials\[\d+\]\.(value|last)|analysis\.selection\.(pooled|corrected|ci95)"
    if re.fullmatch(selection, key):
        return str(document["spec"]["cv"]["metric"])
    return str(document["analysis"]["permutation"]["metric"]) if key == "analysis.permutation.baseline" else None


def trial(record: Record, at: str) -> dict[str, Any]:
    found: dict[str, Any] = record.document["trials"][int(at)]
    assert found["number"] == int(at)
    return found


def units(record: Record, params: dict[str, Any]) -> list[int]:
    """Return the units of each hidden layer; those of the study file where none were sampled."""
    settings = {**record.document["spec"]["training"], **params}
    given = settings.get("hidden_units", 64)
    if isinstance(given, list):
        return given[: settings.get("hidden_layers", len(given))]
    layers = settings.get("hidden_layers", 1)
    return [settings.get(f"hidden_units_{layer + 1}", given) for layer in range(layers)]


def hidden(record: Record, at: str) -> str:
    return "-".join(map(str, units(record, trial(record, at)["params"]))) or "none"


def part(record: Record, which: str) -> dict[str, Any]:
    """Return the winner, the default, or the record of an outer fold."""
    fold = re.fullmatch(r"outer\.folds\[(\d+)\]", which)
    found: dict[str, Any] = record.document["outer"]["folds"][int(fold[1])] if fold else record.document[which]
    return found


def network(record: Record, which: str) -> str:
    params = part(record, which)["params"]
    activation = {**record.document["spec"]["training"], **params}["activation"]
    layers = "-".join(map(str, units(record, params)))
    return f"{layers} {activation.replace('relu', 'ReLU').replace('leaky_', 'leaky ')}" if layers else "no hidden layer"


def configured(record: Record, which: str, name: str) -> Any:
    """Return a parameter of a configuration; None for a layer that its network lacks."""
    return used(record, part(record, which)["params"], name)


def of_trial(record: Record, at: str, name: str) -> Any:
    """Return a parameter of a trial; None of what acts on hidden layers where it has none."""
    return used(record, trial(record, at)["params"], name)


def used(record: Record, params: dict[str, Any], name: str) -> Any:
    layers = len(units(record, params))
    if layers == 0 and name in ("activation", "batch_norm", "dropout", "noise"):
        return None
    layer = re.fullmatch(r"hidden_units_(\d+)", name)
    return None if layer and int(layer[1]) > layers else params.get(name)


def outcome(record: Record, at: str) -> str:
    one = trial(record, at)
    if one["state"] == "COMPLETE":
        return "complete"
    return str(one["reason"]) if one["state"] == "PRUNED" else f"failed, {one['reason']}"


def role(record: Record, at: str) -> str:
    default = record.document["default"]
    names = {"winner": record.document["best"]["number"], "default": default["number"] if default else 0}
    return ", ".join(name for name, number in names.items() if number == int(at))


def deviation(record: Record, at: str) -> float | None:
    one = trial(record, at)
    return stdev(one["fold_scores"]) if one["state"] == "COMPLETE" and len(one["fold_scores"]) > 1 else None


def ended(record: Record, how: str) -> int:
    """Count the trials with this end."""
    ends = [(one["state"], one["reason"]) for one in record.document["trials"]]
    ends_of = {
        "complete": lambda state, _: state == "COMPLETE",
        "pruned": lambda state, reason: state == "PRUNED" and reason != "diverged",
        "diverged": lambda state, reason: state == "PRUNED" and reason == "diverged",
        "failed": lambda state, _: state == "FAIL",
    }
    return sum(ends_of[how](*end) for end in ends)


def stopped(record: Record, what: str) -> float:
    trained = record.trained
    horizon = max(record.document["spec"]["training"]["epochs"], *trained.values())
    whole, epochs = horizon * len(trained), sum(trained.values())
    return {"epochs": epochs, "possible": whole, "share": epochs / whole}[what]


def luck(record: Record) -> str:
    found = record.document["analysis"]["selection"]
    limit = found["floor"] if found["floor95"] is None else found["floor95"]
    if found["gain"] <= limit:
        return "luck alone can give as much"
    judge = "new rows" if record.document.get("outer") else "the test score"
    return f"more than luck gives in most such searches, which only {judge} can confirm"


def smaller(record: Record) -> float:
    """Return the parameters of the smallest network for each one of the best's."""
    found = record.document["analysis"]["smallest"]
    parameters = {one["trial"]: one["parameters"] for one in found["networks"]}
    return float(parameters[found["trial"]] / parameters[found["best"]])


def side(record: Record) -> str:
    low, high = record.document["test"]["difference"]["ci95"]
    return "includes" if low <= 0 <= high else "excludes"


def class_share(record: Record, which: str) -> float:
    confusion = record.document["analysis"]["out_of_fold"]["confusion"]
    sizes = [sum(line) for line in confusion]
    return {"least": min, "most": max}[which](sizes) / sum(sizes)


def of_class(record: Record, at: str, what: str) -> float | None:
    """Return the size or the score of a class by the confusion matrix; None of a share of no rows."""
    confusion = record.document["analysis"]["out_of_fold"]["confusion"]
    rows, predicted = sum(confusion[int(at)]), sum(line[int(at)] for line in confusion)
    if what in ("number", "rows", "predicted"):
        return {"number": int(at), "rows": rows, "predicted": predicted}[what]
    hits = confusion[int(at)][int(at)]
    recall, precision = (hits / whole if whole else None for whole in (rows, predicted))
    harmonic = 2 / (1 / recall + 1 / precision) if recall and precision else 0.0
    return {"recall": recall, "precision": precision, "f1": harmonic if rows + predicted else None}[what]


def darkest(record: Record) -> float:
    """Return the largest change by a pixel of grey pictures."""
    return max(abs(one["drop"]) for one in record.document["analysis"]["permutation"]["columns"])


def error_by_chance(record: Record) -> float:
    """Return the mean calibration error of right probabilities, by the normal approximation of each bin's share."""
    bins = record.document["analysis"]["out_of_fold"]["calibration"]["bins"]
    repeats = record.document["spec"]["cv"].get("n_repeats", 1)
    shares = [one["rows"] ** 0.5 * (one["confidence"] * (1 - one["confidence"])) ** 0.5 for one in bins]
    return float((2 * repeats / math.pi) ** 0.5 * sum(shares) / sum(one["rows"] for one in bins))


def checked(record: Record, what: str) -> int:
    section = re.search(r'<section id="checklist">.*?</section>', record.page, re.DOTALL)
    assert section is not None
    rows = re.findall(r"<tr[^>]*>.*?</tr>", section[0].partition("<tbody>")[2], re.DOTALL)
    open_ones = sum(">not answered<" in one for one in rows)
    said = [key for key, text in (record.document.get("report") or {}).items() if text and key != "author"]
    answered = len(rows) - open_ones - len(said)
    return {"items": len(rows), "open": open_ones, "answered": answered, "by_author": len(said)}[what]


def missing(record: Record, what: str) -> int:
    """Return the number of missing cells, or of columns that have some."""
    holes = [one["missing"] for one in record.document["reading"]["columns"] if one["missing"]]
    return {"cells": sum(holes), "columns": len(holes)}[what]


def command(record: Record, name: str) -> str:
    study = shlex.quote(record.document["study"])
    if name in ("reproduce", "latex", "predict") and (fold := record.document["spec"]["data"].get("test_fold")):
        study = f"studies/{study}/outer-{fold[0]}"
    commands = {"tune": ("tune", ""), "score": ("tune", " --score"), "reproduce": ("reproduce", "")}
    commands |= {"latex": ("report", " --latex"), "predict": ("predict", " new_rows.csv")}
    module, option = commands[name]
    return f"python -m experiments.{module} {study}{option}"


def dates(record: Record) -> str:
    """Return the number of columns of dates."""
    return str(sum(one["kind"] == "date" for one in record.document["reading"]["columns"]))


def factor(record: Record, level: str) -> float:
    """Return the factor of intervals of a number whose logarithm is learnt."""
    return math.exp(record.document["analysis"]["uncertainty"]["quantiles"][level])


def of_repeat(record: Record) -> int:
    """Return the number of folds into which each repetition divides the rows."""
    return len(record.document["best"]["fold_scores"]) // record.document["spec"]["cv"]["n_repeats"]


def searches(record: Record, what: str) -> int:
    """Return the number of the searches of nested cross-validation, or of all their trials."""
    folds = record.document["outer"]["folds"]
    trials = len(record.document["trials"]) + sum(one["trials"] for one in folds)
    return {"count": 1 + len(folds), "trials": trials}[what]


DERIVED: dict[str, Callable[..., Any]] = {
    r"(best|default|outer\.folds\[\d+\])\.network": network,
    r"(best|default|outer\.folds\[\d+\])\.params\.(\w+)": configured,
    r"outer\.folds\[(\d+)\]\.place": lambda _, at: int(at) + 1,
    r"trials\[(\d+)\]\.hidden": hidden,
    r"trials\[(\d+)\]\.params\.(\w+)": of_trial,
    r"trials\[(\d+)\]\.outcome": outcome,
    r"trials\[(\d+)\]\.role": role,
    r"trials\[(\d+)\]\.deviation": deviation,
    r"trials\.(complete|pruned|diverged|failed)": ended,
    r"stopped\.(\w+)": stopped,
    r"selection\.luck": luck,
    r"sizes\.share": smaller,
    r"test\.difference\.side": side,
    r"classes\.share\.(least|most)": class_share,
    r"classes\[(\d+)\]\.(\w+)": of_class,
    r"permutation\.darkest": darkest,
    r"calibration\.by_chance": error_by_chance,
    r"checklist\.(items|open|answered|by_author)": checked,
    r"missing\.(cells|columns)": missing,
    r"commands\.(\w+)": command,
    r"reading\.columns\.dates": dates,
    r"folds\.of_repeat": of_repeat,
    r"searches\.(count|trials)": searches,
    r"analysis\.uncertainty\.factors\.([\d.]+)": factor,
}
