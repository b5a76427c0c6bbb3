"""What comes after the search takes: analysis, plain models, look and report, foretold from the size of the study.

The constants were read off digits, breast_cancer, diabetes and MNIST on one core of 2.6 GHz.
"""

from __future__ import annotations

from dataclasses import dataclass

from experiments.config.candidate import parameter_count
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.target import Target
from experiments.data.prepare import StudyData
from experiments.evaluation.baselines import BOOSTING, BaselineTask, baseline_tasks
from experiments.evaluation.permutation_importance import shuffles, too_many
from experiments.evaluation.resampling import CALLS, SUMS
from nnet.metrics import METRICS, ROW_SCORES

REPORT = 1.4  # seconds for pages and pictures, and the end of the workers
IMPORTS = 1.3  # seconds of scikit-learn's linear models and trees in each worker
SCORING = 1.5e-3  # seconds of one call of a scorer of scikit-learn's
LOOK_SCORINGS = 5_000  # of such a scorer, for the intervals of winner, default and plain models
PREDICTED, PRODUCT = 3e-7, 4e-11  # seconds for a row that a network predicts, and for a weight of the network
LINEAR_CELL = 3.5e-10  # seconds for row x input x output x iteration
TREE, BOOSTED_CELL = 1e-3, 1e-8  # seconds for a tree, and for row x input in it


@dataclass(frozen=True)
class AfterSearch:
    """Seconds from the last trial to the end of the command, but for what is left to tell MLflow.

    fixed:  whatever a trial takes.
    trials: as many trials more: networks that are trained again.
    """

    fixed: float
    trials: float

    def seconds(self, trial: float) -> float:
        """Where one trial takes a worker so many seconds."""
        return self.fixed + self.trials * trial


def after_search(
    spec: StudySpec, space: Space, data: StudyData, inputs: int, workers: int, look: bool = True
) -> AfterSearch:
    """What is to be expected of a study.

    Args:
        inputs: of a network, which may be more than the columns.
        look:   it is taken.
    """
    metric, target, folds = spec.cv.metric, data.target, len(data.folds.pairs)
    scoring = 0.0 if metric in METRICS else SCORING
    validation = [len(rows) for _, rows in data.folds.pairs]
    shuffling, trained = 0.0, 0.0
    if not too_many(data.features, folds):
        weights = parameter_count(space.candidate(space.default), inputs, target)
        most, repeats = shuffles(data.features, validation, weights)
        rows = sum(min(most, count) for count in validation)
        shuffling = data.features * repeats * (rows * (PREDICTED + PRODUCT * weights) + folds * scoring)
        trained = 1 / min(workers, folds)  # the winner's networks
    resampling = 0.0 if metric in SUMS or metric in ROW_SCORES else CALLS * SCORING
    seconds = REPORT + _shared([shuffling / workers] * workers + [resampling], workers)
    if look:
        plain = baseline_tasks(target, len(data.development.y), inputs)
        seconds += IMPORTS + _shared([_fitting(one, target, len(data.development.y), inputs) for one in plain], workers)
        seconds += 0.0 if metric in ROW_SCORES else LOOK_SCORINGS * scoring / min(workers, 2)
        trained += 2 / max(1, folds - 1) / min(workers, 2)  # winner and default, on all rows
    return AfterSearch(seconds, trained)


def _shared(tasks: list[float], workers: int) -> float:
    """Seconds of tasks that workers share, none of which can be divided.

    >>> _shared([1.0, 2.0, 5.0], workers=2), _shared([2.0, 2.0, 2.0], workers=2)
    (5.0, 3.0)
    """
    return max(*tasks, sum(tasks) / workers)


def _fitting(task: BaselineTask, target: Target, rows: int, inputs: int) -> float:
    cells = min(rows, task.rows) * inputs
    if task.id == BOOSTING:
        trees = task.iterations * (target.outputs if target.outputs > 2 else 1)
        return trees * (TREE + cells * BOOSTED_CELL)
    return cells * target.outputs * task.iterations * LINEAR_CELL
