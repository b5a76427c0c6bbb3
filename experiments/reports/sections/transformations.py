"""What was done to the columns before a network saw them, and nothing that was not done."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Fact, Parts, Words, counted, joined, sentence

SCALINGS: Final = {
    "standard": "scaled to mean zero and variance one",
    "quantile": "taken to a normal distribution by rank",
    "none": "left as they are",
}
FITTED: Final = "whatever is fitted is fitted on training rows only"


def transformations(result: StudyResult) -> Parts:
    """Name the transformations, with those that the search chose as the winner has them."""
    data = result.data
    if data.columns is None or data.missing is None:
        return (FITTED,)
    done: list[Words] = []
    if data.missing.number:
        holes = counted("data.missing.number", data.missing.number, "column", "columns")
        done.append(sentence("missing numbers in {} filled with the median, and an indicator for each", holes))
    if data.columns.number:
        numbers = counted("data.columns.number", data.columns.number, "column of numbers", "columns of numbers")
        done.append(sentence("{} {}", numbers, _setting(result, "numbers")))
    if data.columns.category:
        categories = counted(
            "data.columns.category", data.columns.category, "column of categories", "columns of categories"
        )
        done.append(sentence("{} one-hot coded{}", categories, _rare(result)))
    if data.missing.category:
        holes = counted("data.missing.category", data.missing.category, "of these columns", "of these columns")
        done.append(sentence("a missing category in {} as a category of its own", holes))
    if data.columns.pixel:
        done.append(
            sentence(
                "{} divided by their largest possible value", counted("data.columns.pixel", data.columns.pixel, "pixel")
            )
        )
    return joined([*done, FITTED], "; ")


def _setting(result: StudyResult, name: str) -> Words:
    if name in result.best.params:
        value = str(result.best.params[name])
        return sentence("{} (chosen by the search)", Fact(f"best.params.{name}", SCALINGS.get(value, value)))
    value = str(result.spec.get("preprocessing", {}).get(name, "standard"))
    return Fact(f"spec.preprocessing.{name}", SCALINGS.get(value, value))


def _rare(result: StudyResult) -> Words:
    searched = "rare" in result.best.params
    share = result.best.params["rare"] if searched else result.spec.get("preprocessing", {}).get("rare", 0.0)
    if not share:
        return ""
    key = "best.params.rare" if searched else "spec.preprocessing.rare"
    return sentence(", those in less than {} of the rows as one", Fact(key, f"{100 * float(share):.3g}%"))
