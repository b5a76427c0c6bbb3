"""The facts that a page must show, and how often at least, by what results.json holds."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from experiments.data.hints.leaks import DOUBTS
from support.derived_facts import used
from support.facts import Fact, Record

Counts = Counter[str]
ALWAYS = {
    **dict.fromkeys(
        ("study", "digest", "spec", "commands.tune", "commands.reproduce", "commands.latex", "data.task"), 1
    ),
    **dict.fromkeys(("best.cv_mean", "best.cv_std", "stopped.epochs", "stopped.possible", "stopped.share"), 1),
    **dict.fromkeys(("trials.complete", "trials.pruned", "trials.diverged", "trials.failed"), 1),
    **dict.fromkeys(("checklist.items", "checklist.answered", "checklist.open"), 1),
    **dict.fromkeys(("split.test_fingerprint", "split.folds_fingerprint"), 1),
    **dict.fromkeys(("best.number", "spec.cv.splitter"), 2),
    "best.network": 1,
    **dict.fromkeys(("data.name", "data.rows", "data.features", "data.fingerprint"), 2),
    **dict.fromkeys(("split.development", "split.test"), 3),
    "best.fold_scores.count": 3,
    "spec.study.arithmetic": 1,
    "spec.cv.metric": 10,
    "trials.count": 4,
}

MADE = ("date", "versions.nnet-experiments")


def counted(facts: list[Fact]) -> Counts:
    """Count each fact of a page; items of a list count together."""
    return Counter(re.sub(r"\[\d+\]", "[*]", one.key) for one in facts)


def required(record: Record, in_html: bool) -> Counts:
    """Return the least counts of a page; HTML has labels in its pictures, and thumbnails instead of a table."""
    found: Counts = Counter(ALWAYS)
    document = record.document
    for part in (_configurations, _data, _trials):
        found += part(record)
    if document["final"]["members"] > 1:
        found.update(["analysis.out_of_fold.members", "analysis.permutation.members", "analysis.out_of_fold.score"])
        found += Counter({"final.members": document["test"] is not None, "best.cv_mean": 1})
        found["analysis.out_of_fold.default_score"] += has_another_default(document)
    found["split.test"] += not document.get("outer")  # in the checklist, what was kept apart
    if document["test"] is None:
        found["commands.score"] += 1
    else:
        found["commands.predict"] += 1
        found += _test(document, in_html)
    found += _analysis(document, in_html)
    texts = {key: text for key, text in (document.get("report") or {}).items() if text}
    found.update(f"report.{key}" for key in texts)
    found["checklist.by_author"] += any(key != "author" for key in texts)
    found += Counter() if document["ledger"] is None else _ledger(document)
    found += Counter(f"timing.{name}" for name in document["timing"])
    found += Counter(f"provenance.{name}" for name in MADE)
    return found + Counter(key for key, _ in _leaves("provenance", document["provenance"]))


def _leaves(key: str, value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(key, value)]
    return [leaf for name, one in value.items() for leaf in _leaves(f"{key}.{name}", one)]


def _configurations(record: Record) -> Counts:
    found: Counts = Counter()
    params = record.document["best"]["params"]
    for name in params:
        if name == "hidden_layers" or name.startswith("hidden_units_") or used(record, params, name) is None:
            continue
        found[f"names.{name}"] += 2
        if name != "activation":  # the network's words have it
            found.update([f"best.params.{name}", f"names.{name}"])
    if has_another_default(record.document):
        found.update(["default.cv_mean", "default.cv_std", "default.number"])
    return found


def has_another_default(document: dict[str, Any]) -> bool:
    """Tell whether the default has a score and is not the winner."""
    return bool(document["default"]) and document["default"]["number"] != document["best"]["number"]


def _data(record: Record) -> Counts:
    data, found = record.document["data"], Counter[str]()
    kinds = [kind for kind, number in data["columns"].items() if number]
    found.update({f"data.columns.{kind}": 2 for kind in kinds})
    dates = data["features"] > sum(data["columns"].values())
    found["data.features"] += len(kinds) + dates > 1
    found["reading.target"] += record.document["reading"] is not None
    found.update(f"data.missing.{kind}" for kind, number in data["missing"].items() if number)
    if data["columns"]["number"]:
        searched = "numbers" in record.document["best"]["params"]
        found["best.params.numbers" if searched else "spec.preprocessing.numbers"] += 1
    if data["columns"]["category"]:
        found["spec.preprocessing.rare"] += 1
    if data["classes"]:
        found += Counter({"data.classes.count": 3, "classes.share.least": 1, "classes.share.most": 1})
        found["data.classes[*]"] += min(20, len(data["classes"]))
    found += _columns(record.document["reading"])
    copies = record.document["copies"] or {"rows": 0, "test": 0}
    found += Counter({"copies.rows": 2 * int(copies["rows"] > 0), "copies.split": int(copies["rows"] > 0)})
    found["copies.test"] += copies["test"] > 0
    given = record.document["spec"]["data"]
    found.update(f"spec.data.{role}" for role in ("groups", "time", "weights") if given.get(role))
    found["spec.data.test"] += 2 if given.get("test") else 0
    groups = (record.document.get("holdout") or {}).get("test_groups")
    found += Counter({"holdout.development_groups": 1, "holdout.test_groups": 2}) if groups else Counter()
    return found


def _columns(reading: dict[str, Any] | None) -> Counts:
    """Count the rows of the table of columns, of which 60 are shown."""
    if not reading or not reading["columns"]:
        return Counter()
    shown = reading["columns"][:60]
    found = Counter({f"reading.columns[*].{what}": len(shown) for what in ("name", "kind", "missing")})
    found["reading.columns[*].format"] += sum(bool(one["format"]) for one in shown)
    found["reading.columns.dates"] += 2 * any(one["kind"] == "date" for one in reading["columns"])
    found["reading.large"] += reading["large"] > 0
    found.update(
        f"missing.{what}" for what in ("cells", "columns") if any(one["missing"] for one in reading["columns"])
    )
    found["reading.notes[*]"] += len(reading["notes"])
    return found


def _trials(record: Record) -> Counts:
    trials, found = record.document["trials"], Counter[str]()
    ranked = sorted((one for one in trials if one["state"] == "COMPLETE"), key=lambda one: -one["value"])
    complete, default = len(ranked), record.document["default"] or record.document["best"]
    always = {record.document["best"]["number"], default["number"]} - {one["number"] for one in ranked[:5]}
    best = min(5, complete) + len(always) if complete > 1 else 0
    for what in ("number", "outcome", "epochs", "deviation"):
        found[f"trials[*].{what}"] += len(trials) + best
    found.update({f"interventions[*].{what}": len(record.document["interventions"]) for what in ("trial", "kind")})
    found["trials[*].value"] += complete + best
    found["trials[*].last"] += len(trials) - complete
    drawn = {name for one in trials for name in one["params"] if not name.startswith("hidden_")}
    found.update({f"trials[*].params.{name}": len(trials) + best for name in drawn})
    if any(name.startswith("hidden_") for one in trials for name in one["params"]):
        found["trials[*].hidden"] += len(trials) + best
    found["spec.search.pruner"] += record.document["spec"]["search"]["pruner"] != "none"
    roles = {
        record.document["best"]["number"],
        record.document["default"]["number"] if record.document["default"] else 0,
    }
    found["trials[*].role"] += len(roles)
    return found


def _test(document: dict[str, Any], in_html: bool) -> Counts:
    test, references = document["test"], document["test"]["references"]
    found = Counter({"test.score": 2, "test.ci95": 2, "test.ci_method": 2, "test.metric": 2, "test.verdict": 1})
    found += Counter({"best.number": 1, "final.epochs": 1, "test.rows": 3 if test["confusion"] else 2})
    found["test.ci_draws"] += 0 if test["ci_draws"] is None else 2
    for name in test["metrics"]:
        if name != test["metric"]:
            found.update([f"test.metrics.{name}", f"names.{name}"])
    notes = (document.get("reading") or {}).get("notes", ())
    found["reading.notes[*]"] += sum(line.endswith(DOUBTS) for line in notes)  # beside the score, too
    found.update({f"test.references[*].{what}": len(references) for what in ("score", "ci95")})
    found["test.references[*].id"] += 2 * len(references)
    unbeaten = sum(one["score"] is not None and one["score"] >= test["score"] for one in references)
    if not document.get("outer"):
        found += Counter({"test.references[*].id": unbeaten, "test.references[*].score": unbeaten})
    else:
        found.update({f"outer.baselines[*].{what}": unbeaten_outside(document) for what in ("id", "score")})
    for one in references:
        of_all = one["settings"]["rows"] == one["settings"]["rows_in_all"]
        rows = ("rows", "rows_in_all") if of_all else ("rows_in_all",)
        found.update(f"test.references[*].settings.{name}" for name in one["settings"] if name not in rows)
        found["test.references[*].converged"] += one["converged"] is False
    found["test.confusion[*][*]"] += _cells(test["confusion"]) if in_html else 0
    if document["default"] is None and document["trials"][0]["reason"]:
        found.update(["trials[*].reason", "trials[*].epochs"])
    found["test.ci_widened"] += "ci_widened" in test
    found["test.default.ci95"] += "ci95" in (test["default"] or {})
    if compared := test["difference"]:
        found += Counter({"test.default.score": 2, "default.number": 1, "test.difference.method": 2})
        found["final.default_epochs"] += not document.get("outer")
        found.update(f"test.difference.{what}" for what in ("score", "p_value"))
        found.update(
            {f"test.difference.{what}": 2 for what in ("draws", "agreeing", "exchanged") if compared.get(what)}
        )
        low, high = compared["ci95"]
        if low < high:
            found.update(["test.difference.ci95", "test.metric"])
            found["test.difference.side"] += (low <= 0 <= high) == (compared["p_value"] < 0.05)
    return found


def unbeaten_outside(document: dict[str, Any]) -> int:
    """Count the baselines of the outer folds that did as well as the procedure or better."""
    scores = [one["score"] for one in document["outer"]["baselines"]]
    return sum(score is not None and score >= document["test"]["score"] for score in scores)


def _cells(confusion: list[list[int]] | None) -> int:
    """Count the cells with a number in the picture of a small confusion matrix."""
    return sum(number > 0 for line in confusion or () for number in line)


def _ledger(document: dict[str, Any]) -> Counts:
    """Count the facts in the ledger's table and in the sentence at the top."""
    ledger = document["ledger"]
    found = Counter(["ledger.looks", "ledger.largest_overlap", "ledger.head"])
    if not ledger["file"]:
        return found + Counter(["ledger.looks"])
    found += Counter(
        {
            "ledger.file": 2,
            "ledger.own": 1,
            "ledger.largest_overlap": int(ledger["largest_overlap"] > 0 and ledger["looks"] > ledger["own"]),
        }
    )
    others = ledger["looks"] > ledger["own"]
    if document["test"] is None:
        found["ledger.own"] += ledger["own"] > 0
        found["ledger.others"] += others
    elif ledger["own"]:
        found["ledger.looks"] += 1
        found.update(["ledger.own", "ledger.others"] if others else [])
    return found


