from __future__ import annotations

from xml.etree import ElementTree

from experiments.reports.plots.trial_lengths import endings
from experiments.reports.trial_lengths import Ending


def _words(svg):
    return {text.text for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}


def test_every_way_to_end_is_named():
    ends = [Ending(0, 9, "complete"), Ending(1, 3, "pruned"), Ending(2, 1, "diverged"), Ending(3, 0, "failed")]
    assert {"trials in training", "complete", "pruned", "diverged", "epoch"} <= _words(endings(ends, 9))


def test_ways_that_did_not_happen_are_not():
    assert not {"pruned", "diverged"} & _words(endings([Ending(0, 9, "complete"), Ending(1, 7, "complete")], 9))
