"""StudyResult: everything that was found, and its one representation on disk, results.json (schema 2).

Methods and reasons are codes; the pages write the sentences. The digest covers all that the study file and the data
determine. Ledger, provenance and timing are of one run, and outside it.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field

from experiments.config.documents import canonical_digest, canonical_json
from experiments.evaluation.reasons import NoScoreReason
from experiments.evaluation.record import Record
from experiments.evaluation.records import AnalysisRecord, Counts
from experiments.search.trial import InterventionKind, Reason, State

OUTSIDE_THE_DIGEST = ("digest", "ledger", "provenance", "timing")
Parameters = dict[str, float | int | str | bool]
Verdict = Literal["helped", "no evidence either way", "default better", "not compared"]
IntervalMethod = Literal[
    "wilson", "bootstrap_rows", "bootstrap_groups", "bootstrap_rows_of_each_class", "as_written"
]  # fmt: skip
DifferenceMethod = Literal[
    "mcnemar_bonett_price",
    "paired_bootstrap_rows",
    "paired_bootstrap_groups",
    "paired_bootstrap_rows_of_each_class",
    "as_written",
]
ReferenceId = Literal[
    "majority_class", "logistic_regression", "gradient_boosting", "mean", "ridge_regression", "as_written"
]


class ColumnCounts(Record):
    """Number of columns of each kind."""

    number: int
    category: int
    pixel: int


class MissingCounts(Record):
    """Number of columns of each kind that have missing cells among the development rows."""

    number: int
    category: int


class DataRecord(Record):
    """The data. columns and missing are None in results of version 0.1."""

    name: str
    rows: int
    features: int
    task: Literal["classification", "regression"]
    classes: tuple[str, ...]
    fingerprint: str
    columns: ColumnCounts | None = None
    missing: MissingCounts | None = None


class SplitRecord(Record):
    development: int
    test: int
    test_fingerprint: str
    folds_fingerprint: str


class TrialRecord(Record):
    """One row of the trial table; value is None unless the trial is COMPLETE."""

    number: int
    state: State
    reason: Reason
    params: Parameters
    value: float | None
    last: float | None
    epochs: int
    fold_scores: tuple[float, ...]


class WorkerFailure(Record):
    """An outcome that a clock or a death caused, so that a replay can repeat it."""

    trial: int
    kind: InterventionKind


class DefaultRecord(Record):
    number: int
    params: Parameters
    cv_mean: float
    cv_std: float


class BestRecord(Record):
    number: int
    params: Parameters
    cv_mean: float
    cv_std: float
    epochs: int
    fold_scores: tuple[float, ...]


class DefaultScore(Record):
    score: float


class Difference(Record):
    """Winner minus default on the same test rows, oriented so that positive means the winner is better.

    method: the test and the interval.
    draws:  number of bootstrap draws; None without a bootstrap.
    detail: the method in the words of an older version, with "as_written".
    """

    score: float
    ci95: tuple[float, float]
    p_value: float
    method: DifferenceMethod
    draws: int | None = None
    detail: str = ""


class ReferenceRecord(Record):
    """A plain model fixed beforehand, on the same test rows; without a score where it could not be fitted.

    id:        the kind of model.
    version:   number that goes up when the model of this id changes.
    settings:  its settings, and the number of rows that it was fitted on and could have been.
    converged: whether the fit ended before its last iteration; None of a model without iterations.
    reason:    why there is no score; None where there is one.
    detail:    name and settings in the words of an older version, with "as_written".
    """

    id: ReferenceId
    version: int
    settings: dict[str, float | int | str]
    converged: bool | None
    score: float | None
    ci95: tuple[float, float] | None
    reason: NoScoreReason | None
    detail: str = ""


class LookRecord(Record):
    """The one look. `difference` and `default` are None where the default diverged or is the winner itself.

    ci_method:  how the interval was made.
    ci_draws:   number of bootstrap draws; None without a bootstrap.
    ci_detail:  the method in the words of an older version, with "as_written".
    references: plain models beside which the score stands.
    confusion:  of the winner on the test rows; None for a number.
    """

    metric: str
    score: float
    ci95: tuple[float, float]
    ci_method: IntervalMethod
    ci_draws: int | None = None
    ci_detail: str = ""
    rows: int
    times_scored: int
    metrics: dict[str, float]
    default: DefaultScore | None
    difference: Difference | None
    verdict: Verdict
    references: tuple[ReferenceRecord, ...] = ()
    confusion: Counts | None = None


class LedgerRecord(Record):
    """What a ledger says of the study's test rows at the moment of reading.

    file:            path of the ledger, as pages name it.
    looks:           number of distinct looks at these rows or rows that overlap them.
    own:             number of the study's own looks at exactly these rows.
    largest_overlap: largest share of these rows, 0 to 1, that one look of another study saw.
    head:            hash of the ledger's last entry.
    first:           hash of its first entry, by which the ledger is known again.
    """

    file: str = ""
    looks: int
    own: int = 0
    largest_overlap: float
    head: str
    first: str = ""


class StudyResult(Record):
    """The whole study. `test` and `ledger` are None while the test set has not been looked at (--no-test).

    analysis:       of the development rows; None where it has not been made.
    earlier_digest: digest of the document of an older schema that this was translated from; not written.
    """

    schema_: Literal[2] = 2
    study: str
    spec: dict[str, Any]
    data: DataRecord
    split: SplitRecord
    trials: tuple[TrialRecord, ...]
    interventions: tuple[WorkerFailure, ...]
    default: DefaultRecord | None
    best: BestRecord
    test: LookRecord | None
    analysis: AnalysisRecord | None = None
    ledger: LedgerRecord | None
    provenance: dict[str, Any]
    timing: dict[str, float]
    earlier_digest: str = Field(default="", exclude=True)

    def document(self) -> dict[str, Any]:
        """The JSON document of results.json, in the schema's order, digest included.

        Raises:
            ValueError: the spec or the provenance holds NaN or infinity.
        """
        canonical_json([self.spec, self.provenance])
        body = self.model_dump(mode="json")
        schema, study = body.pop("schema_"), body.pop("study")
        fixed = {"schema": schema, "study": study}
        return {**fixed, "digest": digest(fixed | body), **body}

    @classmethod
    def of_document(cls, document: dict[str, Any]) -> StudyResult:
        """The result that a results.json holds; its digest is not checked.

        Raises:
            pydantic.ValidationError: the document is none of this schema.
        """
        body = {key: value for key, value in document.items() if key != "digest"}
        body["schema_"] = body.pop("schema", None)
        return cls.model_validate_json(json.dumps(body))

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON of what the study file and the data determine, as it was written."""
        return self.earlier_digest or str(self.document()["digest"])


def digest(document: dict[str, Any]) -> str:
    """sha256 of the canonical JSON of a results document, without what belongs to one run only."""
    body = {key: value for key, value in document.items() if key not in OUTSIDE_THE_DIGEST}
    return canonical_digest(body)