def _analysis(document: dict[str, Any], in_html: bool) -> Counts:
    analysis, found = document["analysis"], Counter[str]()
    for part, reason in analysis["left_out"].items():
        found.update(f"analysis.left_out.{part}.{name}" for name in reason)
    if chosen := analysis["selection"]:
        shown = ["corrected", "ci95", "rows", "pooled", "configurations", "draws", "method"]
        shown += ["floor", "floor95", "configurations"] if chosen["floor"] is not None else []
        shown += ["optimism"] if chosen["optimism"] > 1e-4 else []
        shown += ["gain"] if chosen["gain"] is not None and chosen["gain"] > 0 else []
        found.update(f"analysis.selection.{name}" for name in shown)
        found["selection.luck"] += "gain" in shown
    if permuted := analysis["permutation"]:
        found.update(f"analysis.permutation.{name}" for name in ("rows", "repeats", "metric", "baseline"))
        pictures = document["data"]["columns"]["pixel"] > 0
        if pictures:
            found.update(["permutation.darkest", "analysis.permutation.metric"])
            found.update({f"analysis.permutation.columns[*].{what}": 5 for what in ("name", "drop", "deviation")})
        else:
            found["analysis.permutation.repeats"] += permuted["repeats"] > 1
            found["analysis.permutation.columns[*].drop"] += min(20, len(permuted["columns"])) if in_html else 0
    found += _predictions(analysis["out_of_fold"], in_html)
    if curve := analysis["roc"]:
        found.update(f"analysis.roc.{what}" for what in ("area", "positives", "negatives"))
        found["data.classes[*]"] += 2
        found += _operating(curve["operating"])
    if cells := analysis["mistake_values"]:
        found["analysis.mistake_values.columns[*]"] += len(cells["columns"])
        found["analysis.mistake_values.rows[*][*]"] += sum(map(len, cells["rows"]))
    found += _uncertainty(document, analysis["uncertainty"])
    found += _sizes(analysis["smallest"])
    if ranked := analysis["importances"]:
        found.update(["analysis.importances.evaluator", "analysis.importances.better"])
        found["analysis.importances.by_luck"] += "by_luck" in ranked
        found.update(f"analysis.importances.values.{name}" for name in ranked["values"] if in_html)
    return found


