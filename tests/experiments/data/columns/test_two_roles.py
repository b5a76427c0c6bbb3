"""A column has one role, and the message says what to set where two keys name it."""

from __future__ import annotations

import pytest

from experiments.data.columns.two_roles import refuse_two_roles
from experiments.errors import DataError


def test_keys_that_go_together_may_name_one_column() -> None:
    refuse_two_roles(
        {"target": ("y",), "categories": ("y", "a"), "numbers": ("b",), "keep": ("a", "b"), "drop": ("c",)}
    )
    refuse_two_roles({})


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (
            {"target": ("y",), "drop": ("Tax",), "numbers": ("age", "Tax")},
            "data: column 'Tax' is named in drop and in numbers; set data.numbers = [\"age\"] for data.drop to hold.",
        ),
        (
            {"drop": ("a",), "numbers": ("a",)},
            "data: column 'a' is named in drop and in numbers; remove data.numbers for data.drop to hold.",
        ),
        (
            {"target": ("y",), "groups": ("y",)},
            "data: column 'y' is named in target and in groups; leave only one of them.",
        ),
        (
            {"target": ("y",), "drop": ("y", "b"), "dates": ("b", *map(str, range(20)))},
            "data: column 'y' is named in target and in drop; set data.drop = [\"b\"] for data.target to hold; "
            "data: column 'b' is named in drop and in dates; take it out of data.dates for data.drop to hold.",
        ),
    ],
)
def test_every_column_with_two_roles_is_named_with_what_to_set(roles: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(DataError) as caught:
        refuse_two_roles(roles)
    assert str(caught.value) == said
