"""A study for a paper, as LaTeX: its methods in words, and the table of the scores on its test rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.evaluation.final_model.final_kind import keeps_smallest
from experiments.evaluation.records.results import FinalScore, LedgerRecord, StudyResult
from experiments.reports.blocks import Words, plain
from experiments.reports.formatting import ACTIVATION_NAMES, columns_named, label, network, p_value, parameter, settings
from experiments.reports.glance import glance
from experiments.reports.headline import REUSE, lead, scored_baselines
from experiments.reports.interval_notes import interval_notes
from experiments.reports.latex_text import PACKAGES, escaped, table
from experiments.reports.methods import difference_method, interval_method, selection_method
from experiments.reports.metrics import Scores, axis_label, label_of_class, metric_of
from experiments.reports.outer_fold import tested
from experiments.reports.run_info import looks_meaning, rows_scored
from experiments.reports.sections.transformations import transformations
from experiments.reports.split import drawn_for_folds, folds, in_groups, is_forward, origin

NAMES: Final = {
    "tpe": "TPE", "qmc": "quasi-Monte Carlo", "gp": "a Gaussian process", "cmaes": "CMA-ES", "random": "random search",
    "grid": "grid search", "adam": "Adam", "adamw": "AdamW", "adagrad": "AdaGrad", "rmsprop": "RMSprop", "sgd": "SGD",
}  # fmt: skip
FIXED: Final = ("loss", "optimizer", "batch_size", "activation", "patience")  # settings that a reader asks for


def latex(result: StudyResult, reading: LedgerRecord | None) -> str:
    """Write the methods, a paragraph each, and the table; of a study without a test score the methods alone.

    Args:
        reading: what the ledger says of the test rows.
    """
    paragraphs = [_data(result), _search(result), _choice(result), _test(result, reading), _software(result)]
    written = [escaped(" ".join(filter(None, paragraph))) for paragraph in paragraphs]
    return "\n\n".join(["% Methods", *written, *([_table(result, result.test)] if result.test else [])]) + "\n"


def _data(result: StudyResult) -> Iterator[str]:
    predicts = plain(dict(glance(result))["predicts"])
    yield f"The models predict {predicts}, in the {result.data.rows:,} rows of {result.data.name}."
    given, development = result.spec.get("data", {}), f"{result.split.development:,} rows"
    if result.outer is not None:
        which = "only earlier rows" if given.get("time") else "only the other rows"
        made = f"{len(result.outer.folds)} outer folds by {result.outer.splitter}"
        yield f"Scores are those of nested cross-validation: of {made}, each was scored by a search that had {which}."
    else:
        rows = in_groups(result, f"{result.split.test:,} rows", "test_groups")
        own = plain(in_groups(result, development, "development_groups"))
        yield f"The test set is {plain(origin(result, rows))}; the development set has the other {own}."
    if given.get("groups"):
        yield f"Rows with the same {given['groups']} stayed on one side of every split."
    if given.get("time") and is_forward(result):
        yield f"In every split the rows to learn from are earlier, by {columns_named(given['time'])}."
    yield f"Preprocessing: {plain(transformations(result))}."


def _search(result: StudyResult) -> Iterator[str]:
    spec, search = result.spec, result.spec.get("search", {})
    training, space = spec.get("training", {}), spec.get("space", {})
    fixed = [f"{label(name)} {_word(training[name])}" for name in FIXED if name in training and name not in space]
    if "epochs" in training and "epochs" not in space:
        fixed.append(f"at most {training['epochs']:,} epochs")
    yield f"The networks are fully connected; fixed are {', '.join(fixed)}, and all else that the study file sets."
    default = "" if result.default is None else f", {_configuration(result, result.default.params)}"
    only = len(result.trials) == 1
    searched = "; ".join(f"{label(name)} {_range(given)}" for name, given in space.items())
    tried = f"{len(result.trials):,} configurations{' of the search over all rows' if result.outer else ''}"
    if only:
        yield f"The only configuration was fixed beforehand{default}; nothing was searched."
    else:
        yield f"Of {tried} the first was the default{default}; the others were proposed by"
        yield f"{_word(search.get('sampler', 'the sampler'))} (Optuna) from these ranges: {searched}."
    some = f"{plain(drawn)} of " if (drawn := drawn_for_folds(result)) else ""
    yield f"The score of a configuration is its mean {label_of_class(metric_of(spec), result.data.classes)} over"
    yield f"{plain(folds(result))} of {some}the development rows, at its best epoch."
    pruned = sum(one.state == "PRUNED" for one in result.trials)
    if search.get("pruner", "none") != "none" and not only:
        stopped = f"{pruned:,}" if pruned else "none"
        yield f"The {_word(search['pruner'])} pruner, or divergence, stopped {stopped} of them early."


def _choice(result: StudyResult) -> Iterator[str]:
    smallest, only = keeps_smallest(result), len(result.trials) == 1
    chosen_by = "smallest network within one standard error of" if smallest else "configuration with"
    if not only:
        yield f"The {chosen_by} the best score was chosen."
    yield plain(lead(result))
    if result.test is not None:
        yield "It was trained on all development rows."
    if result.outer is not None:
        yield "It was kept, and no row was left to test it alone."
    if (chosen := result.analysed.selection) is not None:
        scores = Scores.of_selection(result)
        corrected = "Out of fold" if only else "Corrected for having been chosen"
        yield f"{corrected}, its score is {scores.show(chosen.corrected)}, 95% interval"
        yield f"{scores.interval(chosen.ci95)} ({plain(selection_method(chosen, smallest))})."


def _test(result: StudyResult, reading: LedgerRecord | None) -> Iterator[str]:
    if (test := result.test) is None:
        yield "The final model was not tested."
        return
    models = [f"the {tested(result)}", *(["the default"] if test.default else [])]
    models += [plain(one.name) for one in scored_baselines(result, test)]
    once = "fixed before the test rows were read, and scored on them together, once."
    again = f"scored on the test rows together. {REUSE}"
    yield f"All models that the test compares, {', '.join(models)}, were {once if test.times_scored == 1 else again}"
    yield f"The interval of the {tested(result)}'s score is at 95% ({plain(interval_method(test))})."
    yield plain(interval_notes(result, test))
    for line in result.reading.notes if result.reading else ():
        if line.endswith(TOO_GOOD):
            yield f"{line[:1].upper()}{line[1:]}"
    if test.difference is not None:
        method = plain(difference_method(test.difference))
        yield f"Its difference to the default was tested, two-sided, at the level 5% ({method})."
    yield plain((*rows_scored(result, reading), looks_meaning(result, reading)))


def _software(result: StudyResult) -> Iterator[str]:
    versions = result.provenance.get("versions", {})
    if versions:
        yield f"Software: {', '.join(f'{name} {version}' for name, version in versions.items())}."
    seeds = [("study", result.spec["study"].get("seed")), ("split", result.spec.get("data", {}).get("split_seed"))]
    yield f"Seeds: {', '.join(f'{name} {seed}' for name, seed in seeds if seed is not None)}."
    yield f"The digest of the results is {result.digest[:12]}."


def _configuration(result: StudyResult, params: dict[str, Any]) -> str:
    named = [f"{label(name)} {parameter(params[name])}" for name in settings(params, result.spec)]
    return ", ".join([network(params, result.spec), *named])


def _range(given: dict[str, Any]) -> str:
    if "choices" in given:
        return " or ".join(_word(choice) for choice in given["choices"])
    return f"{parameter(given['low'])} to {parameter(given['high'])}{' (log scale)' if given.get('log') else ''}"


def _word(value: object) -> str:
    """Write a setting as people do."""
    if not isinstance(value, str):
        return parameter(value)
    return NAMES.get(value) or ACTIVATION_NAMES.get(value, value.replace("_", " "))


def _table(result: StudyResult, test: FinalScore) -> str:
    """Write the scores of all models on the test rows as a table."""
    scores, named = Scores.like(test.metric, test.score), [*scored_baselines(result, test)]
    limits = [one.ci95 for one in test.references if one.score is not None] if result.outer is None else []
    rows: list[tuple[Words, float, tuple[float, float] | None]] = [(tested(result), test.score, test.ci95)]
    if test.default is not None:
        rows.append(("default", test.default.score, test.default.ci95))
    rows += [(one.name, one.score, limits[at] if limits else None) for at, one in enumerate(named)]
    lines = [
        (plain(name), scores.show(score), scores.interval(interval) if interval else "–")
        for name, score, interval in rows
    ]
    columns = [("model", False), (axis_label(test.metric), True), ("95% interval", True)]
    return f"{PACKAGES}\n{table(_caption(result, test, scores), columns, lines)}"


def _caption(result: StudyResult, test: FinalScore, scores: Scores) -> str:
    rows = f"{test.rows:,} test rows" if result.outer is None else f"{test.rows:,} rows, in outer folds"
    label = label_of_class(test.metric, result.data.classes)
    said = f"{label[:1].upper()}{label[1:]} of {result.study} on the same {rows}."
    if test.difference is None:
        return said
    limits = f", 95% interval {scores.gain_interval(test.difference.ci95)}" if test.difference.has_interval else ""
    gain = f"{scores.gain(test.difference.score)}{limits}, {p_value(test.difference.p_value)}"
    return f"{said} The {tested(result)} against the default: {gain}; the other models were not compared by a test."