def _operating(points: list[dict[str, Any]]) -> Counts:
    """Count the cells of the table of thresholds, and the classes beside it."""
    columns = ("rule", "threshold", "named", "recall", "specificity", "precision")
    found = Counter({f"analysis.roc.operating[*].{what}": len(points) for what in columns})
    found["analysis.roc.operating[*].goal"] += sum(one["goal"] is not None for one in points)
    if points:
        found += Counter({"data.classes[*]": 4, "analysis.roc.operating[*].threshold": 2})
    return found


def _sizes(smallest: dict[str, Any]) -> Counts:
    """Count the facts of the sentence and of the table, with rows for the smallest network and the best."""
    found = Counter(["analysis.smallest.best"])
    found["analysis.smallest.draws"] += smallest["draws"] is not None
    one, sizes = int(smallest["trial"] != smallest["best"]), {one["parameters"] for one in smallest["networks"]}
    found += Counter({"analysis.smallest.trial": one, "sizes.share": one, "trials[*].value": one})
    rows = 0 if len(sizes) == 1 or smallest["networks"][0]["trial"] == smallest["best"] else 2
    found.update({f"analysis.smallest.networks[*].{what}": rows for what in ("trial", "behind", "error")})
    found["analysis.smallest.networks[*].parameters"] += rows + 1 + one
    found["trials[*].hidden"] += rows
    return found


