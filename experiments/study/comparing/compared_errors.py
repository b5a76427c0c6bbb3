"""The errors of two studies' winners on the same development rows, with examples as the data has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from experiments.evaluation.analysis.analyse import picture_of
from experiments.evaluation.analysis.row_values import FILE, cell_texts, file_text, telling_columns
from experiments.evaluation.comparison.joint_errors import JointErrors, RowExample, joint_errors
from experiments.evaluation.final_model.mean_outputs import are_probabilities
from experiments.search.out_of_fold import array_of
from experiments.study.comparing.compared import ReadStudy
from experiments.study.comparing.compared_rows import KnownRows, Side, same_rows, same_truths

VALUES = 4  # columns of a row that is shown as an example


def winners_errors(one: Side, other: Side) -> JointErrors | None:
    """Compare the winners' errors; None where they have other rows or truths, or outputs are lost."""
    known, pair = one.known, (one.study, other.study)
    there = all(study.result is not None and study.outputs is not None for study in pair)
    if known is None or not there or not same_rows(one, other) or not same_truths(one, other):
        return None
    winners = [_winners_outputs(study) for study in pair]
    if not all(map(known.are_predicted_by, winners)):
        return None
    z = [array_of(content) for content in winners]
    logits = all(are_probabilities(_loss(study)) for study in pair)
    found = joint_errors(z[0], z[1], known.validated, known.target, logits)
    return replace(found, examples=tuple(_shown(example, known, pair) for example in found.examples))


def _winners_outputs(study: ReadStudy) -> bytes:
    return b"" if study.winner is None or study.outputs is None else study.outputs.get(study.winner.number, b"")


def _loss(study: ReadStudy) -> str:
    params = {} if study.winner is None else study.winner.params
    return str(params.get("loss", study.setting("training", "loss", "cross_entropy")))


def _shown(example: RowExample, known: KnownRows, pair: Sequence[ReadStudy]) -> RowExample:
    """Give an example its number in the data, and its picture or some of its values where the data is at hand."""
    at = int(np.flatnonzero(known.validated.rows == example.row)[0])
    numbered = replace(example, row=int(known.numbers[at]))
    if known.source is None:
        return numbered
    table = known.source[1].development.table
    if (picture := picture_of(table, example.row)) is not None:
        files = table.files
        named = () if files is None else ((FILE, file_text(files[example.row])),)
        return replace(numbered, picture=picture, values=named)
    names = telling_columns(table, pair[0].analysis.permutation)[:VALUES]
    return replace(numbered, values=tuple((name, cell_texts(table, [example.row], name)[0]) for name in names))
