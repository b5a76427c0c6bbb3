from __future__ import annotations

from typing import Any

from experiments.config.space import Space
from experiments.config.spec import SearchSection, StudySpec
from experiments.config.study_file import parse_spec
from experiments.search.cross_validation import result_of
from experiments.search.proposals import SamplerStudy
from experiments.search.trial import Curves, Reason, State, TrialResult


def outcome(number: int, state: State, reason: Reason = "", score: float = 0.5) -> TrialResult:
    curves = Curves((1, 2), ((score,), (score,)), ((1.0,), (1.0,)), ((1.0,), (1.0,)))
    return result_of(number, state, reason, curves, best_epoch=1)


def proposals(space: Space, results: list[TrialResult]) -> list[dict[str, Any]]:
    sampler = SamplerStudy(space, SearchSection(), seed=0)
    for result in results:
        sampler.ask(result.number)
        sampler.tell(result)
    return [sampler.ask(len(results) + index) for index in range(3)]


def test_trial_0_is_the_default(space: Space) -> None:
    assert SamplerStudy(space, SearchSection(), seed=0).ask(0) == space.default


def test_the_sampler_learns_from_values(space: Space) -> None:
    flat = [outcome(number, "COMPLETE") for number in range(15)]
    steep = [outcome(number, "COMPLETE", score=number / 15) for number in range(15)]
    assert proposals(space, flat) != proposals(space, steep)


def test_the_sampler_learns_from_divergence_whatever_came_before_it(space: Space) -> None:
    start = [outcome(number, "COMPLETE", score=number / 15) for number in range(12)]
    good, bad = (
        proposals(space, [*start, *(outcome(number, "PRUNED", "diverged", score) for number in range(12, 15))])
        for score in (0.99, 0.01)
    )
    failed = proposals(space, [*start, *(outcome(number, "FAIL", "worker died") for number in range(12, 15))])
    assert good == bad
    assert good != failed


def test_the_sampler_ranks_pruned_trials_by_their_last_value_and_diverged_ones_last(space: Space) -> None:
    def found(reason: Reason, sign: int) -> list[dict[str, Any]]:
        ended = [outcome(number, "PRUNED", reason, 0.5 + sign * number / 40) for number in range(1, 15)]
        return proposals(space, [outcome(0, "COMPLETE"), *ended])

    assert found("pruned", 1) != found("pruned", -1)
    assert found("diverged", 1) == found("diverged", -1)


def test_a_default_outside_the_space_is_not_shown_to_the_sampler(spec: StudySpec) -> None:
    document = spec.to_document()
    outside = Space(parse_spec({**document, "default": {**document["default"], "learning_rate": 0.5}}, "outside"))
    assert not outside.contains(outside.default)
    results = [outcome(number, "COMPLETE", score=number / 15) for number in range(15)]
    better = [outcome(0, "COMPLETE", score=1.0), *results[1:]]
    assert proposals(outside, results) == proposals(outside, better)
    assert proposals(Space(spec), results) != proposals(Space(spec), better)


def test_a_restored_study_proposes_as_an_uninterrupted_study(space: Space) -> None:
    for finished in (0, 1, 12):
        uninterrupted = SamplerStudy(space, SearchSection(), seed=1)
        proposed = [uninterrupted.ask(number) for number in range(14)]
        results = [outcome(number, "COMPLETE", score=number % 5 / 5) for number in range(finished)]
        for result in results:
            uninterrupted.tell(result)
        restored = SamplerStudy(space, SearchSection(), seed=1)
        restored.restore(proposed, results)
        assert restored.ask(14) == uninterrupted.ask(14)


def test_the_order_of_the_lines_of_a_space_does_not_matter(spec: StudySpec) -> None:
    document = spec.to_document()
    turned = {**document, "space": dict(reversed(document["space"].items()))}
    results = [outcome(number, "COMPLETE", score=number / 15) for number in range(15)]
    assert proposals(Space(parse_spec(turned, "turned")), results) == proposals(Space(spec), results)
