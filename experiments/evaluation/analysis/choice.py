"""The choice of the winner among the complete trials of a search, and of the smallest network beside it.

A worker draws the rows while others refit; only a study that keeps the smallest network has to wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import cached_property
from statistics import fmean

import numpy as np

from experiments.config.candidate import Preprocessing
from experiments.data.prepare import fitted_on
from experiments.data.splits.copies import groups_of
from experiments.errors import StudyStateError
from experiments.evaluation.analysis.one_standard_error import fold_errors, smallest_within
from experiments.evaluation.analysis.selection_bias import Candidates, Selected, selection
from experiments.evaluation.analysis.tested_trials import best_of, default_of, finalists_of
from experiments.evaluation.records.analysis_record import NetworkSize, SelectionRecord, SmallestMethod, SmallestRecord
from experiments.evaluation.records.reasons import BootstrapTooSlow, RowsInTimeOrder, TooFewDraws
from experiments.evaluation.statistics.resampling import Numbers
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, Shared
from nnet.network import Architecture


class Choice:
    """The winner of a finished search, with what the draws of its out-of-fold rows say about the choice.

    Args:
        trials: the finished trials, at least one of them COMPLETE.
        files:  out-of-fold outputs of every COMPLETE trial.

    Attributes:
        complete:  the COMPLETE trials.
        shared:    the out-of-fold outputs of each.
        validated: the rows that each of them predicts.

    Raises:
        SearchError:     no trial is COMPLETE.
        StudyStateError: a file is lost.
    """

    def __init__(self, study: StudyContext, trials: Sequence[FinishedTrial], files: OutOfFoldFiles, executor: Executor):
        self._study, self._trials, self._best = study, trials, best_of(trials)
        data, complete = study.data, [trial for trial in trials if trial.result.state == "COMPLETE"]
        self.complete, self.validated = complete, validation_rows(data.development, data.folds)
        self.shared: list[Shared] = [executor.share(_content(files, trial)) for trial in complete]
        self._sizes = _architectures(study, complete)
        self._candidates = Candidates(
            values=tuple(trial.result.value or 0.0 for trial in complete),
            sizes=tuple(size.parameters for size in self._sizes),
            default=None if default_of(trials) is None else 0,  # trial 0, the first of the complete ones
            smallest=study.spec.final.choice == "smallest",
        )
        self._drawing: Future[Selected] | None = None
        if data.development.table.time is None:  # else a bootstrap of single rows says nothing
            metric, validated = study.spec.cv.metric, self.validated
            self._drawing = executor.submit(selection, self.shared, metric, data.target, validated, self._candidates)

    @property
    def contents(self) -> dict[int, Shared]:
        """Return the out-of-fold outputs of each COMPLETE trial by its number."""
        return {trial.result.number: content for trial, content in zip(self.complete, self.shared, strict=True)}

    @property
    def winner(self) -> FinishedTrial:
        """Return the trial whose configuration is kept; the smallest network waits for the draws."""
        return self._trials[self.smallest.trial] if self._candidates.smallest else self._best

    @property
    def finalists(self) -> list[FinishedTrial]:
        """Return the trials whose models are scored on the test rows."""
        return finalists_of(self._trials, self.winner)

    @property
    def selection(self) -> SelectionRecord | BootstrapTooSlow | TooFewDraws | RowsInTimeOrder:
        """Wait for the corrected score of the choice; return its record, or the reason why there is none."""
        return RowsInTimeOrder() if self._drawing is None else self._drawing.result().record

    @cached_property
    def smallest(self) -> SmallestRecord:
        """Wait for the standard errors; return the smallest network within one of the best."""
        drawn = None if self._drawing is None else self._drawing.result()
        if drawn is not None and drawn.errors is None:
            drawn = None  # too few draws have a score of every configuration
        errors = self._fold_errors() if drawn is None else np.array(drawn.errors)
        values, sizes = np.array(self._candidates.values), np.array(self._candidates.sizes)
        chosen = smallest_within(values, self._candidates.best, errors, sizes)
        order = sorted(range(len(sizes)), key=lambda at: (sizes[at], -values[at], at))
        grouped = groups_of(self._study.data.development.table) is not None
        drawn_by: SmallestMethod = "paired_bootstrap_groups" if grouped else "paired_bootstrap_rows"
        return SmallestRecord(
            best=self._best.result.number,
            trial=self.complete[chosen].result.number,
            networks=tuple(self._size(at, float(errors[at])) for at in order),
            method="corrected_folds" if drawn is None else drawn_by,
            draws=None if drawn is None else drawn.draws,
        )

    def _fold_errors(self) -> Numbers:
        """Return the standard errors where there are no draws."""
        scores = np.array([trial.result.fold_scores for trial in self.complete])
        pairs = self._study.data.folds.pairs
        return fold_errors(scores, self._candidates.best, fmean(len(held) / len(train) for train, held in pairs))

    def _size(self, at: int, error: float) -> NetworkSize:
        candidates, size = self._candidates, self._sizes[at]
        return NetworkSize(
            trial=self.complete[at].result.number,
            parameters=size.parameters,
            products=size.weights,
            behind=candidates.values[candidates.best] - candidates.values[at],
            error=error,
        )


def _architectures(study: StudyContext, trials: Sequence[FinishedTrial]) -> list[Architecture]:
    """Return the architecture of each trial's final networks, with the inputs made of all development rows."""
    development, widths = study.data.development, dict[Preprocessing, int]()
    everything, found = np.arange(len(development.y)), []
    for trial in trials:
        candidate = study.space.candidate(trial.params)
        if candidate.preprocessing not in widths:
            widths[candidate.preprocessing] = fitted_on(development, everything, candidate.preprocessing).width
        found.append(candidate.architecture(widths[candidate.preprocessing], study.data.target))
    return found


def _content(files: OutOfFoldFiles, trial: FinishedTrial) -> bytes:
    content = files.content(trial.result)
    if content is None:
        raise StudyStateError(
            f"trial {trial.result.number}: its out-of-fold outputs were lost while the study ran; the same command "
            "computes them again."
        )
    return content
