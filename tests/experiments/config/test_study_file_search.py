"""What [search] refuses: one line that begins with the key."""

from __future__ import annotations

from datetime import date

import pytest

from experiments.config.study_file import parse_spec
from experiments.errors import SpecError

RATE = {"low": 1e-4, "high": 0.1, "log": True}


def test_search_names_what_it_refuses() -> None:
    for search, key, words in [
        ({"sampler": 3}, "sampler", "3"),
        ({"sampler_options": 3}, "sampler_options", "must be a table, but got 3"),
        ({"sampler_options": {"x": 3}}, "sampler_options.x", "tpe has no such option: its options are n_startup"),
        ({"sampler_options": {"popsize": 3}}, "sampler_options.popsize", "tpe has no such option"),
        ({"sampler": "random", "sampler_options": {"x": 3}}, "sampler_options.x", "no such option: it has none"),
        ({"sampler_options": {"n_ei_candidates": 0}}, "sampler_options.n_ei_candidates", "0"),
        ({"sampler_options": {"constant_liar": 1}}, "sampler_options.constant_liar", "1"),
        ({"sampler": "qmc", "sampler_options": {"qmc_type": "x"}}, "sampler_options.qmc_type", "'x'"),
        (
            {"sampler": "cmaes", "sampler_options": {"with_margin": True, "lr_adapt": True}},
            "sampler_options",
            "with_margin and lr_adapt",
        ),
        ({"sampler": "dice", "sampler_options": {"x": 3}}, "sampler", "'dice'"),
        ({"enqueue": 3}, "enqueue", "must be a list, but got 3"),
        ({"enqueue": [3]}, "enqueue[0]", "3"),
        ({"enqueue": [{}, {"learning_rate": [[1]]}]}, "enqueue[1].learning_rate", "1"),
        ({"enqueue": [{"learning_rate": "a"}]}, "enqueue[0].learning_rate", "'a'"),
        ({"enqueue": [{}, {"learning_rate": -1.0}]}, "enqueue[1].learning_rate", "learning_rate=-1.0"),
        ({"enqueue": [{"float": date(1979, 5, 27)}]}, "enqueue[0].float", "1979"),
        ({"enqueue": [{"dropout": 0.5}]}, "enqueue[0].dropout", "is not searched in [space]"),
    ]:
        document = {
            "study": {"name": "x"},
            "data": {"source": "iris"},
            "space": {"learning_rate": RATE},
            "search": search,
        }
        with pytest.raises(SpecError) as caught:
            parse_spec(document, "here")
        message = str(caught.value)
        assert message.startswith(f"here: search.{key}: ")
        assert words in message
        assert message.isprintable()
