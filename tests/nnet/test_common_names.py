"""A word by its common name is asked for before one that is spelled like it."""

from __future__ import annotations

import pytest

from nnet.activations import ACTIVATIONS
from nnet.common_names import WORDS, meant
from nnet.errors import SettingError
from nnet.estimator import MLPClassifier
from nnet.estimator_settings import architecture_of
from nnet.initializers import INITIALIZERS, initializer_for
from nnet.losses import LOSSES, loss_of
from nnet.metrics import METRICS, score_of
from nnet.near import folded
from nnet.network import Architecture
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES, Schedule


def activation_of_an_estimator(name):
    return architecture_of(MLPClassifier(activation=name).get_params(), 1, 1)


FINDERS = {  # what looks a name up: the names that it knows, a common name, and the one that is meant
    Schedule: (SCHEDULES, "ReduceLROnPlateau", "plateau"),
    loss_of: (LOSSES, "MSE", "mean_squared_error"),
    score_of: (METRICS, "mse", "neg_mean_squared_error"),
    lambda name: initializer_for(name, "relu"): (("auto", *INITIALIZERS), "xavier", "glorot"),
    lambda name: Architecture(1, (1,), 1, name): (ACTIVATIONS, "swish", "silu"),
    activation_of_an_estimator: (("logistic", *ACTIVATIONS), "linear", "identity"),
}


@pytest.mark.parametrize("find", FINDERS)
def test_an_error_lists_every_name_and_asks_for_the_one_that_is_meant(find):
    known, typed, wanted = FINDERS[find]
    with pytest.raises(SettingError) as error:
        find(typed)
    listed, asked = str(error.value).split(f", but got {typed!r} ")
    assert listed.split(" must be one of ")[1] == ", ".join(sorted(known))
    assert asked == f"(did you mean {wanted}?)."
    for name in known:
        find(name)


def test_common_names_are_of_what_there_is_and_hide_nothing():
    known = [*ACTIVATIONS, *INITIALIZERS, *LOSSES, *METRICS, *OPTIMIZERS, *SCHEDULES]
    assert set(WORDS) <= set(known)
    assert all(name == folded(name) for names in WORDS.values() for name in names)
    for table in (ACTIVATIONS, INITIALIZERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES):
        common = [name for word in table for name in WORDS.get(word, ())]
        assert len(common) == len(set(common))
        for word in table:
            assert meant(word, table) == [word]