def _uncertainty(document: dict[str, Any], known: dict[str, Any]) -> Counts:
    """Count the rows of the table of levels, and the facts about temperatures."""
    key, levels = "analysis.uncertainty", [f"{check['level']:g}" for check in known["checks"]]
    found = Counter(
        {f"{key}.units": 1, f"{key}.checks[*].level": len(levels), f"{key}.checks[*].coverage": len(levels)}
    )
    if known["score"] == "missing_probability":
        found[f"{key}.checks[*].size"] += len(levels)
    else:
        found.update(f"{key}.quantiles.{level}" for level in levels)
    if winner := known["temperature"]:
        found.update(f"{key}.temperature.{name}" for name in ("loss", "scaled_loss", "gain", "standard_error"))
        found[f"{key}.temperature.value"] += winner["kept"]
    return found


def _is_seldom(confusion: list[list[int]], at: int) -> bool:
    """Tell whether fewer predictions name a class than a fifth of its rows."""
    return sum(line[at] for line in confusion) < sum(confusion[at]) / 5


def _predictions(predicted: dict[str, Any], in_html: bool) -> Counts:
    found, mistakes = Counter(["analysis.out_of_fold.rows"]), predicted["mistakes"]
    found["analysis.out_of_fold.confusion[*][*]"] += _cells(predicted["confusion"]) if in_html else 0
    classes = len(predicted["confusion"] or ())
    columns = ["rows", "predicted", "precision", "recall", "f1", *(["number"] if classes > 20 else [])]
    found.update({f"classes[*].{what}": classes for what in columns})
    found["data.classes[*]"] += classes
    seldom = sum(_is_seldom(predicted["confusion"], at) for at in range(classes))
    found += Counter({"classes[*].predicted": seldom, "classes[*].rows": seldom, "data.classes[*]": seldom})
    if predicted["calibration"]:
        found.update(["analysis.out_of_fold.calibration.error", "calibration.by_chance"])
    if predicted["points"]:
        found["analysis.out_of_fold.points.count"] += 1
    gallery = in_html and bool(mistakes) and mistakes[0]["picture"] is not None
    shown = ["row", "truth", "predicted", "fold"] + ([] if gallery else ["loss"])
    shown += ["probability"] if any(one["probability"] is not None for one in mistakes) else []
    found.update({f"analysis.out_of_fold.mistakes[*].{what}": len(mistakes) for what in shown})
    return found
