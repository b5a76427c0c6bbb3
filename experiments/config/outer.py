"""The studies of nested cross-validation: one for each outer fold, and a last one that learns from all rows."""

from __future__ import annotations

from experiments.config.data_options import DataSection
from experiments.config.spec import StudySpec

SEEDS = 1 << 63  # number of seeds that a study can have


def outer_study(spec: StudySpec, fold: int) -> StudySpec:
    """Return the study whose test set is an outer fold, from 1 on: the same study but for its rows and its seed.

    With one seed all searches would begin with the same configurations, and hide how much chance decides.

    Raises:
        ValueError: the study has no outer folds.
    """
    if spec.cv.outer is None:
        raise ValueError("the study has no outer folds.")
    changed = {
        "study": spec.study.model_copy(update={"seed": (spec.study.seed + fold) % SEEDS}),
        "data": _with_test_fold(spec.data, fold, spec.cv.outer),
        "cv": spec.cv.model_copy(update={"outer": None}),
    }
    return spec.model_copy(update=changed)


def rows_of(spec: StudySpec) -> DataSection:
    """Return [data] with the rows that the study learns from: of nested cross-validation, all of them."""
    return spec.data if spec.cv.outer is None else _with_test_fold(spec.data, 0, spec.cv.outer)


def with_folds_at_most(spec: StudySpec) -> StudySpec:
    """Return a study on record with its number of folds as the most, since the study of an outer fold may have fewer.

    A record names what nobody asked for; where it was asked for, no outer study had fewer.
    """
    named = spec.cv.model_fields_set - {"n_splits"}
    return spec.model_copy(update={"cv": spec.cv.model_construct(_fields_set=named, **dict(spec.cv))})


def _with_test_fold(data: DataSection, fold: int, folds: int) -> DataSection:
    """Return [data] whose test set is an outer fold; with fold 0 every row is learned from."""
    return data.model_copy(update={"test_fold": (fold, folds)})
