"""The datasets by name, and what every dataset keeps."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_moons

from experiments.data.identity.hashes import fingerprint
from experiments.data.readers.builtin import SOURCES, load_builtin
from experiments.errors import DataError

SHAPES = {
    "breast_cancer": (569, 30, 2),
    "digits": (1797, 64, 10),
    "iris": (150, 4, 3),
    "moons": (400, 2, 2),
    "wine": (178, 13, 3),
    "xor": (400, 2, 2),
}


def test_a_source_is_whole() -> None:
    for source in SHAPES:
        dataset = load_builtin(source)
        rows, width, classes = SHAPES[source]
        assert dataset.name == source
        assert (dataset.features.shape, dataset.features.dtype) == ((rows, width), np.float64)
        assert (dataset.target.shape, dataset.target.dtype) == ((rows,), np.int64)
        assert len(set(dataset.columns)) == len(dataset.kinds) == width
        assert set(dataset.kinds) == {"pixel" if source == "digits" else "number"}
        assert np.unique(dataset.target).tolist() == list(range(classes))
        assert len(set(dataset.classes or ())) == classes
        assert all(type(name) is str for name in dataset.classes or ())
        again = load_builtin(source)
        assert fingerprint(again.features, again.target) == fingerprint(dataset.features, dataset.target)


def test_diabetes_has_numbers_to_predict() -> None:
    table = load_builtin("diabetes")
    assert (table.classes, table.target.dtype, table.target_name) == (None, np.float64, "progression")
    assert (table.features.shape, table.columns[:3]) == ((442, 10), ("age", "sex", "bmi"))


def test_moons_are_scikit_learns() -> None:
    features, labels = make_moons(n_samples=400, noise=0.25, random_state=0)
    moons = load_builtin("moons")
    np.testing.assert_array_equal(moons.features, features)
    np.testing.assert_array_equal(moons.target, labels)


def test_xor_is_one_class_where_the_corners_coordinates_differ() -> None:
    xor = load_builtin("xor")
    assert xor.classes == ("same", "different")
    assert np.bincount(xor.target).tolist() == [200, 200]
    nearest = np.rint(xor.features)
    assert (xor.target == (nearest[:, 0] != nearest[:, 1])).mean() > 0.9
    assert 0.2 < np.std(xor.features - nearest) < 0.3


def test_only_pixels_have_a_range_and_it_is_theirs() -> None:
    ranges = {source: load_builtin(source).pixel_range for source in SHAPES}
    assert ranges == {**dict.fromkeys(SHAPES), "digits": 16.0}
    digits = load_builtin("digits")
    assert (digits.features.min(), digits.features.max(), digits.classes) == (0, 16, tuple("0123456789"))


@pytest.mark.parametrize(("source", "meant"), [("", ""), ("nowhere", ""), ("Irsi", " (did you mean iris?)")])
def test_an_unknown_source_is_refused_with_those_that_are(source: str, meant: str) -> None:
    with pytest.raises(DataError) as caught:
        load_builtin(source)
    named = f"{', '.join(sorted(SOURCES))}, openml:ID, a file or a folder/"
    assert str(caught.value) == f"data.source: must be {named}, but got {source!r}{meant}."


def test_a_fingerprint_is_of_type_shape_order_and_bytes() -> None:
    base = np.arange(6.0)
    others = [base.astype(np.float32), base.astype(">f8"), base.reshape(2, 3), base[::-1], base + 1e-15]
    digests = [fingerprint(one) for one in (base, *others)]
    assert len(set(digests)) == len(digests)
    assert fingerprint(base, base[:0]) != fingerprint(base)
    assert fingerprint(base[:2], base[2:]) != fingerprint(base[:3], base[3:])


def test_a_fingerprint_does_not_depend_on_the_layout_in_memory() -> None:
    base = np.arange(6.0).reshape(2, 3)
    assert fingerprint(np.asfortranarray(base)) == fingerprint(base)
    assert fingerprint(np.repeat(base, 2, axis=0)[::2]) == fingerprint(base)
