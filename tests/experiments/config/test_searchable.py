"""The keys that can be searched, and what is said of others."""

from __future__ import annotations

from experiments.config.searchable import SEARCHABLE, not_searchable, section_of


def test_a_key_that_cannot_be_searched_is_named_with_the_one_that_was_meant() -> None:
    assert not_searchable(["l2", "lr", "epochs", "weight_decay", "zzz"]) == [
        "space.lr: cannot be searched (did you mean space.learning_rate?)",
        "space.epochs: cannot be searched; set it in [training]",
        "space.weight_decay: cannot be searched (did you mean space.l2?)",
        "space.zzz: cannot be searched",
    ]
    assert SEARCHABLE["l2"] is float
    assert (section_of("l2"), section_of("rare")) == ("training", "preprocessing")
