"""results.json: its order, its digest and what it refuses."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from pydantic import ValidationError

from experiments.config.documents import canonical_digest, canonical_json
from experiments.evaluation.records.analysis_record import (
    AnalysisRecord,
    ImportanceRecord,
    MistakeValues,
    NetworkSize,
    SmallestRecord,
)
from experiments.evaluation.records.reasons import TooFewTrials
from experiments.evaluation.records.report_record import ReportRecord
from experiments.evaluation.records.result_digest import OUTSIDE_THE_DIGEST, PARTS_OUTSIDE, digest, digested
from experiments.evaluation.records.results import (
    BestRecord,
    DataRecord,
    DefaultRecord,
    DefaultScore,
    FinalScore,
    LedgerRecord,
    ScoreDifference,
    StudyResult,
    TrialRecord,
    WorkerFailure,
)
from experiments.evaluation.records.roc_record import OperatingPoint, RocRecord
from experiments.evaluation.records.split_record import CopiesRecord, SplitRecord

PARAMS: dict[str, Any] = {"learning_rate": 0.01, "hidden_units_1": 8, "activation": "relu"}
SUMMARY: dict[str, Any] = {"number": 0, "params": PARAMS, "cv_mean": 0.5, "cv_std": 0.1}
TRIAL: dict[str, Any] = {"number": 0, "reason": "", "params": PARAMS, "epochs": 3, "fold_scores": (0.4, 0.6)}


def result(**changes: Any) -> StudyResult:
    look = FinalScore(
        metric="accuracy",
        score=0.75,
        ci95=(0.6, 0.9),
        ci_method="wilson",
        rows=30,
        times_scored=1,
        metrics={"accuracy": 0.75},
        default=DefaultScore(score=0.7),
        difference=ScoreDifference(score=0.05, ci95=(-0.1, 0.2), p_value=0.5, method="mcnemar_bonett_price"),
        verdict="no evidence either way",
    )
    fields: dict[str, Any] = {
        "study": "näme 😀",
        "spec": {"study": {"name": "näme 😀", "seed": 0}},
        "data": DataRecord(
            name="iris", rows=150, features=4, task="classification", classes=("a", "b"), fingerprint="f"
        ),
        "split": SplitRecord(development=120, test=30, test_fingerprint="t", folds_fingerprint="o"),
        "trials": (
            TrialRecord(**TRIAL, state="COMPLETE", value=0.5, last=0.5),
            TrialRecord(**TRIAL | {"number": 1, "reason": "diverged"}, state="PRUNED", value=None, last=None),
        ),
        "interventions": (WorkerFailure(trial=1, kind="worker died"),),
        "default": DefaultRecord(**SUMMARY),
        "best": BestRecord(**SUMMARY, epochs=3, fold_scores=(0.4, 0.6)),
        "test": look,
        "ledger": LedgerRecord(looks=1, largest_overlap=0.0, head="h"),
        "provenance": {"commit": None, "versions": {"numpy": "2"}},
        "timing": {"search": 1.5},
    }
    return StudyResult(**fields | changes)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value that holds no other."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    yield from below or [path]


def replaced(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The document with another value in one place."""
    copy = json.loads(json.dumps(document))
    below = copy
    for key in path[:-1]:
        below = below[key]
    below[path[-1]] = value
    return copy


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    value = reduce(getitem, path, document)
    return replaced(document, path, math.nextafter(value, 9) if isinstance(value, float) else [value])


def test_the_document_has_the_schemas_order() -> None:
    document = result().document()
    assert list(document) == [
        *["schema", "study", "digest", "spec", "data", "split", "trials", "interventions", "default", "best"],
        *["final", "test", "analysis", "reading", "copies", "ledger", "provenance", "timing"],
    ]
    assert list(document["trials"][0]) == [
        *["number", "state", "reason", "params", "value", "last", "epochs", "fold_scores"]
    ]
    assert list(document["best"]) == ["number", "params", "cv_mean", "cv_std", "epochs", "fold_scores"]
    assert document["schema"] == 2


def test_a_difference_has_the_keys_that_it_needs_and_the_digest_that_it_had() -> None:
    before = result()
    assert list(before.document()["test"]["difference"]) == ["score", "ci95", "p_value", "method", "draws", "detail"]
    assert before.test is not None
    assert before.test.difference is not None
    difference = replace(before.test.difference, exchanged=8)
    exchanged = replace(before, test=replace(before.test, difference=difference))
    assert exchanged.document()["test"]["difference"]["exchanged"] == 8
    assert exchanged.digest == before.digest
    assert StudyResult.of_document(exchanged.document()) == exchanged
    agreeing = replace(before, test=replace(before.test, difference=replace(difference, agreeing=9)))
    assert agreeing.digest != before.digest


