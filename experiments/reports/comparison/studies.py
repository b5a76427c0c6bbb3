"""The studies side by side: their searches, their test scores, and the settings that differ."""

from __future__ import annotations

import json
from typing import Any

from experiments.evaluation.comparison.comparison_record import ComparedStudy, Comparison
from experiments.reports.blocks import (
    Block,
    Code,
    Column,
    Fact,
    Heading,
    Row,
    Section,
    Table,
    Text,
    Words,
    note,
    number,
    sentence,
    text,
)
from experiments.reports.formatting import NOTHING, parameter
from experiments.reports.metrics import Scores, axis_label, metric_label

USES_UP = "choosing by these uses up the test set"
APART = (
    "Each score is of a final model that was fixed before its test rows were read{}. They stand apart, as {}: the "
    "score of a study that is chosen by them is as optimistic as any best of many. The last column counts the tests "
    "that used these rows, or some of them, by the ledger here."
)
OTHER_ROWS = (
    "The test rows of {} are not all the same, so their scores do not say which model is better: some rows are easier."
)
NESTED = "{}: the score of nested cross-validation, of the whole procedure with its search, and of no single model."
SCORES = (
    Column("study", number=False),
    Column("metric", number=False),
    Column("corrected score"),
    Column("95% interval"),
    Column("selection score (optimistic)"),
    Column("data", number=False),
    Column("rows"),
    Column("same rows", number=False),
)
NAMED = (
    "In each draw the configuration that is best by the study's metric on the drawn rows is scored by {} on the "
    "others. A study that is not tested against another one has no score here."
)
IN_ORDER = "In order of the corrected score, one metric after the other. "
EXPLAINED = (
    "{}The corrected score estimates what to expect of a study's chosen configuration on new rows, without the luck of "
    "having been chosen; the selection score has that luck. Scores of different rows or metrics cannot be compared. "
    "Studies with the same letter under “same rows” have the same rows in the same folds."
)
SEARCHES = (
    Column("study", number=False),
    Column("sampler", number=False),
    Column("pruner", number=False),
    Column("arithmetic", number=False),
    Column("trials"),
    Column("complete"),
    Column("pruned"),
    Column("diverged or failed"),
    Column("epochs trained"),
    Column("seconds"),
)
LONGEST = 60  # letters of a setting


def studies(comparison: Comparison) -> Section:
    """Show a line for each study, the highest corrected score of each metric first."""
    scores, searches = (
        tuple(Row(*cells(at, study)) for at, study in enumerate(comparison.studies)) for cells in (_scores, _search)
    )
    blocks: list[Block] = [
        *_named(comparison),
        Table("Scores", SCORES, scores, wide=True),
        note(EXPLAINED, IN_ORDER if comparison.metric is None else ""),
        *(_notes(at, study) for at, study in enumerate(comparison.studies) if study.notes),
        Heading("Their searches"),
        Table("Searches", SEARCHES, searches, wide=True),
        note("Epochs are of all folds at once. Seconds are of the search, on the machine that it ran on."),
        Heading("The best configurations"),
        Table(
            "Best configurations",
            (Column("study", number=False), Column("its best trial", number=False)),
            tuple(
                Row(
                    Fact(f"studies[{at}].name", study.name),
                    sentence(
                        "trial {}: {}",
                        Fact(f"studies[{at}].winner", str(study.winner)),
                        Fact(f"studies[{at}].configuration", study.configuration),
                    ),
                )
                for at, study in enumerate(comparison.studies)
                if study.winner is not None
            ),
            prose=True,
        ),
    ]
    return Section("Studies", "studies", tuple(blocks))


def test_scores(comparison: Comparison) -> Section | None:
    """Show the test scores apart, with the number of times that their rows were scored; None where no study has one."""
    rows = []
    for at, study in enumerate(comparison.studies):
        if (test := study.test) is not None:
            scores, key = Scores.like(study.metric, test.score), f"studies[{at}].test"
            rows.append(
                Row(
                    Fact(f"studies[{at}].name", study.name),
                    metric_label(study.metric),
                    Fact(f"{key}.score", scores.show(test.score)),
                    Fact(f"{key}.ci95", scores.interval(test.ci95)),
                    number(f"{key}.rows", test.rows),
                    number(f"{key}.looks", test.looks) if test.own else Fact(f"{key}.looks", "not in this ledger"),
                )
            )
    if not rows:
        return None
    columns = (
        Column("study", number=False),
        Column("metric", number=False),
        Column("test score"),
        Column("95% interval"),
        Column("test rows"),
        Column("tests"),
    )
    tested = [(study.name, study.test) for study in comparison.studies if study.test is not None]
    nested = ", ".join(name for name, test in tested if test.nested)
    again = ", ".join(name for name, test in tested if test.times_scored > 1)
    but = f", but that of {again}, whose rows had been scored before" if again else ""
    notes = (*of_other_rows(comparison), text(APART, but, USES_UP), *((text(NESTED, nested),) if nested else ()))
    return Section("Test scores", "test", (Table("Test scores", columns, tuple(rows)), *notes))


