"""A search that was run in this process, with the files that it left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.config.target import Target
from experiments.data.prepare import StudyData
from experiments.data.table import Table
from experiments.evaluation.analysis.analyse import analyse
from experiments.evaluation.analysis.choice import Choice
from experiments.evaluation.analysis.final_folds import FinalModels
from experiments.evaluation.analysis.tested_trials import best_of, default_of
from experiments.evaluation.records.analysis_record import AnalysisRecord
from experiments.search.context import StudyContext, prepare_study
from experiments.search.cross_validation import cross_validate
from experiments.search.executors.base import WorkerDied, map_future
from experiments.search.executors.serial import Inline
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.loop import search
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.pruning import VisibleStudy
from experiments.search.trial import FinishedTrial, Shared, TrialResult, TrialTask
from nnet.batches import FoldData

T = TypeVar("T")


@dataclass
class Here:
    """An executor that computes at once, in this process; workers die of the task `dies`.

    It counts as a cluster, whose nodes may compute in another way than this process.

    asked:   names of all tasks.
    results: results of the tasks that did not die.
    """

    dies: str = ""
    asked: list[str] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    computes_alike: bool = False

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        self.asked.append(function.__name__)
        future: Future[T] = Future()
        if function.__name__ == self.dies:
            future.set_exception(WorkerDied())
        else:
            future.set_result(function(*arguments))
            self.results.append(future.result())
        return future

    def share(self, content: memoryview | bytes) -> Inline:
        return Inline(bytes(content))

    def forget(self, shared: Shared) -> None:
        """Do nothing: content goes with its references."""


@dataclass(frozen=True)
class Searched:
    study: StudyContext
    told: list[FinishedTrial]
    files: OutOfFoldFiles
    inputs: Inputs
    executor: Any

    @property
    def spec(self) -> StudySpec:
        return self.study.spec

    @property
    def space(self) -> Space:
        return self.study.space

    @property
    def data(self) -> StudyData:
        return self.study.data


def choice_of(done: Searched) -> Choice:
    """The choice of the winner among the trials of a search."""
    return Choice(done.study, done.told, done.files, done.executor)


def analysed(done: Searched) -> AnalysisRecord:
    """The analysis of a search."""
    return analyse(done.study, done.told, choice_of(done), done.inputs, done.executor)


def final_models(done: Searched) -> FinalModels:
    """The final models of winner and default, on the folds of a search."""
    return FinalModels(done.study, best_of(done.told), default_of(done.told), done.inputs, done.executor)


def evaluate(
    task: TrialTask, folds: Sequence[FoldData], target: Target, study: VisibleStudy | None = None
) -> TrialResult:
    return cross_validate(task, folds, target, study).result


def searched(document: dict[str, Any], folder: Path, table: Table | None = None) -> Searched:
    """The search of a study file's content, all of it but tracking and the journal."""
    study = prepare_study(parse_spec(document, "study"), table)
    here, files = Here(), OutOfFoldFiles(folder)
    inputs = share_inputs(study.space, study.data, here.share)

    def evaluated(task: TrialTask) -> Future[TrialResult]:
        return map_future(here.submit(run_trial, task, inputs[task.candidate.preprocessing]), files.keep)

    told = list(search(study.spec, study.space, [], evaluated))
    here.asked.clear()
    return Searched(study, told, files, inputs, here)
