"""StudyResult: all results of a study, and their one representation on disk, results.json (schema 2).

Methods and reasons are codes; the reports write the sentences. The digest covers all that the study file and the data
determine. Ledger, provenance and timing belong to one run and stay outside it; so do the author's texts, and what was
added later.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final, Literal

from experiments.data.table import ColumnReason, Kind
from experiments.evaluation.records.analysis_record import AnalysisRecord, Counts, FinalRecord
from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.reasons import NoScore
from experiments.evaluation.records.report_record import ReportRecord
from experiments.evaluation.records.result_digest import digest, written
from experiments.evaluation.records.split_record import CopiesRecord, HoldoutRecord, SplitRecord
from experiments.search.trial import InterventionKind, Reason, State

# nothing is converted, no key is unknown, no number is infinite; dataclasses inside inherit the rules
STRICT = {"strict": True, "extra": "forbid", "allow_inf_nan": False}
Parameters = dict[str, float | int | str | bool]
Verdict = Literal["helped", "no evidence either way", "default better", "not compared"]
SIGNIFICANCE: Final = 0.05  # p-value below which two models are said to differ
IntervalMethod = Literal[
    "wilson", "bootstrap_rows", "bootstrap_groups", "expanded_bootstrap_rows", "expanded_bootstrap_groups",
    "bootstrap_rows_of_each_class", "logit_bootstrap_rows", "logit_bootstrap_groups", "smoothed_bootstrap_rows",
    "smoothed_bootstrap_groups", "square_and_add_recalls", "skewed_t", "corrected_resampled_t", "as_written",
]  # fmt: skip
DifferenceMethod = Literal[
    "mcnemar_bonett_price", "paired_bootstrap_rows", "paired_bootstrap_groups", "expanded_paired_bootstrap_rows",
    "expanded_paired_bootstrap_groups", "paired_bootstrap_rows_of_each_class", "agreement_groups",
    "agreement_groups_of_rarest_class", "agreement_rows_of_rarest_class", "corrected_resampled_t", "as_written",
    "paired_bootstrap_rows_and_intervals", "paired_bootstrap_groups_and_intervals", "paired_skewed_t",
]  # fmt: skip
BaselineId = Literal[
    "majority_class", "logistic_regression", "gradient_boosting", "mean", "ridge_regression", "as_written"
]


@dataclass(frozen=True, kw_only=True)
class MissingCounts:
    """Number of columns of each type that have missing cells among the development rows."""

    number: int
    category: int


@dataclass(frozen=True, kw_only=True)
class ColumnCounts(MissingCounts):
    """Number of columns of each type."""

    pixel: int


@dataclass(frozen=True, kw_only=True)
class LeftOutColumn:
    """A column that is no feature, with a code for the reason."""

    name: str
    reason: ColumnReason


@dataclass(frozen=True, kw_only=True)
class ColumnRecord:
    """A column that is a feature.

    format:  format of its numbers or dates; empty where they are written plainly.
    missing: number of missing cells among the development rows.
    """

    name: str
    kind: Kind
    format: str = ""
    missing: int = 0


@dataclass(frozen=True, kw_only=True)
class ReadingRecord:
    """The reading of a table, and what of it is not used; a study file that names it has the same digest.

    target:    name of the column to predict; empty where it is not recorded.
    columns:   the features, in the order of the file.
    left_out:  the columns that were left out by their values.
    no_target: number of rows that were left out because they have no target.
    dropped:   number of rows of the classes that data.drop_classes left out; None in results whose no_target has them.
    unread:    number of cells that are missing because they do not fit their column.
    large:     number of cells that are missing because they are infinite or enormous.
    notes:     what else was decided, one line each.
    """

    target: str = ""
    columns: tuple[ColumnRecord, ...] = ()
    left_out: tuple[LeftOutColumn, ...] = ()
    no_target: int = 0
    dropped: int | None = None
    unread: int = 0
    large: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DataRecord:
    """The data. columns and missing are None in results of version 0.1."""

    name: str
    rows: int
    features: int
    task: Literal["classification", "regression"]
    classes: tuple[str, ...]
    fingerprint: str
    columns: ColumnCounts | None = None
    missing: MissingCounts | None = None


@dataclass(frozen=True, kw_only=True)
class TrialRecord:
    """One row of the trial table; value is None unless the trial is COMPLETE."""

    number: int
    state: State
    reason: Reason
    params: Parameters
    value: float | None
    last: float | None
    epochs: int
    fold_scores: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class WorkerFailure:
    """A trial's outcome that a clock or a crash caused, recorded so that a replay can repeat it."""

    trial: int
    kind: InterventionKind


@dataclass(frozen=True, kw_only=True)
class DefaultRecord:
    """The default configuration's trial."""

    number: int
    params: Parameters
    cv_mean: float
    cv_std: float


@dataclass(frozen=True, kw_only=True)
class BestRecord(DefaultRecord):
    """The best trial."""

    epochs: int
    fold_scores: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class DefaultScore:
    """The default's score on the test rows; ci95, its interval, is outside the digest, and absent in older results."""

    score: float
    ci95: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreDifference:
    """Winner minus default on the same test rows; positive means that the winner is better.

    method:    the test and the interval.
    draws:     number of bootstrap draws; None without a bootstrap.
    detail:    the method in the words of an older version, with "as_written".
    agreeing:  number of rows or groups by which models that agree in all samples have an interval; else absent.
    exchanged: number of rows or groups of the exchange test, where p or a limit is of that; outside the digest.
    """

    score: float
    ci95: tuple[float, float]
    p_value: float
    method: DifferenceMethod
    draws: int | None = None
    detail: str = ""
    agreeing: int | None = None
    exchanged: int | None = None

    @property
    def has_interval(self) -> bool:
        """Return whether the limits are apart; differences that are all equal say nothing about others."""
        return self.ci95[0] < self.ci95[1]


