"""A key needs no section where one section has it; the nearest keys to an unknown one are found in all sections."""

from __future__ import annotations

import pytest

from experiments.config.keys import KEYS, nearest_keys, whole_key
from experiments.errors import SpecError


def test_a_key_of_one_section_is_whole_without_it() -> None:
    for typed, whole in [("trials", "search.trials"), ("n_splits", "cv.n_splits"), ("rare", "preprocessing.rare")]:
        assert whole_key(typed) == whole_key(whole) == whole.split(".")
    assert [whole_key(key) for key in ("space", "study", "bogus")] == [["space"], ["study"], ["bogus"]]


def test_a_key_of_several_sections_is_refused_with_all_of_them() -> None:
    keys = [key for of_one in KEYS.values() for key in of_one]
    twice = {key for key in keys if keys.count(key) > 1}
    assert twice == {"epochs", "numbers", "patience", "source"}
    twice -= {"epochs", "source"}  # the trials' and the data's where nobody says that others are meant
    assert whole_key("epochs") == ["training", "epochs"]
    assert whole_key("source") == ["data", "source"]
    for key in twice:
        with pytest.raises(SpecError) as caught:
            whole_key(key)
        assert all(f"{section}.{key}" in str(caught.value) for section in KEYS if key in KEYS[section])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("training.batchsize", ["training.batch_size"]),
        ("search.epochs", ["training.epochs"]),
        ("cv.trails", ["search.trials"]),
        ("data.patience", ["training.patience", "search.patience"]),
        ("preprocess", ["preprocessing"]),
        ("Training", ["training"]),
        ("space.l2.hihg", ["space.l2.high"]),
        ("study.zzz", []),
    ],
)
def test_the_nearest_key_is_found_in_any_section(typed: str, meant: list[str]) -> None:
    assert nearest_keys(typed.split(".")) == meant
