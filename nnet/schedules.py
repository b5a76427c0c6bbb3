"""Learning-rate schedules: factors of the learning rate as functions of the trained fraction of the horizon.

Because they depend on the fraction and not on the step, a refit that stops early, or a fold with fewer steps, follows
the same curve. Reducing on a plateau depends on the scores and is in `stopping.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, log, pi

from nnet.checks import number
from nnet.errors import SettingError, lookup

Curve = Callable[[float, float, float], float]


def constant(fraction: float, decay: float, decay_start: float) -> float:
    """Return 1."""
    return 1.0


def step(fraction: float, decay: float, decay_start: float) -> float:
    """Multiply by decay after each third of the horizon."""
    return float(decay ** int(3 * fraction))


def exponential(fraction: float, decay: float, decay_start: float) -> float:
    """Fall from 1 to decay by the same factor in every epoch: decay**fraction."""
    return float(decay**fraction)


def cosine(fraction: float, decay: float, decay_start: float) -> float:
    """Fall from 1 to decay along half a cosine.

    Source: Loshchilov and Hutter (2017), SGDR: Stochastic Gradient Descent with Warm Restarts, equation 5.
    """
    return decay + (1 - decay) * (1 + cos(pi * fraction)) / 2


def one_cycle(fraction: float, decay: float, decay_start: float) -> float:
    """Rise along half a cosine from 1/25 to 1 in the first 30% of the horizon, then fall along another to 1/250,000.

    Source: Smith and Topin (2018), Super-Convergence; the shape and numbers are those of PyTorch's OneCycleLR.
    """
    low, rise, final = 1 / 25, 0.3, 1 / 250_000
    if fraction < rise:
        return low + (1 - low) * (1 - cos(pi * fraction / rise)) / 2
    return final + (1 - final) * (1 + cos(pi * (fraction - rise) / (1 - rise))) / 2


def linear(fraction: float, decay: float, decay_start: float) -> float:
    """Stay at 1 until decay_start, then fall to 0 along a line."""
    return 1.0 if fraction <= decay_start else (1 - fraction) / (1 - decay_start)


def coslog4(fraction: float, decay: float, decay_start: float) -> float:
    """Rise from 0 to 1 and fall to 0 again four times, each time in twice the time.

    Source: Holzmüller et al. (2024), Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data, 3.
    """
    # log2, but from a function that has the same bits in every mathematical library in use
    return (1 - cos(2 * pi * (log(1 + 15 * fraction) / log(2)))) / 2


SCHEDULES: dict[str, Curve] = {
    "constant": constant,
    "coslog4": coslog4,
    "cosine": cosine,
    "exponential": exponential,
    "linear": linear,
    "one_cycle": one_cycle,
    "plateau": constant,
    "step": step,
}
UNPLANNED = ("constant", "plateau")  # know no last epoch: after the warm-up, training may stop at any
MULTIPLYING = ("exponential", "plateau", "step")  # by decay, so that 0 ends the training


@dataclass(frozen=True)
class Schedule:
    """A schedule by name, after a linear warm-up.

    decay:       factor of each drop (step and plateau), or last rate as a share of the first (exponential and cosine).
                 Training refuses 0 but for cosine, since the rate would be 0 for good.
    warm_up:     fraction of the horizon in which the rate rises linearly from 0; the schedule follows in the rest.
    decay_start: fraction of that rest after which linear falls.

    >>> rates = Schedule("cosine", decay=0.0, warm_up=0.5)
    >>> [round(rates(fraction), 3) for fraction in (0.0, 0.25, 0.5, 0.75, 1.0)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    name: str = "constant"
    decay: float = 0.1
    warm_up: float = 0.0
    decay_start: float = 0.0

    def __post_init__(self) -> None:
        lookup(SCHEDULES, self.name, "schedule")
        for name in ("decay", "warm_up", "decay_start"):
            object.__setattr__(self, name, number(name, getattr(self, name)))
        if not 0 <= self.decay <= 1:
            raise SettingError(f"`0 <= decay <= 1` must hold, but got decay={self.decay}.")
        for name in ("warm_up", "decay_start"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingError(f"`0 <= {name} < 1` must hold, but got {name}={getattr(self, name)}.")

    def __call__(self, fraction: float) -> float:
        """Return the factor at a fraction of the horizon, from 0 before the first step to 1 after the last."""
        if fraction < self.warm_up:
            return fraction / self.warm_up
        rest = (fraction - self.warm_up) / (1 - self.warm_up)
        return SCHEDULES[self.name](rest, self.decay, self.decay_start)
