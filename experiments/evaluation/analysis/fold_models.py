"""The final model on the folds: for each fold as many networks as the final model has, trained on its training rows.

So its errors are known without the test rows: each validation row is predicted by networks that did not learn from it.
The first network of a fold is the trial's own, to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from experiments.config.target import Target
from experiments.evaluation.analysis.permutation import FoldPredictor, Permuted, Shuffling, permute_columns
from experiments.evaluation.final_model.mean_outputs import are_probabilities, changed_outputs, model_outputs
from experiments.evaluation.final_model.refit import RefitTask
from experiments.search.cross_validation import prepare_fold
from experiments.search.executors.shared_data import DataReference, open_folds
from experiments.search.scorers import scorer
from experiments.search.seeds import COLUMN, fold_seed, member_seed
from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.network import Network
from nnet.training import fit


@dataclass(frozen=True)
class FoldModelsTask:
    """The models of some folds, to be trained to the trial's best epoch in one batch.

    trained:   the trial's configuration, number, best epoch and learning rate factors, and the number of networks.
    folds:     positions of the folds.
    shuffling: shuffles of the columns; None for no permutation importance.
    """

    trained: RefitTask
    folds: tuple[int, ...]
    metric: str
    shuffling: Shuffling | None = None


@dataclass(frozen=True)
class FoldModel:
    """The findings about the model of a fold.

    outputs: (P, outputs) of its validation rows: logits, or numbers in the target's own units.
    score:   score of these outputs; NaN where the metric has no value.
    """

    outputs: Array
    score: float
    permuted: Permuted | None


def train_fold_models(task: FoldModelsTask, folds: Sequence[FoldData], target: Target) -> list[FoldModel]:
    """Train the models, and predict the validation rows of each fold."""
    chosen = task.trained
    candidate, members, training = chosen.candidate, chosen.members, chosen.candidate.training
    prepared = {fold: prepare_fold(folds[fold], candidate, target) for fold in task.folds}
    models: dict[int, tuple[Network, slice]] = {}
    for width in dict.fromkeys(data.x.shape[1] for data, _ in prepared.values()):  # categories may differ by fold
        alike = [fold for fold, (data, _) in prepared.items() if data.x.shape[1] == width]
        network, _ = fit(
            candidate.architecture(width, target),
            training,
            [prepared[fold][0] for fold in alike for _ in range(members)],
            [member_seed(chosen.seed, chosen.number, fold, member) for fold in alike for member in range(members)],
            chosen.epochs,
            chosen.factors,
        )
        models |= {fold: (network, slice(at * members, (at + 1) * members)) for at, fold in enumerate(alike)}
    found = []
    for fold, (data, units) in prepared.items():
        probabilities = are_probabilities(training.loss)
        predict = partial(model_outputs, *models[fold], probabilities=probabilities)
        plain = scorer(task.metric, target)
        score = plain if target.classes else units.scored(plain)
        x, y = data.x[data.validation], data.y[data.validation]
        z, permuted = predict(x), None
        if task.shuffling is not None:
            seed = fold_seed(chosen.seed, COLUMN, chosen.number, fold)
            changed = partial(changed_outputs, *models[fold], probabilities=probabilities)
            permuted = permute_columns(FoldPredictor(predict, changed, score), x, y, fold, task.shuffling, seed)
        found.append(FoldModel(z if target.classes else units.restored(z), score(z, y), permuted))
    return found


def run_fold_models(task: FoldModelsTask, reference: DataReference) -> list[FoldModel]:
    """Train the models of some folds."""
    return train_fold_models(task, open_folds(reference), reference.target)
