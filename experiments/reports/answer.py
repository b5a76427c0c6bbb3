"""The answer that the report opens with: the tuned model, its test score, and how it compares with the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from experiments.records.results import Difference, LookRecord, StudyResult, Verdict
from experiments.reports.statistics import SIGNIFICANCE
from experiments.reports.wording import Scores, count, metric_label, network, p_value, settings

Tone = Literal["good", "even", "bad"]
TONES: Final[dict[Verdict, Tone]] = {
    "helped": "good",
    "no evidence either way": "even",
    "default better": "bad",
    "not compared": "even",
}
_REUSE: Final = (
    "This study was changed after an earlier look at the same rows, and they were scored again (--acknowledge-reuse): "
    "score, interval and verdict are optimistic by an unknown amount."
)


@dataclass(frozen=True)
class Comparison:
    """The winner against the default on the same test rows, in words.

    default_score, difference, interval, p and method are empty where there is nothing to compare.
    """

    verdict: Verdict
    tone: Tone
    default_score: str
    difference: str
    interval: str
    p: str
    method: str
    meaning: str


@dataclass(frozen=True)
class TestScore:
    """The one look: score and interval, by which method, on how many rows, and how often they were scored.

    reuse warns of a second look and is empty after the first.
    """

    score: str
    interval: str
    method: str
    rows: str
    times: str
    reuse: str
    others: tuple[tuple[str, str], ...]
    comparison: Comparison


@dataclass(frozen=True)
class Answer:
    """What a reader who stops after the first screen should know; test is None while the test set is sealed."""

    network: str
    settings: str
    epochs: str
    metric: str
    test: TestScore | None


def answer(result: StudyResult) -> Answer:
    """The answer of a study, the same words for the same study."""
    metric = str(result.spec.get("cv", {}).get("metric", "score"))
    look = result.test
    return Answer(
        network=network(result.best.params, result.spec),
        settings=settings(result.best.params),
        epochs=count(result.best.epochs, "epoch"),
        metric=metric_label(look.metric if look else metric),
        test=_test_score(result, look) if look else None,
    )


def _test_score(result: StudyResult, look: LookRecord) -> TestScore:
    numbers = Scores.like(look.score)
    others = sorted((name, score) for name, score in look.metrics.items() if name != look.metric)
    return TestScore(
        score=numbers.show(look.score),
        interval=numbers.interval(look.ci95),
        method=look.ci_method,
        rows=count(look.rows, "row"),
        times="once" if look.times_scored == 1 else f"{look.times_scored} times",
        reuse="" if look.times_scored == 1 else _REUSE,
        others=tuple((metric_label(name), Scores.like(score).show(score)) for name, score in others),
        comparison=_comparison(result, look, numbers),
    )


def _comparison(result: StudyResult, look: LookRecord, numbers: Scores) -> Comparison:
    found = look.difference
    return Comparison(
        verdict=look.verdict,
        tone=TONES[look.verdict],
        default_score=numbers.show(look.default.score) if look.default else "",
        difference=numbers.signed(found.score) if found else "",
        interval=numbers.signed_interval(found.ci95) if found else "",
        p=p_value(found.p_value) if found else "",
        method=found.method if found else "",
        meaning=meaning(result, look.verdict, found, numbers),
    )


def meaning(result: StudyResult, verdict: Verdict, found: Difference | None, numbers: Scores) -> str:
    """What a verdict means, to someone who has to act on it."""
    if result.default is not None and result.default.number == result.best.number:
        return "No trial had a higher selection score than the default: the winner is the default itself."
    if found is None:
        return f"{_why_no_default(result)} There is no score of the default that the tuned model could be held against."
    low, high = (numbers.signed(limit) for limit in found.ci95)
    sentences = {
        "helped": "On rows that neither model had seen, the tuned one does better than the default by more than chance "
        f"would explain. The true gain plausibly lies between {low} and {high}. Use the tuned model.",
        "no evidence either way": "These test rows cannot tell the tuned model and the default apart; that does not "
        f"show that they are equal. Any true difference from {low} to {high} would fit. Use the tuned model, but do "
        "not claim that tuning improved it.",
        "default better": "On rows that neither model had seen, the tuned one does worse than the default by more than "
        "chance would explain: the search has fitted its own folds. Use the default configuration.",
        "not compared": "The two were not compared.",
    }
    return sentences[verdict] + _disagreement(found)


def _disagreement(found: Difference) -> str:
    """p and the interval come from two methods, and near the threshold they may part."""
    leaves_out_zero = found.ci95[0] > 0 or found.ci95[1] < 0
    if leaves_out_zero == (found.p_value < SIGNIFICANCE):
        return ""
    side = "leaves out" if leaves_out_zero else "holds"
    return f" A close call: the interval {side} zero, but the verdict goes by the test, as fixed beforehand."


def _why_no_default(result: StudyResult) -> str:
    if result.default is not None:
        return "The default was not scored: its refit on all development rows diverged."
    first = next((trial for trial in result.trials if trial.number == 0), None)
    if first is None or not first.reason:
        return "The default configuration has no result."
    return f"The default configuration has no result ({first.reason} after {count(first.epochs, 'epoch')})."
