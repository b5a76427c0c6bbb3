"""Out-of-fold outputs that were lost are computed again, before anything is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.errors import StudyStateError
from experiments.search.executors.base import Executor
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, PrunerChoice, TrialOutput, TrialTask, VisibleTrials


def restore(
    spec: StudySpec,
    space: Space,
    told: Sequence[FinishedTrial],
    files: OutOfFoldFiles,
    inputs: Inputs,
    executor: Executor,
) -> tuple[list[FinishedTrial], int]:
    """Make sure that every COMPLETE trial has its file.

    A trial that was not pruned is the same without a pruner, so that its configuration and number determine it.

    Returns:
        the trials, each naming the content of its file, and how many had to be computed.

    Raises:
        StudyStateError: a trial does not come to what it came to when it was told.
    """

    def again(one: FinishedTrial) -> Future[TrialOutput]:
        candidate = space.candidate(one.params)
        task = TrialTask(
            one.result.number, candidate, spec.study.seed, spec.cv.metric, PrunerChoice("none"), VisibleTrials()
        )
        return executor.submit(run_trial, task, inputs[candidate.preprocessing])

    lost = {
        one.result.number: again(one)
        for one in told
        if one.result.state == "COMPLETE" and files.content(one.result) is None
    }
    restored, count = list(told), len(lost)
    for number in list(lost):
        before, found = told[number].result, lost.pop(number).result()  # all outputs together may be too many
        # an older journal does not name the content
        expected = before if before.out_of_fold else replace(before, out_of_fold=found.result.out_of_fold)
        if replace(found.result, marks=before.marks) != expected:
            raise StudyStateError(
                f"trial {number}: its out-of-fold outputs are lost, and computed again it comes to "
                f"{found.result.value} instead of {before.value}; --fresh starts the study anew."
            )
        files.keep(found)
        restored[number] = replace(told[number], result=expected)
    return restored, count
