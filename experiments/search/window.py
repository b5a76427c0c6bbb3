"""The lookahead window: trials are asked and told in an order that no timing can change.

Trial i is asked exactly when trials 0..i-L have been told; results are told in number order; a pruning decision of
trial i sees only trials 0..i-L. Any number of workers up to L then gives the same study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait

from experiments.search.ending import Budget, Patience
from experiments.search.evaluate import result_of
from experiments.search.executor import WorkerDied
from experiments.search.mirror import Mirror
from experiments.search.trial import Curves, History, Parameters, Told, TrialResult, TrialTask
from experiments.space import Space
from experiments.spec import StudySpec

Submit = Callable[[TrialTask], "Future[TrialResult]"]


def search(
    spec: StudySpec, space: Space, told: Sequence[Told], submit: Submit, budget: Budget | None = None
) -> Iterator[Told]:
    """Ask, evaluate and tell until the study has its trials; yields each trial when it is told, in number order.

    It ends sooner when its patience or budget is spent; what is in flight is then cancelled.

    Args:
        told:   the trials of an earlier run, from 0 on; the search goes on as if it had never stopped.
        submit: computes a task, at any time and in any order.
        budget: of time; None for no limit.
    """
    trials, lookahead, start = spec.search.trials, spec.search.lookahead, len(told)
    mirror = Mirror(space, spec.search, spec.study.seed)
    results = [one.result for one in told]
    histories = [history_of(result) for result in results]
    patience = Patience(spec.search.patience)
    if any(patience.over(result) for result in results) or (budget is not None and budget.left == 0):
        return
    asked: dict[int, tuple[Parameters, Future[TrialResult]]] = {}

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
        asked[number] = params, submit(task)

    mirror.restore([one.params for one in told], results[: max(0, start - lookahead)])
    for number in range(start, min(start + lookahead, trials)):
        ask(number)
    try:
        for number in range(start, trials):
            params, future = asked.pop(number)
            if budget is not None and (budget.left == 0 or wait([future], budget.left).not_done):
                future.cancel()
                return
            result = _outcome(number, future)
            results.append(result)
            histories.append(history_of(result))
            over = patience.over(result)
            if not over and number + lookahead < trials:
                ask(number + lookahead)
            yield Told(params, result)
            if over:
                return
    finally:
        for _, future in asked.values():
            future.cancel()


def _outcome(number: int, future: Future[TrialResult]) -> TrialResult:
    try:
        return future.result()
    except WorkerDied:
        return result_of(number, "FAIL", "worker died", Curves((), (), (), ()), best_epoch=0)


def history_of(result: TrialResult) -> History:
    """What later trials may be compared with."""
    return History(result.state, result.value, result.curves.epochs, result.curves.mean_scores)
