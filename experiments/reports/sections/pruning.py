"""The trials that were stopped early, and where."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Parts,
    Picture,
    Row,
    Section,
    Table,
    counted,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.plots.trial_lengths import endings as plot
from experiments.reports.trial_lengths import endings, rungs

FEWEST = 2  # trials that make a picture
CAPTION = (
    "The number of trials still in training by epoch; each mark is where trials ended. A complete trial ends at the "
    "last epoch, or when its score has stopped improving (patience); its best epoch came before."
)
TITLES = ("epoch", "trials that reached it", "pruned there", "went on or finished there")


def pruning(result: StudyResult, trained: Mapping[int, int]) -> Section | None:
    """Show where trials ended; None where their last epochs are unknown."""
    ends = endings(result, trained)
    if not ends:
        return None
    longest = max(int(result.spec.get("training", {}).get("epochs", 0)), *(end.epoch for end in ends), 1)
    epochs, possible = sum(end.epoch for end in ends), len(ends) * longest
    pruner = str(result.spec.get("search", {}).get("pruner", "none"))
    stopped: Parts = ("No pruner was used",)
    if pruner != "none":
        stopped = sentence(
            "The {} pruner stopped {} of {}",
            Fact("spec.search.pruner", pruner),
            number("trials.pruned", sum(end.how == "pruned" for end in ends)),
            counted("stopped.trials", len(ends), "trial"),
        )
    blocks: list[Block] = [
        text(
            "{}. All trials together trained {}, {} of the {} that were possible.",
            stopped,
            counted("stopped.epochs", epochs, "epoch"),
            Fact("stopped.share", f"{100 * epochs / possible:.0f}%"),
            number("stopped.possible", possible),
        )
    ]
    if len(ends) >= FEWEST:
        alt = "Number of trials still in training by epoch, and where they ended"
        blocks.append(Figures((Picture("endings", plot(ends, longest), alt, CAPTION),)))
    if stages := rungs(ends):
        rows = [
            Row(
                Fact(f"rungs[{at}].epochs", _span(rung.first, rung.last)),
                number(f"rungs[{at}].came", rung.came),
                number(f"rungs[{at}].pruned", rung.pruned),
                number(f"rungs[{at}].went_on", rung.went_on),
            )
            for at, rung in enumerate(stages)
        ]
        blocks.append(Table("Epochs at which trials were pruned", tuple(map(Column, TITLES)), tuple(rows)))
        if any(rung.came > rung.pruned + rung.went_on for rung in stages):
            blocks.append(note("Trials that reached an epoch and are in neither of the last two columns diverged."))
    return Section("Pruning", "pruning", tuple(blocks))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"
