"""The lookahead window: trials are asked and told in an order that no timing can change.

Trial i is asked exactly when trials 0..i-L have been told; results are told in number order; a pruning decision of
trial i sees only trials 0..i-L. Any number of workers up to L then gives the same study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future

from experiments.search.evaluate import result_of
from experiments.search.executor import WorkerLost
from experiments.search.mirror import Mirror
from experiments.search.trial import Curves, History, InterventionKind, Parameters, Told, TrialResult, TrialTask
from experiments.space import Space
from experiments.spec import StudySpec

Submit = Callable[[TrialTask], "Future[TrialResult]"]
NONE: Mapping[int, InterventionKind] = {}


def search(
    spec: StudySpec,
    space: Space,
    told: Sequence[Told],
    submit: Submit,
    interventions: Mapping[int, InterventionKind] = NONE,
) -> Iterator[Told]:
    """Ask, evaluate and tell until the study has its trials; yields each trial when it is told, in number order.

    Args:
        told:          the trials of an earlier run, from 0 on; the search goes on as if it had never stopped.
        submit:        computes a task, at any time and in any order.
        interventions: of the study that is repeated: trial -> what ended it. These trials are not computed.
    """
    trials, lookahead, start = spec.search.trials, spec.search.lookahead, len(told)
    mirror = Mirror(space, spec.search.sampler, spec.study.seed)
    results = [one.result for one in told]
    histories = [history_of(result) for result in results]
    asked: dict[int, tuple[Parameters, Future[TrialResult]]] = {}

    def ended(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        future.set_result(_failed(task.number, interventions[task.number]))
        return future

    def ask(number: int) -> None:
        if number >= lookahead:
            mirror.tell(results[number - lookahead])
        params = mirror.ask(number)
        task = TrialTask(
            number=number,
            candidate=space.candidate(params),
            seed=spec.study.seed,
            metric=spec.cv.metric,
            pruner=spec.search.pruner,
            visible=tuple(histories[: max(0, number - lookahead + 1)]),
        )
        asked[number] = params, ended(task) if number in interventions else submit(task)

    mirror.restore([one.params for one in told], results[: max(0, start - lookahead)])
    for number in range(start, min(start + lookahead, trials)):
        ask(number)
    for number in range(start, trials):
        params, future = asked.pop(number)
        result = _outcome(number, future)
        results.append(result)
        histories.append(history_of(result))
        if number + lookahead < trials:
            ask(number + lookahead)
        yield Told(params, result)


def _outcome(number: int, future: Future[TrialResult]) -> TrialResult:
    try:
        return future.result()
    except WorkerLost as lost:
        return _failed(number, lost.kind)


def _failed(number: int, kind: InterventionKind) -> TrialResult:
    return result_of(number, "FAIL", kind, Curves((), (), (), ()), best_epoch=0)


def history_of(result: TrialResult) -> History:
    """What later trials may be compared with."""
    return History(result.state, result.value, result.curves.epochs, result.curves.mean_scores)
