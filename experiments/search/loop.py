"""The lookahead window: trials are asked and told in an order that no timing can change.

Trial i is asked exactly when trials 0..i-L have been told; results are told in number order; a pruning decision of
trial i sees only trials 0..i-L. Any number of workers up to L then gives the same study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any

from experiments.config.candidate import Hyperparameters
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.search.cross_validation import result_of
from experiments.search.executors.base import WorkerLost
from experiments.search.proposals import SamplerStudy
from experiments.search.pruners import compares, history_of
from experiments.search.pruning_history import Histories, Inline, Share
from experiments.search.stopping import Budget, Patience
from experiments.search.trial import Curves, FinishedTrial, InterventionKind, PrunerChoice, TrialResult, TrialTask

Submit = Callable[[TrialTask], "Future[TrialResult]"]
NONE: Mapping[int, InterventionKind] = {}


def search(
    spec: StudySpec,
    space: Space,
    told: Sequence[FinishedTrial],
    submit: Submit,
    share: Share = Inline,
    budget: Budget | None = None,
    interventions: Mapping[int, InterventionKind] = NONE,
) -> Iterator[FinishedTrial]:
    """Ask, evaluate and tell until the study has its trials; yields each trial when it is told, in number order.

    It ends sooner when its patience or budget is spent; what is in flight is then cancelled.

    Args:
        told:          the trials of an earlier run, from 0 on; the search goes on as if it had never stopped.
        submit:        computes a task, at any time and in any order.
        share:         puts what tasks have in common where whoever computes them can open it.
        budget:        of time; None for no limit.
        interventions: of the study that is repeated: trial -> what ended it. These trials are not computed.
    """
    trials, lookahead, start = spec.search.trials, spec.search.lookahead, len(told)
    if start >= trials:
        return
    patience = Patience(spec.search.patience)
    results = [one.result for one in told]
    ends = [patience.update(result) for result in results]
    if any(ends) or (budget is not None and budget.left == 0):
        return
    mirror = SamplerStudy(space, spec.search, spec.study.seed)
    pruner = pruner_choice(spec.search.pruner, spec.search.pruner_options.model_dump(exclude_none=True))
    histories = Histories(share)
    asked: dict[int, tuple[Hyperparameters, Future[TrialResult]]] = {}

    def show(result: TrialResult) -> None:
        if compares(pruner):
            histories.add(history_of(result, pruner))

    def ended(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        future.set_result(_failed(task.number, interventions[task.number]))
        return future

    def ask(number: int) -> None:
        if number >= lookahead:
            mirror.tell(results[number - lookahead])
            show(results[number - lookahead])
        params = mirror.ask(number)
        task = TrialTask(
            number=number,
            candidate=space.candidate(params),
            seed=spec.study.seed,
            metric=spec.cv.metric,
            pruner=pruner,
            visible=histories.visible,
        )
        asked[number] = params, ended(task) if number in interventions else submit(task)

    visible = results[: max(0, start - lookahead)]
    mirror.restore([one.params for one in told], visible)
    for result in visible:
        show(result)
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
            over = patience.update(result)
            if not over and number + lookahead < trials:
                ask(number + lookahead)
            yield FinishedTrial(params, result)
            if over:
                return
    finally:
        for _, future in asked.values():
            future.cancel()


def _outcome(number: int, future: Future[TrialResult]) -> TrialResult:
    try:
        return future.result()
    except WorkerLost as lost:
        return _failed(number, lost.kind)


def _failed(number: int, kind: InterventionKind) -> TrialResult:
    return result_of(number, "FAIL", kind, Curves((), (), (), ()), best_epoch=0)


def pruner_choice(name: str, options: Mapping[str, Any]) -> PrunerChoice:
    """The pruner of a study as it goes to the workers.

    >>> pruner_choice("patient", {"patience": 2, "pruner": "threshold", "pruner_options": {"lower": 0.5}}).wrapped
    PrunerChoice(name='threshold', options=(('lower', 0.5),), wrapped=None)
    """
    own = {key: value for key, value in options.items() if key not in ("pruner", "pruner_options")}
    wrapped = pruner_choice(options["pruner"], options["pruner_options"]) if "pruner" in options else None
    return PrunerChoice(name, tuple(own.items()), wrapped)
