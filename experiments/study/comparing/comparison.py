"""A comparison of studies: their lines in order, the rows that they share, their pairs, the settings that differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from experiments.config.documents import rounded
from experiments.config.readable import letters
from experiments.config.words import canonical
from experiments.evaluation.comparison.comparison_record import Comparison, Setting
from experiments.evaluation.scoring.ledger import Ledger
from experiments.study.comparing.compared import ReadStudy, entry_of
from experiments.study.comparing.compared_pairs import compare_pairs
from experiments.study.comparing.compared_rows import Side, same_rows, sides_of

NAME = ("study", "name")  # the one key that always differs


def compare_studies(
    studies: Sequence[ReadStudy], ledger: Ledger, data: str | None = None, metric: str | None = None
) -> Comparison:
    """Compare studies; no network is trained and nothing is written.

    Args:
        ledger: ledger that counts how often their test rows were scored.
        data:   the file or folder where their data is now.
        metric: metric by which the studies' choices are scored, as people name it; its own of each where None.

    Raises:
        SpecError:   no study has data of that name, or the metric cannot score a study's target.
        LedgerError: the ledger has lost entries of a study.
    """
    named = None if metric is None else str(canonical({"cv": {"metric": metric}})["cv"]["metric"])
    sides = sides_of(in_order(studies), data)
    found = compare_pairs(sides, named)
    sides, scores = [sides[at] for at in found.order], [found.named.get(at) for at in found.order]
    entries = [entry_of(side.study, ledger, letter) for side, letter in zip(sides, sharing(sides), strict=True)]
    return rounded(
        Comparison(
            studies=tuple(replace(entry, named=score) for entry, score in zip(entries, scores, strict=True)),
            pairs=found.pairs,
            settings=tuple(_settings([side.study for side in sides])),
            metric=named,
        )
    )


def in_order(studies: Sequence[ReadStudy]) -> list[ReadStudy]:
    """Return studies of one metric after the other, as named; within a metric the highest corrected score first."""
    metrics = list(dict.fromkeys(study.metric for study in studies))

    def place(study: ReadStudy) -> tuple[int, bool, float, float]:
        corrected = None if study.selection is None else study.selection.corrected
        best = 0.0 if study.best is None else study.best.result.value or 0.0
        return metrics.index(study.metric), corrected is None, -(corrected or 0.0), -best

    return sorted(studies, key=place)


def sharing(sides: Sequence[Side]) -> list[str]:
    """Return for each study the letter of those with the same rows and folds; nothing where no other has them."""
    first = [next(at for at, one in enumerate(sides) if one is side or same_rows(one, side)) for side in sides]
    return letters(first)


def _settings(studies: Sequence[ReadStudy]) -> Iterator[Setting]:
    """Yield the keys of the study files that differ, section by section."""
    files = [_keys(study.spec) for study in studies]
    sections = list(dict.fromkeys(key[0] for file in files for key in file))
    keys = sorted(dict.fromkeys(key for file in files for key in file), key=lambda key: sections.index(key[0]))
    for key in keys:
        values = tuple(file.get(key) for file in files)
        if key != NAME and any(value != values[0] for value in values):
            yield Setting(key=".".join(key), values=values)


def _keys(spec: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Return the values of a study file by section and key; an empty table is no value."""
    document: dict[str, dict[str, Any]] = json.loads(json.dumps(spec))
    return {
        (section, key): value for section, values in document.items() for key, value in values.items() if value != {}
    }
