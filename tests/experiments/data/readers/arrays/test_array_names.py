"""The usual names of arrays say what they hold, in any case; what may be meant is not guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from experiments.data.readers.arrays.array_names import ArrayNames, ChosenArrays
from experiments.errors import DataError


def chosen(names: Sequence[str], target: str | None = None, **roles: str) -> ChosenArrays:
    return ArrayNames("my.npz", names, lambda _: (4, 1)).choose(target, roles)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["X", "y"], [("X", "y")]),
        (["data", "target", "feature_names"], [("data", "target")]),
        (["IMAGES", "Labels"], [("IMAGES", "Labels")]),
        (["x_test", "x_train", "y_test", "y_train"], [("x_train", "y_train"), ("x_test", "y_test")]),
        (["trainX", "trainY", "valX", "valY"], [("trainX", "trainY"), ("valX", "valY")]),
        (
            ["test_images", "test_labels", "train_images", "train_labels", "val_images", "val_labels"],
            [("train_images", "train_labels"), ("val_images", "val_labels"), ("test_images", "test_labels")],
        ),
        (["X", "X_test", "y", "y_test"], [("X", "y"), ("X_test", "y_test")]),
        (["X", "X_test", "X_train", "y", "y_test", "y_train"], [("X", "y")]),
    ],
)
def test_usual_names_are_understood(names: list[str], parts: list[tuple[str, str]]) -> None:
    assert [(part.x, part.y) for part in chosen(names).parts] == parts


def test_parts_beside_the_whole_are_passed_over() -> None:
    found = chosen(["X", "X_test", "X_train", "y", "y_test", "y_train"])
    assert found.decisions == ("X_train passed over", "X_test passed over")


def test_a_target_and_roles_go_by_their_names_in_every_part() -> None:
    names = ["who_test", "who_train", "x_test", "x_train", "y_test", "y_train", "Z_test", "Z_train"]
    for target in ("Z", "z", "Z_train"):
        found = chosen(names, target, groups="who")
        assert [part.y for part in found.parts] == ["Z_train", "Z_test"]
        assert [part.others for part in found.parts] == [{"groups": "who_train"}, {"groups": "who_test"}]
        assert found.target_name == "Z"
    plain = chosen(["X", "test_scores", "y"], "test_scores", weights="y")
    assert (plain.parts[0].y, plain.target_name, plain.parts[0].others) == (
        "test_scores",
        "test_scores",
        {"weights": "y"},
    )


def test_all_that_is_wrong_is_said_at_once_with_what_is_near() -> None:
    with pytest.raises(DataError) as refused:
        chosen(["featres", "labls", "whom"], groups="who")
    assert str(refused.value) == (
        "my.npz: has no array of features, such as X (did you mean 'featres'?); has no target, such as y (did you mean "
        "'labls'?); name its array in data.target; has no array 'who' for data.groups (did you mean 'whom'?); its "
        "arrays are 'featres', 'labls', 'whom'."
    )
