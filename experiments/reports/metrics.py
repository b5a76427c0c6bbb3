"""Metrics as people name them, and scores as people write them.

results.json has scikit-learn's names and signs, by which higher is always better: neg_root_mean_squared_error is
-31111. Pages and the terminal say RMSE 31,111, of which lower is better.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from experiments.data.splits.positive import OF_ONE_CLASS
from experiments.evaluation.final_model.mean_outputs import are_probabilities
from experiments.evaluation.records.results import StudyResult
from experiments.reports.formatting import MINUS, NOTHING

MOST_DIGITS: Final = 7  # of a number of 1 or more, its decimals included
ROUNDED: Final = 8  # decimals more than are shown, beyond which a difference is one of last bits
MOST_DECIMALS: Final = 9  # of a number that is written without a power of ten
_AVERAGES: Final = ("macro", "micro", "weighted", "samples")
# an area under the ROC curve is the same for either class
_NAMES: Final = {
    "f1": "F1",
    "r2": "R²",
    "roc_auc": "ROC AUC",
    "roc_auc_ovr": "ROC AUC one-vs-rest",
    "roc_auc_ovo": "ROC AUC one-vs-one",
    "matthews_corrcoef": "Matthews correlation",
    "brier_score": "Brier score",
    "mean_absolute_error": "MAE",
    "mean_squared_error": "MSE",
    "root_mean_squared_error": "RMSE",
    "mean_squared_log_error": "MSLE",
    "root_mean_squared_log_error": "RMSLE",
    "mean_absolute_percentage_error": "MAPE",
}


def metric_of(spec: Mapping[str, Any]) -> str:
    """Return scikit-learn's name of the metric by which the study selects; "score" where the study names none."""
    return str(spec.get("cv", {}).get("metric", "score"))


def unit_of_loss(result: StudyResult) -> str:
    """Return the unit of the networks' losses: nats where they are log-probabilities, else an empty string."""
    loss = str(result.best.params.get("loss", result.spec.get("training", {}).get("loss", "cross_entropy")))
    return "nats" if are_probabilities(loss) else ""


def metric_label(metric: str) -> str:
    """Name a metric as people do.

    >>> [metric_label(name) for name in ("accuracy", "f1_macro", "neg_log_loss", "r2", "neg_root_mean_squared_error")]
    ['accuracy', 'F1 (macro)', 'log loss', 'R²', 'RMSE']
    """
    name = metric.removeprefix("neg_")
    stem, _, last = name.rpartition("_")
    if stem and last in _AVERAGES:
        return f"{metric_label(stem)} ({last})"
    return _NAMES.get(name, name.replace("_", " "))


def label_of_class(metric: str, classes: Sequence[str]) -> str:
    """Name a metric, with the class that it scores where that is the last of two.

    >>> label_of_class("f1", ("ok", "defective")), label_of_class("accuracy", ("ok", "defective"))
    ("F1 of 'defective'", 'accuracy')
    """
    is_of_one = len(classes) == 2 and metric in OF_ONE_CLASS
    return f"{metric_label(metric)} of {classes[-1]!r}" if is_of_one else metric_label(metric)


def lower_is_better(metric: str) -> bool:
    """Return whether a metric is an error or a loss, which scikit-learn's name begins with neg_ and its score negates.

    >>> lower_is_better("neg_log_loss"), lower_is_better("accuracy")
    (True, False)
    """
    return metric.startswith("neg_")


def axis_label(metric: str) -> str:
    """Name a metric for the axis of a picture.

    >>> axis_label("accuracy"), axis_label("neg_log_loss")
    ('accuracy', 'log loss (lower is better)')
    """
    return f"{metric_label(metric)} (lower is better)" if lower_is_better(metric) else metric_label(metric)


def named_score(metric: str, score: float | None) -> str:
    """Write a score with its metric's name.

    >>> named_score("neg_root_mean_squared_error", -31111.4), named_score("accuracy", 0.9722)
    ('RMSE 31,111', 'accuracy 0.9722')
    """
    return f"{metric_label(metric)} {Scores.like(metric, score).show(score)}"


