"""The fits on all development rows: of the winner, the default and the baselines.

They start as soon as they are known, so that workers without a trial have work. None of them reads a test row.
Baselines of a table that is not large are fitted in this process, which has scikit-learn already: to load it takes a
worker longer than to fit them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait

from experiments.config.candidate import Preprocessing
from experiments.data.inputs.preprocessing import Preprocessor
from experiments.evaluation.final_model.refit import Refit, RefitTask, refit_task, run_refit
from experiments.evaluation.scoring.baselines import BaselineTask, FittedBaseline, baseline_tasks, run_baseline
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.executors.serial import SerialExecutor
from experiments.search.executors.shared_data import DataReference
from experiments.search.inputs import share_everything
from experiments.search.trial import FinishedTrial

SMALL = 1_000_000  # rows x inputs x outputs up to which baselines are fitted in this process, in seconds


class FinalFits:
    """The fits of a study; each is asked for once, however often it is named.

    Args:
        executor: executor that fits, and later scores.
    """

    def __init__(self, study: StudyContext, executor: Executor):
        self.study, self.executor = study, executor
        self._shared: dict[Preprocessing, tuple[Preprocessor, DataReference]] = {}
        self._refits: dict[int, tuple[RefitTask, Future[Refit]]] = {}
        self._baselines: list[tuple[BaselineTask, Future[FittedBaseline]]] = []

    def begin(self, finalists: Sequence[FinishedTrial]) -> None:
        """Begin the refits of these trials, and then workers' fits of the baselines, so far as they have not begun."""
        for trial in finalists:
            self._begin_refit(trial)
        if not self._small:
            self.begin_baselines()

    def begin_baselines(self) -> None:
        """Begin the fits of the baselines that workers do; those of this process are over when this returns."""
        if not self._baselines:
            development, (preprocessor, rows) = self.study.data.development, self._rows(self.of_baselines)
            self._baselines = [
                (task, self.baseline_executor.submit(run_baseline, task, rows))
                for task in baseline_tasks(development.target, len(development.y), preprocessor.width)
            ]

    @property
    def of_baselines(self) -> Preprocessing:
        """Return the preprocessing of the baselines, which is the default's."""
        space = self.study.space
        return space.candidate(space.default).preprocessing

    @property
    def preprocessors(self) -> dict[Preprocessing, Preprocessor]:
        """Return the preprocessors of these fits, fitted on all development rows."""
        return {preprocessing: fitted for preprocessing, (fitted, _) in self._shared.items()}

    def wait(self) -> None:
        """Wait until all fits that have begun are over; one that was given up is known when its result is asked for."""
        wait([future for _, future in self._refits.values()])
        wait([future for _, future in self._baselines])

    def refit(self, trial: FinishedTrial) -> tuple[RefitTask, Refit]:
        """Wait for the refit of a trial.

        Raises:
            WorkerLost: it was given up.
        """
        task, future = self._begin_refit(trial)
        return task, future.result()

    def baselines(self) -> list[tuple[BaselineTask, FittedBaseline]]:
        """Fit the baselines, or wait for those that workers fit.

        Raises:
            WorkerLost: one of them was given up.
        """
        self.begin_baselines()
        return [(task, future.result()) for task, future in self._baselines]

    @property
    def baseline_executor(self) -> Executor:
        return SerialExecutor() if self._small else self.executor

    @property
    def _small(self) -> bool:
        development, (preprocessor, _) = self.study.data.development, self._rows(self.of_baselines)
        cells = len(development.y) * preprocessor.width * development.target.outputs
        return self.executor.computes_alike and cells <= SMALL

    def _begin_refit(self, trial: FinishedTrial) -> tuple[RefitTask, Future[Refit]]:
        number = trial.result.number
        if number not in self._refits:
            task = refit_task(self.study, trial)
            _, rows = self._rows(task.candidate.preprocessing)
            self._refits[number] = task, self.executor.submit(run_refit, task, rows)
        return self._refits[number]

    def _rows(self, preprocessing: Preprocessing) -> tuple[Preprocessor, DataReference]:
        """Return the preprocessor fitted on all development rows, and a reference to the rows that it has made."""
        if preprocessing not in self._shared:
            development, share = self.study.data.development, self.executor.share
            self._shared[preprocessing] = share_everything(development, preprocessing, share)
        return self._shared[preprocessing]
