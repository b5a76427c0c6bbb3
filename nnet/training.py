"""Training as a generator, which trains all folds in lockstep and yields a report after every epoch.

The caller decides to log, to prune or to stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnet.arrays import Array
from nnet.batches import FoldData
from nnet.checks import of_kind, one_each, whole
from nnet.errors import SettingError, ShapeError
from nnet.lockstep import Lockstep
from nnet.losses import are_labels, loss_of
from nnet.metrics import METRICS, OF_CLASSES, Score, score_of
from nnet.network import Architecture, Network
from nnet.ordered_sums import ordered_mean
from nnet.settings import TrainingSettings
from nnet.stopping import Plateau
from nnet.streams import Seed


@dataclass(frozen=True)
class EpochReport:
    """Losses and scores of an epoch, fold by fold; a loss is a mean over rows.

    learning_factor:   factor of the learning rate in this epoch; below 1 after a plateau.
    train_losses:      losses of the epoch's batches, with dropout, smoothing and weights, without the penalty.
    validation_losses: losses of the validation rows; like scores, None if not computed or without validation rows.
    train_scores:      scores of the training rows, or None if they were not requested.
    """

    epoch: int
    train_losses: tuple[float, ...]
    validation_losses: tuple[float, ...] | None = None
    scores: tuple[float, ...] | None = None
    train_scores: tuple[float, ...] | None = None
    learning_factor: float = 1.0


def train(
    architectures: Sequence[Architecture],
    settings: TrainingSettings,
    folds: Sequence[FoldData],
    seeds: Sequence[Seed],
    metric: str | Score | Sequence[Score],
    folds_per_step: int | None = None,
    train_scores: bool = False,
) -> Iterator[EpochReport]:
    """Train all folds in lockstep, and yield a report after every epoch.

    Args:
        architectures:  each fold's architecture; they differ only if the folds' data differ in the number of inputs.
        folds:          each fold's data.
        seeds:          each fold's seed, or its number; a fold's curve depends on nothing but its own data, seed and
                        settings (and, with a plateau schedule, on the mean curve).
        metric:         a name of `nnet.metrics`, or a function of outputs (N, outputs) and truth (N,) or (N, outputs),
                        or such a function for each fold.
        folds_per_step: number of folds that may share one step, chosen by size when None. It changes the speed only.
        train_scores:   score the training rows too.

    Overflow and NaN are reported in the losses and scores without a warning, because a diverged run is a result.
    The squares of huge gradients may overflow alone. Then adagrad, adam, adamw and rmsprop leave the weights as they
    are, and the losses stay finite; scale x and y to about unit variance.

    Raises:
        ShapeError:   there are not as many architectures and seeds as folds, or the data does not fit them.
        SettingError: an argument is of another class, a setting would learn nothing or do nothing, or the metric is
                      not one of such targets.
    """
    groups = lockstep_groups(architectures, settings, folds, seeds, folds_per_step)
    validated = all(len(data.validation) for data in folds)
    if settings.schedule == "plateau" and not validated:
        raise SettingError(
            "schedule='plateau' follows the scores of validation rows, but a fold has none; give each fold some, or "
            "set schedule='cosine'."
        )
    if isinstance(metric, str):
        for architecture, data in zip(architectures, folds, strict=True):
            _check_metric(metric, settings.loss, data, architecture.outputs)
    score = _scores(metric, len(folds))
    plateau = Plateau(settings.decay, settings.plateau_patience)
    for epoch in range(1, settings.epochs + 1):
        factor = plateau.factor
        losses, validation_losses, scores, own_scores = (np.full(len(folds), np.nan) for _ in range(4))
        scored = epoch % settings.validate_every == 0 or epoch == settings.epochs
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for members, lockstep in groups:
                losses[members] = lockstep.train_epoch(epoch, factor)
                if scored and validated:
                    validation_losses[members], scores[members] = _score(
                        lockstep, [folds[k] for k in members], [score[k] for k in members]
                    )
                if scored and train_scores:
                    rows = [folds[k].train for k in members]
                    outputs = lockstep.outputs(rows)
                    own_scores[members] = [
                        score[k](z, folds[k].y[r]) for k, z, r in zip(members, outputs, rows, strict=True)
                    ]
        if scored and validated and settings.schedule == "plateau":
            plateau.update(ordered_mean(scores.tolist()))
        yield EpochReport(
            epoch,
            tuple(losses.tolist()),
            tuple(validation_losses.tolist()) if scored and validated else None,
            tuple(scores.tolist()) if scored and validated else None,
            tuple(own_scores.tolist()) if scored and train_scores else None,
            factor,
        )


def _check_metric(metric: str, loss: str, data: FoldData, outputs: int) -> None:
    """Refuse a metric of classes where numbers are predicted, and the other way round.

    Raises:
        SettingError: it is one, or there is no such metric.
    """
    score_of(metric)
    classes = loss_of(loss).classifies or are_labels(data.y, outputs)
    if (metric in OF_CLASSES) != classes:
        kind, suited = ("classes", OF_CLASSES) if classes else ("numbers", (*set(METRICS).difference(OF_CLASSES),))
        raise SettingError(
            f"metric must be one of {', '.join(sorted(suited))} for {kind}, which loss={loss!r} and y are for, but got "
            f"{metric!r}."
        )


def _scores(metric: str | Score | Sequence[Score], folds: int) -> Sequence[Score]:
    """Return the score of each fold.

    Raises:
        SettingError: the metric is neither a name nor a function nor such a function for each fold.
    """
    scorer = score_of(metric) if isinstance(metric, str) else metric
    score = [scorer] * folds if callable(scorer) else scorer
    if not isinstance(score, Sequence) or len(score) != folds or not all(map(callable, score)):
        raise SettingError(
            f"metric must be a name such as 'accuracy', a function of outputs and truth, or a list of {folds} such "
            f"functions, one for each fold, but got {metric!r}."
        )
    return score


def _score(lockstep: Lockstep, folds: Sequence[FoldData], score: Sequence[Score]) -> tuple[list[float], list[float]]:
    rows = [data.validation for data in folds]
    losses, scores = [], []
    for fold, (z, data, validation) in enumerate(zip(lockstep.outputs(rows), folds, rows, strict=True)):
        losses.append(float(lockstep.loss_rows(z, fold, validation).mean()))
        scores.append(score[fold](z, data.y[validation]))
    return losses, scores


def lockstep_groups(
    architectures: Sequence[Architecture],
    settings: TrainingSettings,
    folds: Sequence[FoldData],
    seeds: Sequence[Seed],
    folds_per_step: int | None = None,
) -> list[tuple[list[int], Lockstep]]:
    """Group the folds by architecture, and return each group's positions and its network in training."""
    one_each("architectures", architectures, Architecture)
    one_each("folds", folds, FoldData)
    one_each("seeds", seeds)
    if not len(architectures) == len(folds) == len(seeds):
        raise ShapeError(
            f"each fold needs an architecture and a seed, but got {len(architectures)} architectures, "
            f"{len(folds)} folds and {len(seeds)} seeds."
        )
    members: dict[tuple[Architecture, bool], list[int]] = {}
    for fold, (architecture, data) in enumerate(zip(architectures, folds, strict=True)):
        members.setdefault((architecture, data.weights is None), []).append(fold)
    return [
        (
            positions,
            Lockstep(
                architecture,
                settings,
                [folds[fold] for fold in positions],
                [seeds[fold] for fold in positions],
                folds_per_step,
            ),
        )
        for (architecture, _), positions in members.items()
    ]


