"""The parts of a study as the benchmarks run them: workers, the search, the test rows and final models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import Future
from typing import Any, TypeVar

import pandas as pd
from numpy.typing import NDArray

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.features import Features
from experiments.data.splits.holdout import Look
from experiments.evaluation.final_model import refit
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.search.arithmetic import environment_of, obstacle, processor
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor, map_future
from experiments.search.executors.local import LocalExecutor, usable_cores
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.loop import search
from experiments.search.trial import FinishedTrial, TrialOutput, TrialResult, TrialTask
from nnet.arrays import Array

T = TypeVar("T")


def study_arithmetic() -> Mapping[str, str]:
    """Return the environment variables of a study's processes: one BLAS thread, and portable if it can be."""
    here = processor()
    return environment_of("native" if obstacle(here) else "portable", here)


def study_workers() -> LocalExecutor:
    """Return worker processes as a study has them, one for each usable core."""
    return LocalExecutor(usable_cores(), study_arithmetic())


def of_seeds(executor: Executor, work: Callable[..., T], kind: str, studies: int, trials: int) -> list[T]:
    """Run work(kind, seed, trials) with as many seeds, from 0 on, in parallel; return what each returns."""
    futures = [executor.submit(work, kind, seed, trials) for seed in range(studies)]
    return [future.result() for future in futures]


def searched(
    study: StudyContext, executor: Executor, outputs: MutableMapping[int, bytes] | None = None
) -> list[FinishedTrial]:
    """Return the trials of a study's search; `outputs` is that of `search_trials`."""
    return list(search_trials(study.spec, executor, share_inputs(study.space, study.data, executor.share), outputs))


def search_trials(
    spec: StudySpec, executor: Executor, inputs: Inputs, outputs: MutableMapping[int, bytes] | None = None
) -> Iterator[FinishedTrial]:
    """Yield the trials of a study's search as they finish; nothing is written.

    Args:
        outputs: receives the .npy file of each COMPLETE trial's out-of-fold outputs, by its number.
    """

    def keep(output: TrialOutput) -> TrialResult:
        if outputs is not None and output.outputs is not None:
            outputs[output.result.number] = output.outputs
        return output.result

    def submit(task: TrialTask) -> Future[TrialResult]:
        return map_future(executor.submit(run_trial, task, inputs[task.candidate.preprocessing]), keep)

    return search(spec, Space(spec), [], submit)


def test_rows(study: StudyContext) -> tuple[Features, NDArray[Any]]:
    """Return the features and the target of a study's test rows, with no entry in a ledger."""
    test = study.data.test
    return test.open(Look(test.fingerprint, "", ""), lambda _: True)


def test_frame(study: StudyContext) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Return the test rows as scikit-learn's models of a study take them; see `test_rows`."""
    features, y = test_rows(study)
    return pd.DataFrame(features, columns=list(study.data.development.table.columns)), y


def final_outputs(fits: FinalFits, trial: FinishedTrial, features: Features) -> Array:
    """Return the outputs of a trial's final model for rows that are not preprocessed."""
    task, model = fits.refit(trial)
    return refit.outputs(model, fits.preprocessors[task.candidate.preprocessing].transform(features))
