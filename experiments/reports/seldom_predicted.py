"""Classes that a model hardly ever predicts, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from experiments.data.hints.rare_class import BALANCED, RANKED, ROC_AUC, WEIGHED
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import Code, Fact, Parts, counted, number, sentence
from experiments.reports.metrics import metric_of
from experiments.search.label_scores import LABEL_SCORES

SELDOM: Final = 5  # rows of a class for each one that is predicted as it, from which on it is hardly ever predicted
SAID: Final = "Out of fold, {} '{}' where {} should be: {}."
MOVED: Final = "choose a threshold for {}{}{}"
SHOWN: Final = " in the report’s table of operating points"


def seldom_predicted(result: StudyResult) -> Iterator[Parts]:
    """Yield a sentence on each class that is hardly ever predicted out of fold; nothing where that is unknown."""
    predictions, classes = result.analysed.out_of_fold, result.data.classes
    counts = () if predictions is None else predictions.confusion or ()
    for at, line in enumerate(counts):
        true, predicted = sum(line), sum(each[at] for each in counts)
        if SELDOM * predicted < true:
            few = counted(f"classes[{at}].predicted", predicted, "prediction is", "predictions are")
            rows = number(f"classes[{at}].rows", true)
            yield sentence(SAID, few, Fact(f"data.classes[{at}]", classes[at]), rows, _advice(result))


def _advice(result: StudyResult) -> Parts:
    if len(result.data.classes) != 2:
        return sentence(WEIGHED, *map(Code, BALANCED))
    metric, roc = metric_of(result.spec), result.analysed.roc
    is_of_labels = metric == "accuracy" or metric in LABEL_SCORES
    return sentence(
        MOVED,
        Code("predict --threshold"),
        SHOWN if roc is not None and roc.operating else "",
        sentence(f"; {RANKED}", Code(ROC_AUC)) if is_of_labels else "",
    )
