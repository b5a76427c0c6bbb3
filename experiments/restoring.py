"""Out-of-fold outputs that were lost are computed again, before anything is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from experiments.errors import StudyStateError
from experiments.inputs import Inputs
from experiments.records.out_of_fold import OutOfFoldFiles
from experiments.search.executor import Executor
from experiments.search.trial import Evaluation, PrunerChoice, Told, TrialTask, Visible
from experiments.search.worker import run_trial
from experiments.space import Space
from experiments.spec import StudySpec


def restore(
    spec: StudySpec, space: Space, told: Sequence[Told], files: OutOfFoldFiles, inputs: Inputs, executor: Executor
) -> int:
    """Make sure that every COMPLETE trial has its file, and return how many had to be computed.

    A trial that was not pruned is the same without a pruner, so that its configuration and number determine it.

    Raises:
        StudyStateError: a trial does not come to what it came to when it was told.
    """
    complete = [one for one in told if one.result.state == "COMPLETE"]
    files.remove_others([one.result.number for one in complete])

    def again(one: Told) -> Future[Evaluation]:
        candidate = space.candidate(one.params)
        task = TrialTask(one.result.number, candidate, spec.study.seed, spec.cv.metric, PrunerChoice("none"), Visible())
        return executor.submit(run_trial, task, inputs[candidate.preprocessing])

    lost = [(one, again(one)) for one in complete if files.content(one.result) is None]
    for one, future in lost:
        evaluation = future.result()
        if replace(evaluation.result, marks=one.result.marks) != one.result:
            raise StudyStateError(
                f"trial {one.result.number}: its out-of-fold outputs are lost, and computed again it comes to "
                f"{evaluation.result.value} instead of {one.result.value}; --fresh starts the study anew."
            )
        files.keep(evaluation)
    return len(lost)