def test_what_widens_an_interval_and_that_of_the_default_are_beside_the_digest() -> None:
    before = result()
    assert before.document()["test"]["default"] == {"score": 0.7}
    assert before.test is not None
    assert "ci_widened" not in before.document()["test"]
    default = DefaultScore(score=0.7, ci95=(0.6, 0.8))
    after = replace(before, test=replace(before.test, default=default, ci_widened=1.5))
    assert after.document()["test"]["default"] == {"score": 0.7, "ci95": [0.6, 0.8]}
    assert after.document()["test"]["ci_widened"] == 1.5
    assert after.digest == before.digest == digest(after.document())
    assert StudyResult.of_document(after.document()) == after


def test_the_share_by_luck_is_beside_the_digest() -> None:
    records = [ImportanceRecord(evaluator="ped_anova", better=0.25, values={"l2": 1.0}, by_luck=b) for b in (None, 0.5)]
    before, after = (result(analysis=AnalysisRecord(importances=one)) for one in records)
    assert list(before.document()["analysis"]["importances"]) == ["evaluator", "better", "detail", "values"]
    assert after.document()["analysis"]["importances"]["by_luck"] == 0.5
    assert after.digest == before.digest == digest(after.document())
    assert StudyResult.of_document(after.document()) == after


def test_a_reason_has_the_digest_that_it_had() -> None:
    few = [TooFewTrials(trials=6, least=7, ended=ended) for ended in (None, 26)]
    before, after = (result(analysis=AnalysisRecord(left_out={"importances": one})) for one in few)
    assert before.document()["analysis"]["left_out"]["importances"] == {
        "code": "too_few_trials", "trials": 6, "least": 7
    }  # fmt: skip
    assert after.document()["analysis"]["left_out"]["importances"]["ended"] == 26
    assert after.digest == before.digest == digest(after.document())
    assert StudyResult.of_document(after.document()) == after


def test_the_document_is_plain_json() -> None:
    document = result().document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert json.loads(canonical_json(document)) == document


def test_the_document_makes_the_same_result_again() -> None:
    first = result()
    read = json.loads(json.dumps(first.document()))
    again = StudyResult.of_document(read)
    assert again == first
    assert again.digest == read["digest"]
    assert {key: type(value) for key, value in again.trials[0].params.items()} == {
        **{"learning_rate": float, "hidden_units_1": int, "activation": str}
    }


def test_a_result_that_is_read_keeps_the_order_of_the_space() -> None:
    space = {"momentum": {"low": 0, "high": 1}, "dropout": {"low": 0, "high": 1}}
    document = result(spec={"space": space}).document()
    assert list(StudyResult.of_document(document).spec["space"]) == list(space)
    assert json.dumps(StudyResult.of_document(document).document()) == json.dumps(document)


def test_a_result_without_a_look_and_a_default_round_trips() -> None:
    first = result(test=None, ledger=None, default=None, interventions=())
    read = json.loads(json.dumps(first.document()))
    assert [read[key] for key in ("test", "ledger", "default", "interventions")] == [None, None, None, []]
    assert StudyResult.of_document(read).digest == first.digest


def test_a_result_from_before_copies_were_counted_is_read() -> None:
    document = result().document()
    del document["copies"]
    assert StudyResult.of_document(document) == result()
    copies = CopiesRecord(rows=7, split="together", test=2)
    again = StudyResult.of_document(result(copies=copies).document())
    assert (again.copies, again.digest) == (copies, result().digest)


def test_the_authors_texts_are_beside_the_digest_and_absent_where_there_are_none() -> None:
    with_texts = result(report=ReportRecord(author="Ann", limits="none"))
    document = with_texts.document()
    assert with_texts.digest == result().digest == digest(document)
    assert "report" not in result().document()
    assert document["report"] == {"author": "Ann", "purpose": "", "source": "", "intended_use": "", "limits": "none"}
    assert StudyResult.of_document(document) == with_texts


def test_the_digest_is_the_sha256_of_the_canonical_json_of_the_rest() -> None:
    document = result().document()
    rest = {key: value for key, value in document.items() if key not in OUTSIDE_THE_DIGEST}
    assert set(document) - set(rest) == {"digest", "reading", "copies", "ledger", "provenance", "timing"}
    assert document["digest"] == canonical_digest(rest) == digest(document) == result().digest