@dataclass(frozen=True)
class Scores:
    """A writer of scores of one metric, all with the same number of decimals so that they line up.

    metric:   scikit-learn's name.
    decimals: digits after the point.
    """

    metric: str
    decimals: int

    @classmethod
    def like(cls, metric: str, score: float | None) -> Scores:
        """Choose four decimals for scores around 1, five digits for larger ones, more decimals for very small errors.

        A small score of which 1 is the best, such as R², has four decimals, too.

        >>> [Scores.like("r2", score).decimals for score in (0.97, -0.08, 12.5, 31415.9, 0.00042)]
        [4, 4, 3, 0, 4]
        >>> Scores.like("neg_log_loss", -0.00042).decimals
        7
        """
        size = math.floor(math.log10(abs(score))) if score else 0
        if size > 0:
            return cls(metric, max(0, 4 - size))
        return cls(metric, 4 if size > -3 or not lower_is_better(metric) else 3 - size)

    @classmethod
    def of_selection(cls, result: StudyResult) -> Scores:
        """Choose the decimals of the winner's selection score."""
        return cls.like(metric_of(result.spec), result.best.cv_mean)

    def show(self, score: float | None) -> str:
        """Write a score; an error or loss without scikit-learn's minus.

        >>> Scores("r2", 4).show(0.97222), Scores("r2", 4).show(-0.5), Scores("r2", 4).show(-1e-5)
        ('0.9722', '−0.5000', '0.0000')
        >>> Scores("neg_log_loss", 4).show(-0.0873), Scores("r2", 4).show(None)
        ('0.0873', '–')
        """
        return self.size(-score if score is not None and lower_is_better(self.metric) else score)

    def size(self, amount: float | None) -> str:
        """Write an amount that has the scores' unit and no better or worse, such as a standard deviation.

        >>> Scores("neg_root_mean_squared_error", 0).size(1234.5), Scores("r2", 4).size(-4397887.72)
        ('1,234', '−4,397,888')
        >>> Scores("r2", 9).size(0.000004217), Scores("r2", 13).size(3.21e-10), Scores("r2", 0).size(4e8)
        ('0.000004217', '3.210e−10', '4.00e+08')
        """
        if amount is None:
            return NOTHING
        before = len(str(int(abs(amount)))) if abs(amount) >= 1 else 0
        if before > MOST_DIGITS:
            text = f"{amount:#.3g}"
        elif self.decimals > MOST_DECIMALS:
            text = f"{amount:#.4g}" if amount else "0"
        else:
            text = f"{amount:z,.{min(self.decimals, MOST_DIGITS - before) if before else self.decimals}f}"
        return text.replace("-", MINUS)

    def interval(self, limits: tuple[float, float]) -> str:
        """Write an interval of scores, the smaller number first.

        >>> Scores("accuracy", 4).interval((0.94941, 0.98499)), Scores("neg_log_loss", 2).interval((-0.25, -0.125))
        ('[0.9494, 0.9850]', '[0.12, 0.25]')
        """
        first, last = reversed(limits) if lower_is_better(self.metric) else limits
        return f"[{self.show(first)}, {self.show(last)}]"

    def gain(self, amount: float) -> str:
        """Write a difference of two scores, of which positive is better.

        >>> Scores("accuracy", 4).gain(0.0139), Scores("neg_root_mean_squared_error", 0).gain(-1200.0)
        ('0.0139 better', '1,200 worse')
        >>> Scores("accuracy", 4).gain(4e-17), Scores("neg_log_loss", 4).gain(1e-6)
        ('no difference', '0.0000 better')
        """
        if abs(amount) < 10.0 ** -(self.decimals + ROUNDED):
            return "no difference"
        return f"{self.size(abs(amount))} {'better' if amount > 0 else 'worse'}"

    def gain_interval(self, limits: tuple[float, float]) -> str:
        """Write an interval of differences.

        >>> Scores("accuracy", 4).gain_interval((-0.0028, 0.0306))
        '[0.0028 worse, 0.0306 better]'
        """
        return f"[{self.gain(limits[0])}, {self.gain(limits[1])}]"
