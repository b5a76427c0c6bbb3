"""The number of trials still in training at each epoch, and where they ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from experiments.reports.plots.svg import BLUE, FAINT, GREEN, ORANGE, drawing, legend, svg_text
from experiments.reports.plots.trial_points import whole_numbers
from experiments.reports.trial_lengths import Ending

WIDE: Final = (4.2, 2.0)  # inches
MARKS: Final = {"pruned": ("v", FAINT), "diverged": ("x", ORANGE), "complete": ("|", GREEN)}


def endings(ends: Sequence[Ending], epochs: int) -> str:
    """Draw a step down for each trial that ended, with marks for the reasons."""
    with drawing("endings", *WIDE) as figure:
        axes = figure.add_subplot()
        steps = sorted({0, epochs, *(end.epoch for end in ends)})
        going = [sum(end.epoch > step for end in ends) for step in steps[:-1]]
        last = sum(end.epoch >= steps[-1] for end in ends)
        axes.fill_between(steps, [*going, last], step="post", color=BLUE, alpha=0.18, linewidth=0,
                          label="trials in training")  # fmt: skip
        for how, (marker, colour) in MARKS.items():
            ended = sorted({end.epoch for end in ends if end.how == how})
            heights = [sum(end.epoch >= epoch for end in ends) for epoch in ended]
            if ended:
                axes.plot(ended, heights, linestyle="none", marker=marker, color=colour, markersize=5.5, label=how)
        axes.set(xlim=(0, epochs * 1.01), ylim=(0, len(ends) * 1.06), xlabel="epoch", ylabel="trials")
        axes.xaxis.set_major_locator(whole_numbers(8))
        axes.yaxis.set_major_locator(whole_numbers(5))
        legend(figure, columns=4)
        return svg_text(figure)
