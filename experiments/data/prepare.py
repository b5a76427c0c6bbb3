"""From [data] and [cv] to a study's development rows, sealed test set and folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.config.candidate import Preprocessing
from experiments.config.data_options import Decided
from experiments.config.outer import rows_of
from experiments.config.spec import StudySpec
from experiments.config.target import Target
from experiments.data.features import take_rows
from experiments.data.hints.alike_neighbours import neighbour_hints
from experiments.data.hints.calendar_hints import calendar_hints
from experiments.data.hints.last_batch import last_batch_hint
from experiments.data.hints.leaks import leak_hints
from experiments.data.hints.odd_numbers import brightness_hint, hints, size_hint
from experiments.data.hints.pooling import pooling_note
from experiments.data.hints.role_hints import role_hints, survival_columns
from experiments.data.hints.time_order import order_hints
from experiments.data.inputs.preprocessing import Preprocessor, fit_preprocessor
from experiments.data.load import load_table
from experiments.data.splits.copies import Copies, with_equal_rows
from experiments.data.splits.development_rows import understood
from experiments.data.splits.drawn_together import blocks_note
from experiments.data.splits.fold_rows import fold_rows
from experiments.data.splits.folds import Folds, class_counts, make_folds, suitable_folds
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.splits.moments import most_forward_folds
from experiments.data.splits.outer_folds import check_inner_folds, split_off
from experiments.data.splits.positive import one_class_notes, rare_class_notes
from experiments.data.splits.split import DevelopmentSet, table_fingerprint
from experiments.data.table import Table, TableReading
from experiments.errors import DataError
from nnet.arrays import Rows
from nnet.batches import FoldData


@dataclass(frozen=True)
class StudyData:
    """The data of a study.

    fingerprint: SHA-256 of all rows, in the order of the source.
    n_splits:    number of folds of a repetition.
    notes:       what was decided that a person may want otherwise, one line each.
    copies:      the copies among the rows; None without any.
    own_test:    whether the test rows are the source's own.
    """

    name: str
    target: Target
    rows: int
    features: int
    fingerprint: str
    development: DevelopmentSet
    test: SealedTestSet
    folds: Folds
    n_splits: int
    notes: tuple[str, ...]
    copies: Copies | None
    own_test: bool

    @property
    def reading(self) -> TableReading | None:
        """Return how the columns of a file were read; None where nothing was to be decided."""
        return self.development.table.reading

    @property
    def decided(self) -> Decided:
        """Return the keys of [data] with which nothing is left to decide about columns and copies."""
        columns = {} if self.reading is None else self.reading.keys
        return {**columns, **({} if self.copies is None else self.copies.keys)}


def prepare(spec: StudySpec, environ: Mapping[str, str], table: Table | None = None) -> StudyData:
    """Load the rows, draw from them, seal the test set and make the folds.

    Args:
        environ: may name the folder of MNIST's files.
        table:   rows in memory; None: they are loaded from the spec's source.

    Raises:
        DataError: the data breaks a rule.
    """
    section = rows_of(spec)
    table = load_table(section, environ) if table is None else table
    rows, copies, notes = understood(with_equal_rows(table), section)
    table = rows.table
    development, test = split_off(rows, section)
    if spec.cv.outer is not None:
        check_inner_folds(rows, section, spec.cv)
    notes += _unused_test_size(spec)
    notes += tuple(_hints(spec, development, test))
    drawn = fold_rows(development, spec.cv, spec.data.split_seed)
    cv = suitable_folds(development, spec.cv, drawn)
    if cv.n_splits < spec.cv.n_splits:
        notes += (_fewer_folds(development, spec.cv.n_splits, cv.n_splits, drawn),)
    folds = make_folds(development, cv, spec.data.split_seed, drawn)
    notes += last_batch_hint(spec, [len(development.y), *(len(train) for train, _ in folds.pairs)])
    return StudyData(
        name=table.name,
        target=development.target,
        rows=len(rows.y),
        features=table.features.shape[1],
        fingerprint=table_fingerprint(table, rows.y),
        development=development,
        test=test,
        folds=folds,
        n_splits=cv.n_splits,
        notes=notes,
        copies=copies,
        own_test=table.own_test > 0,
    )


def _hints(spec: StudySpec, development: DevelopmentSet, test: SealedTestSet) -> Iterator[str]:
    """Say what the development rows suggest to change, and how the test rows are drawn."""
    searched, ours, target = spec.space, development.table, development.target
    if "rare" not in searched and (note := pooling_note(ours, spec.preprocessing.rare)) is not None:
        yield note
    yield from one_class_notes(target, spec.cv.metric, spec.data.positive is not None)
    yield from rare_class_notes(development, spec.cv.metric, spec.data.positive is not None)
    if ours.time is not None and test.groups is not None:
        yield blocks_note(test.groups)
    yield from leak_hints(development)
    if ours.files is not None:
        from experiments.data.hints.left_out_groups import picture_groups  # imports pyarrow

        yield from picture_groups(ours)
    yield from role_hints(ours, (spec.data.test or spec.data.test_rows) is not None)
    yield from size_hint(ours)
    order = order_hints(ours, survival_columns(ours))
    yield from order or neighbour_hints(development)
    yield from calendar_hints(ours, bool(order))
    bounded = spec.preprocessing.numbers in ("quantile", "robust", "piecewise") or "numbers" in searched
    yield from hints(development, bounded, spec.cv.metric)
    if not spec.training.batch_norm and "batch_norm" not in searched:
        yield from brightness_hint(ours)


def _unused_test_size(spec: StudySpec) -> tuple[str, ...]:
    """Say that the size of a test set is not used, where the study file names one.

    Raises:
        DataError: [data] is strict.
    """
    named = spec.data.test_rows
    if "test_size" not in spec.data.model_fields_set or (named is None and spec.cv.outer is None):
        return ()
    rule = "with cv.outer each row is tested by the search that did not have it"
    rule = rule if named is None else f'data.test_rows = "{named}" names the test rows'
    if spec.data.strict:
        raise DataError(f"data.test_size: {rule}; remove data.test_size.")
    return (f"data.test_size: not used, as {rule}.",)


def _fewer_folds(development: DevelopmentSet, usual: int, folds: int, drawn: Rows) -> str:
    groups = development.table.groups
    if groups is not None and len(np.unique(groups)) == folds:
        return f"cv.n_splits: {folds} folds instead of {usual}, as there are only {folds} development groups."
    if (time := development.table.time) is not None:
        few = f"as the development rows are of {len(np.unique(time))} moments"
        why = few if most_forward_folds(time, usual) < usual else "so that the first one can learn every class"
        return f"cv.n_splits: {folds} folds instead of {usual}, {why}."
    counts = class_counts(development, drawn)
    name = development.target.classes[int(counts.argmin())]
    copies = "" if development.table.copies is None else ", where copies count as one"
    few = f"class {name!r} has only {counts.min()} development rows{copies}"
    return f"cv.n_splits: {folds} folds instead of {usual}, as {few}."


def preprocessed_folds(
    development: DevelopmentSet,
    folds: Folds,
    preprocessing: Preprocessing,
    fitted: Sequence[Preprocessor] | None = None,
) -> list[FoldData]:
    """Preprocess the folds for the network; each preprocessor is fitted to its fold's training rows alone.

    Folds with equal preprocessors share an array.

    Args:
        fitted: result of `fitted_folds`, if it is known.
    """
    fitted = fitted_folds(development, folds, preprocessing) if fitted is None else fitted
    known: dict[str, NDArray[np.float32]] = {}
    prepared = []
    for (train, validation), of_fold in zip(folds.pairs, fitted, strict=True):
        if (key := of_fold.key) not in known:
            known[key] = of_fold.transform(development.features)
            known[key].setflags(write=False)
        prepared.append(FoldData(known[key], development.y, train, validation, development.table.weights))
    return prepared


def fitted_folds(development: DevelopmentSet, folds: Folds, preprocessing: Preprocessing) -> list[Preprocessor]:
    """Fit the preprocessing to the training rows of each fold."""
    if folds.development != development.fingerprint:
        raise DataError("the folds must be of these development rows, but the fingerprints differ.")
    return [fitted_on(development, train, preprocessing) for train, _ in folds.pairs]


def fitted_on(development: DevelopmentSet, rows: Rows, preprocessing: Preprocessing) -> Preprocessor:
    """Fit the preprocessing to some development rows."""
    table = development.table
    if set(table.kinds) == {"pixel"}:
        rows = rows[:1]  # nothing is fitted to pixels
    return fit_preprocessor(take_rows(table.features, rows), table.kinds, table.pixel_range, preprocessing)
