"""The answer that the report opens with: the tuned model, its test score, and how it compares with the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.data.hints.leaks import DOUBTS
from experiments.evaluation.final_model.final_kind import are_several, default_won, holds_default, keeps_smallest
from experiments.evaluation.records.results import SIGNIFICANCE, FinalScore, ScoreDifference, StudyResult, Verdict
from experiments.reports.blocks import Fact, Parts, Strong, Words, counted, filled, joined, number, plain, sentence
from experiments.reports.formatting import label, network, p_value, parameter, settings
from experiments.reports.interval_notes import interval_notes
from experiments.reports.methods import baseline_name, difference_method, interval_method
from experiments.reports.metrics import Scores, label_of_class, lower_is_better, metric_label
from experiments.reports.outer_fold import outer_fold_of, tested, tuned, why_not_compared
from experiments.reports.split import drawn_together

Tone = Literal["good", "even", "bad"]
TONES: Final[dict[Verdict, Tone]] = {
    "helped": "good",
    "no evidence either way": "even",
    "default better": "bad",
    "not compared": "even",
}
REUSE: Final = (
    "This study was changed after its test rows had been scored, and they were scored again (--acknowledge-reuse): "
    "score, interval and verdict are not corrected for that, and so are optimistic by an unknown amount."
)
COPIES: Final = "{} equal to rows to learn from, so that score, interval and verdict say little of new rows."
DOUBT: Final = "Before you trust this score: {}"
PROCEDURE: Final = "This is the score of the procedure, its search included, and not of this one model. "
MEANINGS: Final[dict[Verdict, str]] = {
    "helped": "On {unseen}, the {tuned} does better than the default by more than chance would explain. Of the two, "
    "use the tuned model.",
    "no evidence either way": "{Rows} cannot tell the {tuned} and the default apart; that does not show that they are "
    "equal. Of the two, use the tuned model, which cross-validation chose, but do not claim that tuning improved it.",
    "default better": "On {unseen}, the {tuned} does worse than the default by more than chance would explain: what "
    "did best on {folds} does not do best here. Of the two, use the default configuration.",
    "not compared": "The two were not compared.",
}
OF_MODELS: Final = {"unseen": "rows that neither model had seen", "Rows": "These test rows", "folds": "the folds"}
OF_PROCEDURES: Final = {
    "unseen": "rows that its searches did not have",
    "Rows": "The outer folds",
    "folds": "their folds",
}
NO_INTERVAL: Final = "no interval, as the differences are all equal"
ADVICE: Final = " Of the two, use the "  # begins the last sentence of a meaning
ITSELF: Final = " The last search, over all rows, chose the default itself: that is the model which is kept."
BLIND: Final = ("majority class", "mean")
UNLEARNED: Final = (
    " The {} reads no column: by this metric, these rows do not show that the model has learnt anything from columns."
)
UNSURE: Final = (
    " The interval of the score includes {}, the score of the {}, which reads no column: by itself, it leaves open "
    "whether the model has learnt anything from columns."
)
OF_ITS_TIME: Final = " Score, interval and verdict are of the time of the test rows; later rows may differ."
ONE_STRETCH: Final = (
    " The interval reaches an error of 0: the rows are of too short a time to say how large errors are."
)


@dataclass(frozen=True)
class Answer:
    """The test score and the comparison with the default on the same rows, in words.

    title:              metric of the score.
    interval:           interval, its method and the number of rows.
    notes:              what the interval allows for, and where it is too narrow; or empty.
    warning:            what may make the score too good: a second test, copies, leaks that the data shows; or empty.
    others:             other metrics on the same rows.
    difference, method: empty where there is nothing to compare.
    meaning:            advice to someone who has to act on the verdict.
    """

    score: Fact
    title: Parts
    interval: Parts
    notes: Parts
    warning: Parts
    others: Parts
    verdict: Fact
    tone: Tone
    difference: Parts
    method: Parts
    meaning: Parts


def lead(result: StudyResult) -> Parts:
    """Describe the configuration that was chosen, and of a tested study the model that was fitted with it."""
    params = result.best.params
    shown = [
        (Fact(f"names.{name}", label(name)), " ", Fact(f"best.params.{name}", parameter(params[name])))
        for name in settings(params, result.spec)
    ]
    part = outer_fold_of(result)
    which = "only" if len(result.trials) == 1 else "chosen" if keeps_smallest(result) else "best"
    said = sentence(
        f"{{}}The {which} configuration{', the default' if default_won(result) else ''}: {{}}",
        sentence("A study inside nested cross-validation, of {}. ", part) if part else "",
        joined([Strong(Fact("best.network", network(params, result.spec))), *shown]),
    )
    if result.test is None:
        epochs = counted("best.epochs", result.best.epochs, "epoch")
        return (*said, *sentence("; best after {} in the mean of the folds.", epochs))
    return (*said, *sentence(f". The {tuned(result)} model is {{}}.", _fitted(result)))


def _fitted(result: StudyResult) -> Words:
    """Describe the networks of the final model, those of the default, too, if it has them."""
    final = result.final
    if final is None or not are_several(result):
        key, trained = ("best.epochs", result.best.epochs) if final is None else ("final.epochs", final.epochs)
        return sentence("one such network, trained for {}", counted(key, trained, "epoch"))
    many, epochs = number("final.members", final.members), counted("final.epochs", final.epochs, "epoch")
    said = sentence("the mean of {} such networks, trained for {}", many, epochs)
    if not holds_default(result) or result.default is None:
        return said
    shown = Fact("default.network", network(result.default.params, result.spec))
    epochs = counted("final.default_epochs", final.default_epochs or 0, "epoch")
    return (*said, *sentence(", and {} of the default configuration, {}, trained for {}", many, shown, epochs))


def untested(result: StudyResult) -> str:
    """Say what is known of the score on new rows without a test score."""
    if result.analysed.selection is None:
        return "Nothing here says how well the model does on new data."
    return (
        "The corrected score below estimates what to expect of the chosen configuration on new rows; no final model "
        "was fitted."
    )


def answer(result: StudyResult) -> Answer | None:
    """Describe the test score; None where the study has none."""
    test = result.test
    if test is None:
        return None
    scores, compared = Scores.like(test.metric, test.score), test.difference
    others = [
        (
            Fact(f"names.{name}", metric_label(name)),
            " ",
            Fact(f"test.metrics.{name}", Scores.like(name, score).show(score)),
        )
        for name, score in sorted(test.metrics.items())
        if name != test.metric
    ]
    return Answer(
        score=Fact("test.score", scores.show(test.score)),
        title=sentence(
            "{} {}{}",
            Fact("test.metric", label_of_class(test.metric, result.data.classes)),
            "on the test set" if result.outer is None else "of the procedure, by nested cross-validation",
            " (lower is better)" if lower_is_better(test.metric) else "",
        ),
        interval=sentence(
            "95% interval {} ({}), {}",
            Fact("test.ci95", scores.interval(test.ci95)),
            interval_method(test),
            drawn_together(result, counted("test.rows", test.rows, "row")),
        ),
        notes=interval_notes(result, test),
        warning=_warning(result, test),
        others=sentence("Other metrics of the {} on these rows: {}.", tested(result), joined(others)) if others else (),
        verdict=Fact("test.verdict", test.verdict),
        tone=TONES[test.verdict],
        difference=_difference(result, test, compared, scores) if compared else (),
        method=(*difference_method(compared), ", two-sided, same rows") if compared else (),
        meaning=(*_meaning(result, test), *_unbeaten(result, test), *_of_its_time(result, test)),
    )


def _of_its_time(result: StudyResult, test: FinalScore) -> Parts:
    """Say what a score of rows in time order is of, and where their time is too short."""
    if result.spec.get("data", {}).get("time") is None:
        return ()
    reaches_zero = lower_is_better(test.metric) and test.ci95[1] == 0 != test.score
    return (OF_ITS_TIME, ONE_STRETCH) if reaches_zero else (OF_ITS_TIME,)


def _difference(result: StudyResult, test: FinalScore, compared: ScoreDifference, scores: Scores) -> Parts:
    default = sentence(" ({})", Fact("test.default.score", scores.show(test.default.score))) if test.default else ()
    return sentence(
        "{} against the default{}: {}, {}, {}",
        tested(result).capitalize(),
        default,
        Strong(Fact("test.difference.score", scores.gain(compared.score))),
        _limits(compared, scores),
        Fact("test.difference.p_value", p_value(compared.p_value)),
    )


def _limits(compared: ScoreDifference, scores: Scores) -> Words:
    if not compared.has_interval:
        return NO_INTERVAL
    return sentence("95% interval {}", Fact("test.difference.ci95", scores.gain_interval(compared.ci95)))


def _warning(result: StudyResult, test: FinalScore) -> Parts:
    lines: list[Words] = [] if test.times_scored == 1 else [REUSE]
    if copies := _copies_to_test(result):
        lines.append(sentence(COPIES, counted("copies.test", copies, "test row is", "test rows are")))
    for at, line in enumerate(result.reading.notes if result.reading else ()):
        end = "" if line.endswith(".") else "."  # of a line that stands among others elsewhere
        if f"{line}{end}".endswith((*DOUBTS, TOO_GOOD)):
            lines.append(sentence(f"{DOUBT}{end}", Fact(f"reading.notes[{at}]", line)))
    return joined(lines, " ")


def _copies_to_test(result: StudyResult) -> int:
    """Count the test rows that are equal to rows to learn from."""
    return 0 if result.copies is None else result.copies.test


def _meaning(result: StudyResult, test: FinalScore) -> Parts:
    if result.outer is not None and test.difference is None:
        return (PROCEDURE, f"The two were not compared: {why_not_compared(result.outer)}.")
    if result.outer is None and default_won(result):
        if len(result.trials) == 1:
            return ("The only trial is the default itself, so there is nothing to compare it with.",)
        if keeps_smallest(result):
            why = "The default is the smallest network within one standard error of the best selection score"
        else:
            why = "No trial had a better selection score than the default"
        return (f"{why}: the winner is the default itself, so there is nothing to compare it with.",)
    if test.difference is None:
        return (*_why_no_default(result), ", so there is nothing to compare the tuned model with.")
    words: dict[str, Words] = {"tuned": tested(result), **(OF_MODELS if result.outer is None else OF_PROCEDURES)}
    if result.outer is None and (_copies_to_test(result) or test.times_scored > 1):
        words["unseen"] = "these test rows"
    template = MEANINGS[test.verdict]
    if any(plain(one.name) in BLIND for one in unbeaten(result, test)):
        template = template.partition(ADVICE)[0]
    elif default_won(result):
        template = template.partition(ADVICE)[0] + ITSELF
    opening = () if result.outer is None else (PROCEDURE,)
    return (*opening, *filled(template, words.__getitem__), *_disagreement(test.difference))


@dataclass(frozen=True)
class ScoredBaseline:
    """A baseline that was scored on the test rows, or on the outer folds.

    key: its key in results.json.
    """

    key: str
    name: Fact
    score: float


def scored_baselines(result: StudyResult, test: FinalScore) -> list[ScoredBaseline]:
    """List the baselines that have a score; in nested cross-validation those of the outer folds."""
    if result.outer is None:
        known = [(f"test.references[{at}]", baseline_name(one), one.score) for at, one in enumerate(test.references)]
    else:
        given = enumerate(result.outer.baselines)
        known = [(f"outer.baselines[{at}]", one.id.replace("_", " "), one.score) for at, one in given]
    return [ScoredBaseline(key, Fact(f"{key}.id", name), score) for key, name, score in known if score is not None]


def unbeaten(result: StudyResult, test: FinalScore) -> list[ScoredBaseline]:
    """List the baselines that did as well as the tuned model on the test rows, or better."""
    return [one for one in scored_baselines(result, test) if one.score >= test.score]


def _unbeaten(result: StudyResult, test: FinalScore) -> Parts:
    """Name the baselines that were not beaten: a tuned model that is no better than they are is no reason to use it."""
    scores = Scores.like(test.metric, test.score)
    unsure: Parts = ()
    for one in scored_baselines(result, test):
        if plain(one.name) in BLIND and test.ci95[0] <= one.score < test.score:
            unsure = sentence(UNSURE, Fact(f"{one.key}.score", scores.show(one.score)), one.name)
    if not (baselines := unbeaten(result, test)):
        return unsure
    named = [sentence("{} ({})", one.name, Fact(f"{one.key}.score", scores.show(one.score))) for one in baselines]
    listed = joined([joined(named[:-1]), named[-1]], " and ")
    said = sentence(f" On these rows {{}} did as well as the {tested(result)} or better.", listed)
    blind = [name for one in baselines if (name := plain(one.name)) in BLIND]
    return (*said, UNLEARNED.format(blind[0])) if blind else (*said, *unsure)


def _disagreement(compared: ScoreDifference) -> Parts:
    """Point out that interval and test, which are two methods, disagree."""
    leaves_out_zero = compared.ci95[0] > 0 or compared.ci95[1] < 0
    if not compared.has_interval or leaves_out_zero == (compared.p_value < SIGNIFICANCE):
        return ()
    side = Fact("test.difference.side", "excludes" if leaves_out_zero else "includes")
    return sentence(" The interval {} zero, but the verdict goes by the test, as fixed beforehand.", side)


def _why_no_default(result: StudyResult) -> Parts:
    if result.default is not None:
        return ("The default was not scored, as its refit on all development rows diverged",)
    first = next((trial for trial in result.trials if trial.number == 0), None)
    if first is None or not first.reason:
        return ("The default configuration has no result",)
    return sentence(
        "The default configuration has no result ({} after {})",
        Fact("trials[0].reason", first.reason),
        counted("trials[0].epochs", first.epochs, "epoch"),
    )
