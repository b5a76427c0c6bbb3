"""The lines on the terminal about a score on new rows, and its JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console

from experiments.config.readable import count
from experiments.evaluation.scoring.external_score import Drawn, ExternalScore
from experiments.reports.methods import baseline_name
from experiments.reports.metrics import Scores, label_of_class, named_score
from experiments.study.command.console import print_facts, print_sentence

AGAIN = " The more often, the less a good score says."


def written_score(score: ExternalScore) -> bytes:
    """Write the JSON document of a score."""
    return (json.dumps(asdict(score), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def print_score(console: Console, score: ExternalScore) -> None:
    """Print a score, one fact a line."""
    where = f" of {score.file}" if score.file else ""
    print_sentence(console, f"{score.study}: its final model on {count(score.rows, 'row')}{where}", "bold")
    print_facts(console, facts(score), width=21)


def facts(score: ExternalScore) -> Iterator[tuple[str, str]]:
    """List the facts of a score, as (label, text)."""
    scores, name = Scores.like(score.metric, score.score), label_of_class(score.metric, score.classes)
    rows = _drawn(score.rows, score.drawn, score.units)
    label = "score on these rows" if score.known.development else "score on new rows"
    yield label, f"{name} {scores.show(score.score)}, 95% interval {scores.interval(score.ci95)} ({rows})"
    yield from _known(score)
    if (test := score.test) is not None:
        interval = f"95% interval {scores.interval(test.ci95)} ({_drawn(test.rows, test.drawn, test.groups)})"
        of = ", of the procedure, not of this model" if test.nested else ""
        yield f"{'nested' if test.nested else 'test'} score", f"{scores.show(test.score)}, {interval}{of}"
    if (difference := score.difference) is not None:
        gain = f"{scores.gain(difference.score)} on the new rows {scores.gain_interval(difference.ci95)}"
        yield "difference", f"{gain}, the two samples being independent"
    if (blind := score.baseline) is not None and blind.score is not None and blind.ci95 is not None:
        interval = f"95% interval {scores.interval(blind.ci95)}, on the same rows"
        yield baseline_name(blind), f"{scores.show(blind.score)}, {interval}"
    elif blind is None:
        yield "baseline", "none: too little is known of the rows that the model learnt from; --data FILE names them"
    yield from _further(score)
    if left := _left_out(score):
        yield "left out", left
    yield "ledger", _looks(score)


def _drawn(rows: int, drawn: Drawn, units: int | None) -> str:
    """Count rows, and the groups or blocks in which an interval draws them."""
    if drawn == "blocks":
        return f"{rows:,} rows in {'blocks' if units is None else count(units, 'block')} of consecutive ones"
    return f"{rows:,} rows" + ("" if drawn == "rows" or units is None else f" in {count(units, 'group')}")


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


def _known(score: ExternalScore) -> Iterator[tuple[str, str]]:
    """Say which of the rows the study knows: the model cannot be tested on what it learnt from."""
    known, of = score.known, f"of these {score.rows:,} rows"
    if known.development:
        learnt = f"{_are_equal(known.development, of)} to rows that the model learnt from, in all columns that it reads"
        yield "", f"{learnt} and in the target: on these it is no test; leave them out of the file"
    elif known.development is None:
        yield "", f"it is not known whether the model learnt from some {of}: {known.reason}"
    if known.test:
        yield "", f"{_are_equal(known.test, of)} to test rows of the study"


def _are_equal(number: int, of: str) -> str:
    return f"{number:,} {of} {'is' if number == 1 else 'are'} equal"


def _left_out(score: ExternalScore) -> str:
    """Count the rows that were not scored."""
    left = score.left_out
    reasons = {"without a target": left.no_target, "of data.drop_classes": left.dropped, "without a time": left.no_time}
    return ", ".join(f"{count(number, 'row')} {why}" for why, number in reasons.items() if number)


def _looks(score: ExternalScore) -> str:
    """Say in how many tests these rows were used."""
    seen = score.ledger
    said, others = f"By {seen.file}, these rows were used in {count(seen.times, 'test')}", seen.times - seen.own
    if not others:
        return f"{said}, by this study alone." + (AGAIN if seen.times > 1 else "")
    said += f": {seen.own:,} by this study, {others:,} by others"
    said += f", at most {seen.largest_overlap:.0%} of them at once" if seen.largest_overlap else ""
    return f"{said}.{AGAIN}"
