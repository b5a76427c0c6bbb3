"""What was stopped early, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from experiments.reports.trial_lengths import Ending, endings, rungs

FEWEST = 2  # trials that make a picture


def stopped(result: StudyResult, trained: Mapping[int, int]) -> Section | None:
    """Where trials ended; None where their last epochs are not known."""
    ends = endings(result, trained)
    if not ends:
        return None
    horizon = max(int(result.spec.get("training", {}).get("epochs", 0)), *(one.epoch for one in ends), 1)
    blocks: list[Block] = [text(*_sentence(result, ends, horizon))]
    if len(ends) >= FEWEST:
        picture = Picture(
            "endings", plot(ends, horizon), "Trials still in training by epoch, and where they ended", CAPTION
        )
        blocks.append(Figures((picture,)))
    if found := rungs(ends):
        rows = tuple(
            Row(
                (
                    Fact(f"rungs[{at}].epochs", _span(one.first, one.last)),
                    number(f"rungs[{at}].came", one.came),
                    number(f"rungs[{at}].pruned", one.pruned),
                    number(f"rungs[{at}].went_on", one.went_on),
                )
            )
            for at, one in enumerate(found)
        )
        names = ("epoch", "trials that came", "pruned there", "went on or finished there")
        blocks.append(Table("Where trials were pruned", tuple(map(Column, names)), rows))
        if any(one.came > one.pruned + one.went_on for one in found):
            blocks.append(note("Trials that came and are in neither of the last two columns diverged there."))
    return Section("What was stopped early", "stopping", tuple(blocks))


CAPTION = (
    "Each mark is where trials ended. A complete trial ends at the last epoch or once its score has stopped rising "
    "(patience); its best epoch came before."
)


def _sentence(result: StudyResult, ends: Sequence[Ending], horizon: int) -> Parts:
    pruner = str(result.spec.get("search", {}).get("pruner", "none"))
    epochs = sum(one.epoch for one in ends)
    pruned = sum(one.how == "pruned" for one in ends)
    whole = len(ends) * horizon
    by: Parts = ("No pruner was used",)
    if pruner != "none":
        name, stopped = Fact("spec.search.pruner", pruner), number("trials.pruned", pruned)
        by = sentence("The pruner {} stopped {} of {}", name, stopped, counted("stopped.trials", len(ends), "trial"))
    return sentence(
        "{}. All trials together trained {}, {} of the {} that they could have.",
        by,
        counted("stopped.epochs", epochs, "epoch"),
        Fact("stopped.share", f"{100 * epochs / whole:.0f}%"),
        number("stopped.possible", whole),
    )


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"
