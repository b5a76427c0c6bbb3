"""The settings of a training, checked when they are made."""

from __future__ import annotations

from dataclasses import dataclass

from nnet.checks import RANGES, in_range, number, whole
from nnet.errors import SettingError, lookup
from nnet.losses import loss_of
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import Schedule

LARGEST = 1 << 30  # of a count
OF_SCHEDULE = ("decay", "warm_up", "decay_start")  # whose ranges the schedule knows


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training.

    epochs:           number of epochs; the schedule runs over all of them.
    batch_size:       rows of a mini-batch.
    loss:             cross_entropy, binary_cross_entropy, mean_squared_error, mean_absolute_error or huber.
    label_smoothing:  share of the probability of the true class that is spread over all classes, in training.
    huber_delta:      error from which on huber grows linearly, in the units of the targets that are trained on.
    optimizer:        adam, adamw, sgd, nesterov, rmsprop or adagrad.
    learning_rate:    step size.
    momentum:         momentum of sgd and nesterov.
    beta2:            decay rate of the running mean of squared gradients in adam and adamw.
    schedule:         constant, step, exponential, linear, cosine, coslog4, one_cycle or plateau; decay, decay_start and
                      warm_up as in `Schedule`.
    plateau_patience: scored epochs without a better mean score before a plateau schedule lowers the rate.
    l1, l2:           strengths of the penalties l1 * |W| and l2/2 * |W|^2 on weights; adamw decays by l2 instead.
    max_norm:         largest L2 norm of each unit's incoming weights; 0 for no limit.
    clip_norm:        largest L2 norm of a fold's gradient; 0 for no limit.
    patience:         scored epochs without a better mean score before early stopping; 0 never stops. `train` and `fit`
                      do not stop by themselves: the caller does, by `nnet.stopping.EarlyStopping(patience)`.
    average_epochs:   number of last epochs whose weights are averaged; 1 means no averaging.
    validate_every:   epochs between two scorings of the validation rows; the last epoch is always scored.
    """

    epochs: int = 60
    batch_size: int = 32
    loss: str = "cross_entropy"
    label_smoothing: float = 0.0
    huber_delta: float = 1.0
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    beta2: float = 0.999
    schedule: str = "constant"
    decay: float = 0.1
    warm_up: float = 0.0
    decay_start: float = 0.0
    plateau_patience: int = 5
    l1: float = 0.0
    l2: float = 1e-4
    max_norm: float = 0.0
    clip_norm: float = 0.0
    patience: int = 10
    average_epochs: int = 1
    validate_every: int = 1

    def __post_init__(self) -> None:
        for name, least in {
            "epochs": 1,
            "batch_size": 1,
            "plateau_patience": 1,
            "patience": 0,
            "average_epochs": 1,
            "validate_every": 1,
        }.items():
            value = whole(name, getattr(self, name))
            object.__setattr__(self, name, value)
            if not least <= value <= LARGEST:
                raise SettingError(f"`{least} <= {name} <= {LARGEST}` must hold, but got {name}={value}.")
        for name in RANGES:
            object.__setattr__(self, name, in_range(name, getattr(self, name)))
        for name in OF_SCHEDULE:
            object.__setattr__(self, name, number(name, getattr(self, name)))
        lookup(OPTIMIZERS, self.optimizer, "optimizer")
        loss_of(self.loss)
        self.rates()

    def rates(self) -> Schedule:
        """Return the schedule that the settings name."""
        return Schedule(self.schedule, self.decay, self.warm_up, self.decay_start)
