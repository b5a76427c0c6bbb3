"""Networks that an earlier version saved, whose architecture has fewer keys, are loaded."""

import json
from pathlib import Path

import numpy as np

from nnet.network import Architecture, Network
from nnet.saving import LATER, MODEL, load, save
from support.saved_networks import words_of


def test_an_architecture_of_before_noise_and_input_scale_has_none(tmp_path: Path) -> None:
    network = Network(Architecture(6, (5,), 3), [np.random.SeedSequence(0)])
    save(tmp_path, network)
    model = words_of(tmp_path)
    for name in LATER:
        del model["architecture"][name]
    (tmp_path / MODEL).write_text(json.dumps(model))
    loaded = load(tmp_path).network
    assert loaded.architecture == network.architecture
    assert np.array_equal(loaded.parameters.values, network.parameters.values)
