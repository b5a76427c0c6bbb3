"""The tree of errors, and look-ups that list the known names."""

from __future__ import annotations

import pytest

from nnet.errors import NNetError, SettingError, ShapeError, lookup


@pytest.mark.parametrize("error", [SettingError, ShapeError])
def test_every_error_is_an_nnet_error_and_a_value_error(error):
    assert issubclass(error, NNetError)
    assert issubclass(error, ValueError)


def test_lookup_finds_or_names_the_value_and_the_choices():
    table = {"b": 1, "a": 2, "leaky_relu": 3}
    assert lookup(table, "b", "letter") == 1
    with pytest.raises(SettingError, match=r"^letter must be one of a, b, leaky_relu, but got 'c'\.$"):
        lookup(table, "c", "letter")
    with pytest.raises(SettingError, match=r"but got 'LeakyReLu' \(did you mean leaky_relu\?\)\.$"):
        lookup(table, "LeakyReLu", "letter")
    with pytest.raises(SettingError, match=r"^letter must be one of a, b, leaky_relu, but got \['a'\]\.$"):
        lookup(table, ["a"], "letter")
