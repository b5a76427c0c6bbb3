"""The search loop: trials are proposed and finished in an order that no timing can change.

Trial i is proposed as soon as trial i - lookahead has finished. Results are taken in number order. A pruning decision
of trial i reads the trials 0 to i - lookahead only. So any number of workers up to the lookahead gives the same study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait

from experiments.config.candidate import Hyperparameters
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.search.cross_validation import result_of
from experiments.search.executors.base import WorkerLost, future_of
from experiments.search.proposals import SamplerStudy
from experiments.search.pruners import pruner_choice, pruning_history, reads_other_trials
from experiments.search.stopping import Budget, Patience
from experiments.search.trial import Curves, FinishedTrial, InterventionKind, TrialResult, TrialTask, VisibleTrials

Submit = Callable[[TrialTask], "Future[TrialResult]"]
NONE: Mapping[int, InterventionKind] = {}


def search(
    spec: StudySpec,
    space: Space,
    finished: Sequence[FinishedTrial],
    submit: Submit,
    budget: Budget | None = None,
    interventions: Mapping[int, InterventionKind] = NONE,
) -> Iterator[FinishedTrial]:
    """Run trials until the study has as many as it asks for; yield each finished trial in number order.

    The search ends sooner when its patience or budget is spent. Trials that are still running are then cancelled.

    Args:
        finished:      trials of an earlier run, from 0 on; the search continues as if it had never stopped.
        submit:        starts the computation of a task; tasks may finish at any time and in any order.
        budget:        limit of time; None for no limit.
        interventions: worker failures of the study that is repeated, by trial. These trials are not computed.
    """
    trials, lookahead, start = spec.search.trials, spec.search.lookahead, len(finished)
    patience = Patience(spec.search.patience)
    ended = [patience.update(trial.result) for trial in finished]
    if start >= trials or any(ended) or (budget is not None and budget.left == 0):
        return
    running = _RunningTrials(spec, space, finished, submit, interventions)
    try:
        for number in range(start, min(start + lookahead, trials)):
            running.propose(number)
        for number in range(start, trials):
            trial = running.finish(number, budget)
            if trial is None:
                return
            stop = patience.update(trial.result)
            if not stop and number + lookahead < trials:
                running.propose(number + lookahead)
            yield trial
            if stop:
                return
    finally:
        running.cancel()


class _RunningTrials:
    """The trials that have been proposed and have not finished, and the results that later trials may read."""

    def __init__(
        self,
        spec: StudySpec,
        space: Space,
        finished: Sequence[FinishedTrial],
        submit: Submit,
        interventions: Mapping[int, InterventionKind],
    ) -> None:
        self._spec, self._space, self._submit, self._interventions = spec, space, submit, interventions
        self._sampler = SamplerStudy(space, spec.search, spec.study.seed)
        self._pruner = pruner_choice(spec.search.pruner, spec.search.pruner_options.model_dump(exclude_none=True))
        self._results = [trial.result for trial in finished]
        self._visible = VisibleTrials()
        self._running: dict[int, tuple[Hyperparameters, Future[TrialResult]]] = {}
        visible = self._results[: max(0, len(finished) - spec.search.lookahead)]
        self._sampler.restore([trial.params for trial in finished], visible)
        for result in visible:
            self._show(result)

    def propose(self, number: int) -> None:
        """Propose the next trial and submit its task."""
        before = number - self._spec.search.lookahead
        if before >= 0:
            self._sampler.tell(self._results[before])
            self._show(self._results[before])
        params = self._sampler.ask(number)
        task = TrialTask(
            number=number,
            candidate=self._space.candidate(params),
            seed=self._spec.study.seed,
            metric=self._spec.cv.metric,
            pruner=self._pruner,
            visible=self._visible,
        )
        known = self._interventions.get(number)
        self._running[number] = params, self._submit(task) if known is None else future_of(_failed(number, known))

    def finish(self, number: int, budget: Budget | None) -> FinishedTrial | None:
        """Wait for the trial with the lowest number; return None if the budget is spent first."""
        params, future = self._running[number]
        if budget is not None and (budget.left == 0 or wait([future], budget.left).not_done):
            return None
        try:
            result = future.result()
        except WorkerLost as lost:
            result = _failed(number, lost.kind)
        del self._running[number]
        self._results.append(result)
        return FinishedTrial(params, result)

    def cancel(self) -> None:
        for _, future in self._running.values():
            future.cancel()

    def _show(self, result: TrialResult) -> None:
        if reads_other_trials(self._pruner):
            self._visible = self._visible.plus(pruning_history(result, self._pruner))


def _failed(number: int, kind: InterventionKind) -> TrialResult:
    return result_of(number, "FAIL", kind, Curves((), (), (), ()), best_epoch=0)
