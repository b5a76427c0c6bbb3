"""The searches and the winners' learning curves of all studies, overlaid; one picture for each metric."""

from __future__ import annotations

from experiments.evaluation.comparison.comparison_record import Comparison
from experiments.reports.blocks import Figures, Picture, Section
from experiments.reports.metrics import metric_label
from experiments.reports.plots.overlaid import Studies, searches_by_second, searches_by_trial, winners

BY_TRIAL = "Best selection score so far, by trial. It is optimistic, the more so the more trials there are."
BY_SECOND = "The same by the seconds that the search had taken, over all its runs, on the machine that it ran on."
WINNERS = (
    "Validation {} of each study's winner by epoch, mean over the folds; the dot is its best epoch. The steep start of "
    "a curve may lie outside the picture."
)


def searches(comparison: Comparison) -> Section | None:
    """Show the best score so far of each study, by trial and by second; None where no study has a journal."""
    pictures = []
    for metric, of_metric in _by_metric(comparison).items():
        shown = [(at, study) for at, study in of_metric if study.search is not None]
        if shown:
            name = metric_label(metric)
            alt = f"Best {name} so far of each study, by trial"
            pictures.append(Picture(f"trials_{metric}", searches_by_trial(shown, f"trials_{metric}"), alt, BY_TRIAL))
            alt = f"Best {name} so far of each study, by second"
            svg = searches_by_second(shown, f"seconds_{metric}")
            pictures.append(Picture(f"seconds_{metric}", svg, alt, BY_SECOND))
    return Section("Searches", "searches", (Figures(tuple(pictures), "pair"),)) if pictures else None


def learning_curves(comparison: Comparison) -> Section | None:
    """Show the learning curves of the winners; None where none is known."""
    pictures = []
    for metric, of_metric in _by_metric(comparison).items():
        shown = [(at, study) for at, study in of_metric if study.learning is not None]
        if shown:
            name = metric_label(metric)
            alt = f"Validation {name} of each study's winner by epoch"
            svg = winners(shown, f"winners_{metric}")
            pictures.append(Picture(f"winners_{metric}", svg, alt, WINNERS.format(name)))
    layout = Figures(tuple(pictures), "pair" if len(pictures) > 1 else "one")
    return Section("Learning curves", "learning", (layout,)) if pictures else None


def _by_metric(comparison: Comparison) -> dict[str, Studies]:
    metrics = dict.fromkeys(study.metric for study in comparison.studies)
    return {
        metric: [(at, study) for at, study in enumerate(comparison.studies) if study.metric == metric]
        for metric in metrics
    }