def of_other_rows(comparison: Comparison) -> list[Text]:
    """Say, metric by metric, which studies were not all tested on the same rows."""
    lines = []
    for metric in dict.fromkeys(study.metric for study in comparison.studies):
        ours = [study for study in comparison.studies if study.metric == metric and study.test is not None]
        known = {study.test.cells for study in ours if study.test is not None and study.test.cells}
        if len(known) > 1:
            names = [study.name for study in ours]
            lines.append(text(OTHER_ROWS, f"{', '.join(names[:-1])} and {names[-1]}"))
    return lines


def settings(comparison: Comparison) -> Section:
    """Show the keys of the resolved study files that differ."""
    if not comparison.settings:
        return Section("What differs", "settings", (text("The study files differ in nothing but their names."),))
    columns = (Column("key", number=False), *(Column(study.name, number=False) for study in comparison.studies))
    rows = tuple(
        Row(
            Code(setting.key),
            *(Fact(f"settings[{at}].values[{place}]", _setting(value)) for place, value in enumerate(setting.values)),
        )
        for at, setting in enumerate(comparison.settings)
    )
    explanation = note("Keys of the resolved study files; – is a key that a study does not have.")
    return Section("What differs", "settings", (Table("Settings", columns, rows, wide=True), explanation))


def _named(comparison: Comparison) -> list[Block]:
    """Show the scores by the metric that the comparison names."""
    if comparison.metric is None:
        return []
    name, rows = metric_label(comparison.metric), []
    for at, study in enumerate(comparison.studies):
        key, found = f"studies[{at}]", study.named
        scores = Scores.like(comparison.metric, None if found is None else found.score)
        rows.append(
            Row(
                Fact(f"{key}.name", study.name),
                Fact(f"{key}.metric", metric_label(study.metric)),
                NOTHING if found is None else Fact(f"{key}.named.score", scores.show(found.score)),
                NOTHING if found is None else Fact(f"{key}.named.ci95", scores.interval(found.ci95)),
            )
        )
    columns = (
        Column("study", number=False),
        Column("chosen by", number=False),
        Column(axis_label(comparison.metric)),
        Column("95% interval"),
    )
    return [Table(f"Scores by {name}", columns, tuple(rows)), note(NAMED, name)]


def _scores(at: int, study: ComparedStudy) -> tuple[Words, ...]:
    key, scores = f"studies[{at}]", Scores.like(study.metric, study.best)
    return (
        Fact(f"{key}.name", study.name),
        Fact(f"{key}.metric", metric_label(study.metric)),
        NOTHING if study.corrected is None else Fact(f"{key}.corrected", scores.show(study.corrected)),
        NOTHING if study.ci95 is None else Fact(f"{key}.ci95", scores.interval(study.ci95)),
        NOTHING if study.best is None else Fact(f"{key}.best", scores.show(study.best)),
        Fact(f"{key}.data", study.data),
        NOTHING if study.development is None else number(f"{key}.development", study.development),
        Fact(f"{key}.sharing", study.sharing) if study.sharing else NOTHING,
    )


def _search(at: int, study: ComparedStudy) -> tuple[Words, ...]:
    key, seconds = f"studies[{at}]", study.seconds
    return (
        Fact(f"{key}.name", study.name),
        Fact(f"{key}.sampler", study.sampler),
        Fact(f"{key}.pruner", study.pruner),
        Fact(f"{key}.arithmetic", study.arithmetic),
        number(f"{key}.trials", study.trials),
        number(f"{key}.complete", study.complete),
        number(f"{key}.pruned", study.pruned),
        number(f"{key}.without_score", study.without_score),
        NOTHING if study.epochs is None else number(f"{key}.epochs", study.epochs),
        NOTHING if seconds is None else Fact(f"{key}.seconds", f"{seconds:,.{1 if seconds < 10 else 0}f}"),
    )


def _notes(at: int, study: ComparedStudy) -> Text:
    return text("{}: {}.", Fact(f"studies[{at}].name", study.name), "; ".join(study.notes))


def _setting(value: Any) -> str:
    """Write a setting, as a study file does.

    >>> _setting(None), _setting({"low": 0.001, "log": True}), _setting([1, 2]), _setting("tpe")
    ('–', 'low = 0.001, log = true', '1, 2', 'tpe')
    """
    if isinstance(value, dict):
        written = ", ".join(f"{key} = {json.dumps(part, ensure_ascii=False)}" for key, part in value.items())
    else:
        written = parameter(value) if not isinstance(value, float) else repr(value)
    return written if len(written) <= LONGEST else f"{written[: LONGEST - 1]}…"
