"""The answer that the report opens with: the tuned model, its test score, and how it compares with the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from experiments.evaluation.results import FinalScore, ScoreDifference, StudyResult, Verdict
from experiments.evaluation.statistics import SIGNIFICANCE
from experiments.reports.blocks import Fact, Parts, Strong, counted, joined, sentence
from experiments.reports.formatting import (
    Scores,
    all_parameters,
    is_layer,
    label,
    metric_label,
    network,
    p_value,
    parameter,
)
from experiments.reports.methods import difference_method, interval_method

Tone = Literal["good", "even", "bad"]
TONES: Final[dict[Verdict, Tone]] = {
    "helped": "good",
    "no evidence either way": "even",
    "default better": "bad",
    "not compared": "even",
}
_REUSE: Final = (
    "This study was changed after it had scored the same rows, and they were scored again (--acknowledge-reuse): "
    "score, interval and verdict are optimistic by an unknown amount."
)


@dataclass(frozen=True)
class Comparison:
    """The winner against the default on the same test rows, in words.

    difference, method: empty where there is nothing to compare.
    """

    verdict: Fact
    tone: Tone
    difference: Parts
    method: Parts
    meaning: Parts


@dataclass(frozen=True)
class TestScore:
    """The score with its metric and its interval, by which method and on how many rows.

    reuse: warning of a second scoring; empty after the first.
    """

    score: Fact
    metric: Fact
    interval: Parts
    reuse: str
    others: Parts
    comparison: Comparison


@dataclass(frozen=True)
class Answer:
    """What a reader who stops after the first screen should know; test is None where the study has no test score."""

    lead: Parts
    test: TestScore | None


def answer(result: StudyResult) -> Answer:
    """Write the answer of a study, the same words for the same study."""
    return Answer(_lead(result), _test_score(result, result.test) if result.test else None)


def _lead(result: StudyResult) -> Parts:
    params = result.best.params
    names = [name for name in all_parameters([params]) if not is_layer(name) and name != "activation"]
    settings = [
        (Fact(f"names.{name}", label(name)), " ", Fact(f"best.params.{name}", parameter(params[name])))
        for name in names
    ]
    return sentence(
        "The tuned model: {}; trained for {}.",
        joined([Strong(Fact("best.network", network(params, result.spec))), *settings]),
        counted("best.epochs", result.best.epochs, "epoch"),
    )


def _test_score(result: StudyResult, look: FinalScore) -> TestScore:
    numbers = Scores.like(look.score)
    others = sorted((name, score) for name, score in look.metrics.items() if name != look.metric)
    named = [
        (Fact(f"names.{name}", metric_label(name)), " ", Fact(f"test.metrics.{name}", Scores.like(score).show(score)))
        for name, score in others
    ]
    return TestScore(
        score=Fact("test.score", numbers.show(look.score)),
        metric=Fact("test.metric", metric_label(look.metric)),
        interval=sentence(
            "95% interval {} ({}), {}",
            Fact("test.ci95", numbers.interval(look.ci95)),
            interval_method(look),
            counted("test.rows", look.rows, "row"),
        ),
        reuse="" if look.times_scored == 1 else _REUSE,
        others=sentence("Other metrics on the same rows: {}.", joined(named)) if named else (),
        comparison=_comparison(result, look, numbers),
    )


def _comparison(result: StudyResult, look: FinalScore, numbers: Scores) -> Comparison:
    found = look.difference
    return Comparison(
        verdict=Fact("test.verdict", look.verdict),
        tone=TONES[look.verdict],
        difference=_difference(look, found, numbers) if found else (),
        method=(*difference_method(found), ", two-sided, same test rows") if found else (),
        meaning=meaning(result, look.verdict, found, numbers),
    )


def _difference(look: FinalScore, found: ScoreDifference, numbers: Scores) -> Parts:
    default = sentence(" ({})", Fact("test.default.score", numbers.show(look.default.score))) if look.default else ()
    return sentence(
        "Tuned minus default{}: {}, 95% interval {}, {}",
        default,
        Strong(Fact("test.difference.score", numbers.signed(found.score))),
        Fact("test.difference.ci95", numbers.signed_interval(found.ci95)),
        Fact("test.difference.p_value", p_value(found.p_value)),
    )


def meaning(result: StudyResult, verdict: Verdict, found: ScoreDifference | None, numbers: Scores) -> Parts:
    """Say what a verdict means, to someone who has to act on it."""
    if result.default is not None and result.default.number == result.best.number:
        return (
            "No trial had a higher selection score than the default: the winner is the default itself, so there is "
            "nothing to compare it with.",
        )
    if found is None:
        return (
            *_why_no_default(result),
            " There is no score of the default that the tuned model could be held against.",
        )
    limits = [Fact(f"test.difference.ci95[{at}]", numbers.signed(limit)) for at, limit in enumerate(found.ci95)]
    sentences = {
        "helped": "On rows that neither model had seen, the tuned one does better than the default by more than chance "
        "would explain. The true gain plausibly lies between {} and {}. Use the tuned model.",
        "no evidence either way": "These test rows cannot tell the tuned model and the default apart; that does not "
        "show that they are equal. Any true difference from {} to {} would fit. Use the tuned model, but do "
        "not claim that tuning improved it.",
        "default better": "On rows that neither model had seen, the tuned one does worse than the default by more than "
        "chance would explain: the search has fitted its own folds. Use the default configuration.",
        "not compared": "The two were not compared.",
    }
    said = sentence(sentences[verdict], *limits) if "{}" in sentences[verdict] else (sentences[verdict],)
    return (*said, *_disagreement(found))


def _disagreement(found: ScoreDifference) -> Parts:
    """p and the interval come from two methods, and near the threshold they may part."""
    leaves_out_zero = found.ci95[0] > 0 or found.ci95[1] < 0
    if leaves_out_zero == (found.p_value < SIGNIFICANCE):
        return ()
    side = "leaves out" if leaves_out_zero else "holds"
    return sentence(
        " A close call: the interval {} zero, but the verdict goes by the test, as fixed beforehand.",
        Fact("test.difference.side", side),
    )


def _why_no_default(result: StudyResult) -> Parts:
    if result.default is not None:
        return ("The default was not scored: its refit on all development rows diverged.",)
    first = next((trial for trial in result.trials if trial.number == 0), None)
    if first is None or not first.reason:
        return ("The default configuration has no result.",)
    return sentence(
        "The default configuration has no result ({} after {}).",
        Fact("trials[0].reason", first.reason),
        counted("trials[0].epochs", first.epochs, "epoch"),
    )
