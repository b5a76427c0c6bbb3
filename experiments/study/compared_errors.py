"""The errors of two studies' winners on the same development rows, with examples as the data has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.evaluation.analysis import picture_of
from experiments.evaluation.joint_errors import JointErrors, RowExample, joint_errors
from experiments.evaluation.mean_outputs import are_probabilities
from experiments.search.out_of_fold import array_of
from experiments.study.compared import ReadStudy
from experiments.study.compared_rows import KnownRows, Rows, same_rows, same_truths

VALUES = 4  # columns of a row that is shown as an example


def winners_errors(studies: Sequence[ReadStudy], rows: Rows, first: int, second: int) -> JointErrors | None:
    """Compare the winners' errors; None where they have other rows or truths, or outputs are lost."""
    known, pair = rows.get(first), (studies[first], studies[second])
    outputs = [None if study.recorded is None else study.outputs for study in pair]
    if not same_rows(studies, rows, first, second) or not same_truths(rows, first, second) or None in outputs:
        return None
    assert isinstance(known, KnownRows)
    z = [array_of((of or {})[study.recorded.result.best.number]) for study, of in zip(pair, outputs, strict=True)]  # type: ignore[union-attr]
    logits = all(are_probabilities(_loss(study)) for study in pair)
    found = joint_errors(z[0], z[1], known.validated, known.target, logits)
    return replace(found, examples=tuple(_shown(example, known, pair) for example in found.examples))


def _loss(study: ReadStudy) -> str:
    params = {} if study.recorded is None else study.recorded.result.best.params
    return str({**study.spec.get("training", {}), **params}.get("loss", "cross_entropy"))


def _shown(example: RowExample, known: KnownRows, pair: Sequence[ReadStudy]) -> RowExample:
    """Give an example its number in the data, and its picture or some of its values where the data is at hand."""
    at = int(np.flatnonzero(known.validated.rows == example.row)[0])
    numbered = replace(example, row=int(known.numbers[at]))
    if known.source is None:
        return numbered
    table = known.source[1].development.table
    if (picture := picture_of(table, example.row)) is not None:
        return replace(numbered, picture=picture)
    shown = [name for name in _telling(pair[0]) if name in table.columns] or list(table.columns)
    kinds = dict(zip(table.columns, table.kinds, strict=True))
    names = [name for name in shown if kinds[name] != "date"][:VALUES]
    places = [table.columns.index(name) for name in names]
    cells = [
        table.features[example.row, place]
        if isinstance(table.features, np.ndarray)
        else table.features.iloc[example.row, place]
        for place in places
    ]
    return replace(numbered, values=tuple((name, _text(cell)) for name, cell in zip(names, cells, strict=True)))


def _telling(study: ReadStudy) -> list[str]:
    """List columns, those first whose shuffling costs the study's winner most."""
    analysis = None if study.recorded is None else study.recorded.result.analysis
    permuted = None if analysis is None else analysis.permutation
    return [] if permuted is None else [column.name for column in permuted.columns]


def _text(cell: Any) -> str:
    if cell is None or cell != cell:
        return "missing"
    return str(cell) if isinstance(cell, str) else f"{float(cell):.6g}"