@dataclass(frozen=True, kw_only=True)
class BaselineRecord:
    """A baseline fixed beforehand, on the same test rows.

    id:        the kind of model.
    version:   number that goes up when the model of this id changes.
    settings:  its settings, the number of rows that it was fitted on, and the number of all development rows.
    converged: whether the fit ended before its last iteration; None of a model without iterations.
    score:     None where it could not be fitted or scored.
    reason:    reason for a missing score.
    detail:    name and settings in the words of an older version, with "as_written".
    """

    id: BaselineId
    version: int
    settings: dict[str, float | int | str]
    converged: bool | None
    score: float | None
    ci95: tuple[float, float] | None
    reason: NoScore | None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class FinalScore:
    """The test evaluation: the winner's score, and its difference to the default's.

    ci_method:    method of the interval.
    ci_draws:     number of bootstrap draws; None without a bootstrap.
    ci_detail:    the method in the words of an older version, with "as_written".
    ci_widened:   factor by which blocks of time that are alike widen the interval; else absent. Outside the digest.
    times_scored: position of this evaluation among the study's evaluations on these rows, from 1.
    default:      None where the default diverged, or is the winner itself, in all outer folds of nested
                  cross-validation; and so is `difference`.
    references:   scores of the baselines.
    confusion:    of the winner on the test rows; None for a number.
    """

    metric: str
    score: float
    ci95: tuple[float, float]
    ci_method: IntervalMethod
    ci_draws: int | None = None
    ci_detail: str = ""
    ci_widened: float | None = None
    rows: int
    times_scored: int
    metrics: dict[str, float]
    default: DefaultScore | None
    difference: ScoreDifference | None
    verdict: Verdict
    references: tuple[BaselineRecord, ...] = ()
    confusion: Counts | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerRecord:
    """The entries of a ledger on the study's test rows, at the moment of reading.

    file:            path of the ledger, as the reports name it.
    looks:           number of distinct looks at these rows or rows that overlap them.
    own:             number of the study's own looks at exactly these rows.
    largest_overlap: largest share of these rows, 0 to 1, in one look of another study.
    head:            hash of the ledger's last entry.
    first:           hash of its first entry, which identifies the ledger.
    rows_known:      False where looks at rows that overlap these cannot be counted; not written.
    """

    file: str = ""
    looks: int
    own: int = 0
    largest_overlap: float
    head: str
    first: str = ""
    rows_known: bool = True


@dataclass(frozen=True, kw_only=True)
class StudyResult:
    """The whole study.

    final:          None in results of older versions, whose final model is a single network.
    test:           None without a test evaluation (--no-test); with `outer` the pooled score.
    outer:          the outer folds of nested cross-validation; absent from the document of a study without them.
    report:         the author's texts; absent from the document of a study without any.
    analysis:       analysis of the development rows; None in results without it.
    holdout:        None in results of older versions.
    earlier_digest: digest of the document of an older schema that this was translated from; not written.
    """

    __pydantic_config__ = STRICT

    schema: Literal[2] = 2
    study: str
    spec: dict[str, dict[str, Any]]
    data: DataRecord
    split: SplitRecord
    trials: tuple[TrialRecord, ...]
    interventions: tuple[WorkerFailure, ...]
    default: DefaultRecord | None
    best: BestRecord
    final: FinalRecord | None = None
    test: FinalScore | None
    outer: OuterRecord | None = None
    analysis: AnalysisRecord | None = None
    reading: ReadingRecord | None = None
    copies: CopiesRecord | None = None
    holdout: HoldoutRecord | None = None
    report: ReportRecord | None = None
    ledger: LedgerRecord | None
    provenance: dict[str, Any]
    timing: dict[str, float]
    earlier_digest: str = ""

    def document(self) -> dict[str, Any]:
        """Return the JSON document of results.json, in the schema's order, with its digest.

        Raises:
            ValueError: a number is NaN or infinite.
        """
        body = json.loads(json.dumps(asdict(self), allow_nan=False))
        del body["earlier_digest"]
        (body["ledger"] or {}).pop("rows_known", None)
        for name in ("outer", "holdout", "report"):
            if body[name] is None:
                del body[name]
        body = written(body)
        own = digest(body)
        return {"schema": body.pop("schema"), "study": body.pop("study"), "digest": own, **body}

    @classmethod
    def of_document(cls, document: dict[str, Any]) -> StudyResult:
        """Return the result that a results.json holds; its digest is not checked.

        Raises:
            pydantic.ValidationError: the document breaks the schema.
        """
        body = {key: value for key, value in document.items() if key != "digest"}
        result: StudyResult = _validator().validate_json(json.dumps(body))
        return result

    @property
    def analysed(self) -> AnalysisRecord:
        """The analysis; without any part where the results have none."""
        return self.analysis or AnalysisRecord()

    @property
    def digest(self) -> str:
        """The sha256 of the canonical JSON of all that the study file and the data determine, as it was written."""
        return self.earlier_digest or str(self.document()["digest"])


@cache
def _validator() -> Any:
    from pydantic import TypeAdapter  # which workers need not load

    return TypeAdapter(StudyResult)
