from __future__ import annotations

from experiments.reports.plots.trial_lengths import endings
from experiments.reports.trial_lengths import Ending
from support.svg import words


def test_every_end_that_happened_is_named():
    ends = [Ending(0, 9, "complete"), Ending(1, 3, "pruned"), Ending(2, 1, "diverged"), Ending(3, 0, "failed")]
    assert {"trials in training", "complete", "pruned", "diverged", "epoch"} <= words(endings(ends, 9))
    assert not {"pruned", "diverged"} & words(endings([Ending(0, 9, "complete"), Ending(1, 7, "complete")], 9))
