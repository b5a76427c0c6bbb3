"""A comparison of studies as compare.json holds it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from experiments.evaluation.comparison.choices import ChoiceDifference
from experiments.evaluation.comparison.finalists import FinalistsRecord
from experiments.evaluation.comparison.joint_errors import JointErrors

ReasonCode = Literal[
    "not_finished",
    "other_rows",
    "other_folds",
    "other_target",
    "other_metric",
    "time_order",
    "other_members",
    "other_arithmetic",
    "no_out_of_fold",
    "no_data",
    "bootstrap_too_slow",
    "too_few_draws",
]


@dataclass(frozen=True, kw_only=True)
class NoTest:
    """A reason why the difference of two studies is not tested; detail is its values, in words."""

    code: ReasonCode
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ComparedTest:
    """A test score.

    looks:        test evaluations of any study, by the ledger, that used these rows or some of them.
    own:          of these, those of this study on exactly these rows.
    times_scored: position of this evaluation among the study's evaluations on these rows, from 1.
    nested:       whether it is pooled over outer folds, and so of the whole procedure.
    cells:        hash of the cells of the test rows in their source, in any order; empty where they are not known.
    """

    score: float
    ci95: tuple[float, float]
    rows: int
    looks: int
    own: int
    times_scored: int
    nested: bool
    cells: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchCurve:
    """The best selection score so far: the trials that improved it, and the end of the search.

    trials:  number of each of these trials.
    seconds: seconds that the search had taken until then, over all its runs.
    scores:  best score from then on.
    """

    trials: tuple[int, ...]
    seconds: tuple[float, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class WinnerCurve:
    """The winner's mean validation score over the folds, at each scored epoch."""

    epochs: tuple[int, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class NamedScore:
    """The score of a study's choice by the metric that a comparison names, as its corrected score is by its own.

    score: mean over the draws in which the choice, by the study's own metric on the units drawn, has a score.
    ci95:  0.025 and 0.975 quantiles over these draws.
    draws: number of these draws.
    """

    score: float
    ci95: tuple[float, float]
    draws: int


@dataclass(frozen=True, kw_only=True)
class ComparedStudy:
    """A study in a comparison.

    name:          its name; where two studies have one, that of its folder, or its path.
    state:         the state, as `tune --list` has it.
    data:          name of its data.
    development:   number of its development rows; None of a study without results.
    sharing:       letter of the studies with the same rows and folds; empty where no other has them.
    trials:        number of finished trials.
    without_score: number of those that diverged or failed.
    seconds:       seconds of the search, over all its runs; None without a journal.
    epochs:        epochs that the trials trained, all folds at once; None without a journal.
    best:          selection score of the best trial; None before a trial is complete.
    winner:        the best trial's number.
    configuration: the best trial's configuration in words.
    corrected:     corrected score; None where it was left out.
    notes:         what was done about a study that is not finished or of an older version.
    named:         score by the metric that the comparison names; None without such a metric, and where no other study
                   is compared with it.
    """

    name: str
    folder: str
    state: str
    data: str
    development: int | None
    sharing: str
    metric: str
    sampler: str
    pruner: str
    arithmetic: str
    members: int
    trials: int
    complete: int
    pruned: int
    without_score: int
    seconds: float | None
    epochs: int | None
    best: float | None
    winner: int | None
    configuration: str
    corrected: float | None
    ci95: tuple[float, float] | None
    test: ComparedTest | None
    search: SearchCurve | None
    learning: WinnerCurve | None
    notes: tuple[str, ...] = ()
    named: NamedScore | None = None


@dataclass(frozen=True, kw_only=True)
class ComparedPair:
    """Two studies, by their positions in the comparison.

    difference: None where it is not tested, for the reasons in no_test.
    errors:     None where they have other rows, or outputs are lost.
    """

    first: int
    second: int
    difference: ChoiceDifference | None
    no_test: tuple[NoTest, ...] = ()
    errors: JointErrors | None = None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A key of the resolved study files that differs, with its value in each study; None where a file lacks it."""

    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The studies in order, pairs of them, and their settings.

    studies: one metric after the other, the highest corrected score first; with a metric the highest score by it.
    metric:  metric by which all pairs are compared; None where each study is compared by its own.
    """

    studies: tuple[ComparedStudy, ...]
    pairs: tuple[ComparedPair, ...]
    settings: tuple[Setting, ...]
    finalists: FinalistsRecord | None = None
    metric: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON document of compare.json.

        Raises:
            ValueError: a number is NaN or infinite.
        """
        body: dict[str, Any] = json.loads(json.dumps(asdict(self), allow_nan=False))
        return {"schema": 1, **body}