def test_the_smallest_network_is_beside_the_digest() -> None:
    size = NetworkSize(trial=0, parameters=9, products=6, behind=0.0, error=0.0)
    found = SmallestRecord(best=0, trial=0, networks=(size,), method="corrected_folds", draws=None)
    without, beside = result(analysis=AnalysisRecord()), result(analysis=AnalysisRecord(smallest=found))
    assert without.digest == beside.digest != result().digest
    earlier = without.document()
    for name in PARTS_OUTSIDE:
        del earlier["analysis"][name]
    assert (StudyResult.of_document(earlier), digest(earlier)) == (without, without.digest)
    assert StudyResult.of_document(beside.document()).analysis == AnalysisRecord(smallest=found)
    assert digested(beside.document())["analysis"].keys() == earlier["analysis"].keys()


def test_roc_and_values_of_mistakes_are_beside_the_digest() -> None:
    roc = RocRecord(area=0.5, positives=1, negatives=1, points=((0.0, 0.0), (1.0, 1.0)))
    parts = {"roc": roc, "mistake_values": MistakeValues(columns=("a",), rows=(("1",),))}
    without, beside = result(analysis=AnalysisRecord()), result(analysis=AnalysisRecord(**parts))
    assert without.digest == beside.digest
    earlier = without.document()
    for name in parts:
        del earlier["analysis"][name]
    assert (StudyResult.of_document(earlier), digest(earlier)) == (without, without.digest)
    assert StudyResult.of_document(beside.document()) == beside


def test_operating_points_are_beside_the_digest_and_older_curves_have_none() -> None:
    point = OperatingPoint(
        rule="recall", goal=0.8, threshold=0.2, named=0.5, recall=0.8, specificity=0.6, precision=None
    )
    curve = RocRecord(area=0.5, positives=1, negatives=1, points=((0.0, 0.0), (1.0, 1.0)))
    without = result(analysis=AnalysisRecord(roc=curve))
    beside = result(analysis=AnalysisRecord(roc=replace(curve, operating=(point,))))
    assert without.digest == beside.digest
    earlier = without.document()
    del earlier["analysis"]["roc"]["operating"]
    assert StudyResult.of_document(earlier) == without
    assert StudyResult.of_document(beside.document()) == beside


def test_the_digest_leaves_out_what_belongs_to_one_run() -> None:
    other = result(ledger=None, provenance={"commit": "abc"}, timing={})
    assert other.digest == result().digest


def test_the_digest_changes_with_every_other_value_to_the_last_bit() -> None:
    document = result().document()
    for path in leaves(document):
        same = digest(changed(document, path)) == document["digest"]
        assert same == (path[0] in OUTSIDE_THE_DIGEST), path


def test_the_digest_changes_with_the_order_of_trials_and_not_of_keys() -> None:
    first = result()
    assert result(trials=first.trials[::-1]).digest != first.digest
    turned = dict(reversed(first.document().items()))
    assert digest(turned) == first.digest


def test_no_number_is_infinite_or_nan() -> None:
    document = result().document()
    paths = [("trials", 0, "value"), ("trials", 0, "fold_scores", 1), ("trials", 0, "params", "learning_rate")]
    paths += [("default", "cv_std"), ("test", "default", "score"), ("test", "difference", "ci95", 0)]
    for path in [*paths, ("timing", "search")]:
        for value in (math.nan, math.inf, -math.inf):
            with pytest.raises(ValidationError, match="finite"):
                StudyResult.of_document(replaced(document, path, value))
    for field in ("spec", "provenance", "timing"):
        with pytest.raises(ValueError, match="not JSON compliant"):
            result(**{field: {"l2": math.nan}}).document()


def test_nothing_foreign_is_read_and_nothing_is_converted() -> None:
    document = result().document()
    changes: list[tuple[tuple[Any, ...], Any]] = [
        (("schema",), 1),
        (("bogus",), 1),
        (("test", "bogus"), 1),
        (("test", "verdict"), "maybe"),
        (("test", "references"), [{}]),
        (("trials", 1, "state"), "RUNNING"),
        (("trials", 1, "reason"), "tired"),
        (("trials", 0, "number"), "0"),
        (("trials", 0, "epochs"), 3.0),
        (("trials", 0, "value"), "0.5"),
        (("trials", 0, "fold_scores"), ["0.5"]),
        (("analysis",), {"left_out": {"selection": {"code": "tired"}}}),
        (("analysis",), {"left_out": {"selection": {"code": "equal_scores", "limit": 3}}}),
    ]
    for path, value in changes:
        with pytest.raises(ValidationError):
            StudyResult.of_document(replaced(document, path, value))


def test_a_result_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        result().study = "other"  # type: ignore[misc]
