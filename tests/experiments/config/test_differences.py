"""Every difference is named, in the order in which a study comes to its results."""

from __future__ import annotations

import copy
from typing import Any

from experiments.config.documents import LONGEST, Difference, differences
from support.results import made_up


def document() -> dict[str, Any]:
    return copy.deepcopy(made_up().document())


def test_equal_documents_have_none() -> None:
    assert differences(document(), document()) == []


def test_the_cause_comes_before_what_it_leads_to() -> None:
    found = document()
    found["best"]["cv_mean"] = 0.9
    found["trials"][1].update(value=0.9, fold_scores=[0.8, 1.0], params={"learning_rate": 0.03})
    found["trials"][0]["last"] = 0.25
    found["spec"]["study"]["seed"] = 1
    assert [one.where for one in differences(document(), found)] == [
        "spec.study.seed",
        "trial 0: last",
        "trial 1: params.learning_rate",
        "trial 1: fold_scores[0]",
        "trial 1: value",
        "best.cv_mean",
    ]
    first = differences(document(), found)[0]
    assert first == Difference("spec.study.seed", "0", "1")


def test_what_only_one_of_them_has_is_absent_in_the_other() -> None:
    found = document()
    del found["trials"][1]
    del found["split"]
    found["more"] = "x" * 200
    more, split, trial = sorted(differences(document(), found), key=lambda one: one.where)
    assert (split.where, split.found, trial.where, trial.found) == ("split", "absent", "trial 1", "absent")
    assert (more.where, more.recorded, len(more.found)) == ("more", "absent", LONGEST + 3)


def test_types_and_last_bits_count() -> None:
    pairs = [(1, 1.0), (1, True), (0.0, False), (None, 0), (0.1, 0.1 + 2**-56), ("a", "a "), ([], {})]
    assert all(differences({"x": a}, {"x": b}) for a, b in pairs)
    assert differences({"x": "\n\x1b"}, {"x": 0})[0].recorded.isprintable()