def fit(
    architecture: Architecture,
    settings: TrainingSettings,
    folds: Sequence[FoldData],
    seeds: Sequence[Seed],
    epochs: int,
    factors: Sequence[float] = (),
) -> tuple[Network, Array]:
    """Train a network on the training rows of each fold for the first `epochs` epochs of the settings' horizon.

    Args:
        folds:   each fold's data; all of one width.
        seeds:   each fold's seed, or its number; a fold's network depends on nothing but its own data, seed and
                 settings.
        factors: factors of the learning rate in each epoch, as an earlier run reported them; 1 for further epochs. A
                 plateau schedule lowers the rate by them alone, because no validation rows are scored.

    As in `train`, overflow is not reported but in the losses, and not in these if squares of gradients alone overflow.

    Returns:
        the network of all folds, and (epochs, F) training losses.

    Raises:
        ShapeError:   the data or the seeds do not fit.
        SettingError: an argument is of another class, `1 <= epochs <= settings.epochs` does not hold, or a setting
                      would learn nothing or do nothing.
    """
    of_kind("settings", settings, TrainingSettings)
    if not 1 <= whole("epochs", epochs) <= settings.epochs:
        raise SettingError(f"`1 <= epochs <= horizon` must hold, but got epochs={epochs}, horizon={settings.epochs}.")
    if not hasattr(factors, "__len__"):
        raise SettingError(f"factors must be a sequence with one for each epoch, but got {factors!r}; write [...].")
    lockstep = Lockstep(architecture, settings, folds, seeds)
    losses: Array = np.empty((epochs, len(folds)))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch in range(1, epochs + 1):
            factor = factors[epoch - 1] if epoch <= len(factors) else 1.0
            losses[epoch - 1] = lockstep.train_epoch(epoch, factor)
        lockstep.finish()
    return lockstep.network, losses
