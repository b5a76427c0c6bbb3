"""The lines on the terminal about a score on new rows, and its JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console

from experiments.config.readable import count, times
from experiments.evaluation.external_score import ExternalScore
from experiments.reports.methods import baseline_name
from experiments.reports.metrics import Scores, label_of_class, named_score
from experiments.study.console import print_facts, print_sentence

SAMPLES = {"groups": "group", "blocks": "block"}


def written_score(score: ExternalScore) -> bytes:
    """Write the JSON document of a score."""
    return (json.dumps(asdict(score), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def print_score(console: Console, score: ExternalScore, classes: Sequence[str]) -> None:
    """Print a score, one fact a line.

    Args:
        classes: of the model's target.
    """
    where = f" of {score.file}" if score.file else ""
    print_sentence(console, f"{score.study}: its final model on {count(score.rows, 'new row')}{where}", "bold")
    print_facts(console, facts(score, classes), width=21)


def facts(score: ExternalScore, classes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """List the facts of a score, as (label, text)."""
    scores, name = Scores.like(score.metric, score.score), label_of_class(score.metric, classes)
    rows = f"{score.rows:,} rows"
    if score.drawn != "rows":
        rows += f" in {count(score.units, SAMPLES[score.drawn])}" + " of consecutive ones" * (score.drawn == "blocks")
    yield "score on new rows", f"{name} {scores.show(score.score)}, 95% interval {scores.interval(score.ci95)} ({rows})"
    if (test := score.test) is not None:
        interval = f"95% interval {scores.interval(test.ci95)} ({test.rows:,} rows)"
        of = ", of the procedure, not of this model" if test.nested else ""
        yield f"{'nested' if test.nested else 'test'} score", f"{scores.show(test.score)}, {interval}{of}"
    if (difference := score.difference) is not None:
        gain = f"{scores.gain(difference.score)} on the new rows {scores.gain_interval(difference.ci95)}"
        yield "difference", f"{gain}, of two samples of different rows"
    if (blind := score.baseline) is not None and blind.score is not None and blind.ci95 is not None:
        interval = f"95% interval {scores.interval(blind.ci95)}, on the new rows"
        yield baseline_name(blind), f"{scores.show(blind.score)}, {interval}"
    elif blind is None:
        yield "baseline", "none: too little is known of the rows that the model learnt from; --data FILE names them"
    yield from _further(score)
    yield from _rows(score)
    yield "ledger", _looks(score)


def _further(score: ExternalScore) -> Iterator[tuple[str, str]]:
    """List further metrics, beside those of the test rows, and the calibration."""
    before = {} if score.test is None else score.test.metrics
    others = [
        named_score(metric, value)
        + (f" (test rows {Scores.like(metric, value).show(before[metric])})" if metric in before else "")
        for metric, value in score.metrics.items()
        if metric != score.metric
    ]
    if others:
        yield "further metrics", ", ".join(others)
    if score.calibration is not None:
        error = f"{score.calibration.error:.4f}"
        yield "calibration", f"confidence and accuracy differ by {error} in the mean over ten bins of confidence"


def _rows(score: ExternalScore) -> Iterator[tuple[str, str]]:
    """Say which rows were left out, and which the study knows."""
    left, known = score.left_out, score.known
    reasons = [
        (left.no_target, "without a target"),
        (left.dropped, "of classes that are left out"),
        (left.no_time, "without a time"),
    ]
    if out := [f"{count(number, 'row')} {why}" for number, why in reasons if number]:
        yield "left out", ", ".join(out)
    of, equal = f"of these {score.rows:,} rows", "in all columns that the model reads and in the target"
    if known.development:
        learnt = f"{known.development:,} {of} are equal to rows that the model learnt from, {equal}"
        yield "not new", f"{learnt}: on these, this is no test"
    if known.test:
        yield "", f"{known.test:,} {of} are equal to test rows of the study, {equal}"
    if known.development is None:
        yield "development rows", f"not known whether the model learnt from some {of}: {known.reason}"
    elif not known.development and known.test == 0:
        yield "new", f"none {of} is equal to a row of the study, {equal}"


def _looks(score: ExternalScore) -> str:
    """Say how often these rows were scored."""
    seen = score.ledger
    others = seen.times - seen.own
    said = f"These rows were scored {times(seen.own)} by this study"
    if others:
        said += f", and they, or some of them, {times(others)} by others"
        said += f"; another study saw {seen.largest_overlap:.0%} of these rows at once" if seen.largest_overlap else ""
    return f"{said}, by {seen.file}." + (" The more often, the less a good score says." if seen.times > 1 else "")
