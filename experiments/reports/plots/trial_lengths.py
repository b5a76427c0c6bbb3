"""How many trials were still in training at each epoch, and where they were stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE, drawing, legend, svg_text
from experiments.reports.plots.trial_points import whole_numbers
from experiments.reports.trial_lengths import Ending

WIDE: Final = (4.2, 2.0)  # inches
COLOURS: Final = {"pruned": FAINT, "diverged": ORANGE, "complete": GREEN}


def endings(found: Sequence[Ending], epochs: int) -> str:
    """A step down for each trial that ended; marks on it tell where the pruner ended one, and where one diverged."""
    with drawing("endings", *WIDE) as figure:
        axes = figure.add_subplot()
        steps = sorted({0, epochs, *(one.epoch for one in found)})
        left = [sum(one.epoch >= step for one in found) for step in steps]
        going = [sum(one.epoch > step for one in found) for step in steps]
        axes.fill_between(steps, [*going[:-1], left[-1]], step="post", color=BLUE, alpha=0.18, linewidth=0,
                          label="trials in training")  # fmt: skip
        for how, marker in (("pruned", "v"), ("diverged", "x"), ("complete", "|")):
            ended = sorted({one.epoch for one in found if one.how == how})
            if ended:
                heights = [sum(one.epoch >= epoch for one in found) for epoch in ended]
                axes.plot(
                    ended, heights, linestyle="none", marker=marker, color=COLOURS[how], markersize=5.5, label=how
                )
        axes.set(xlim=(0, epochs * 1.01), ylim=(0, len(found) * 1.06), xlabel="epoch", ylabel="trials")
        axes.xaxis.set_major_locator(whole_numbers(8))
        axes.yaxis.set_major_locator(whole_numbers(5))
        legend(figure, columns=4)
        return svg_text(figure)
