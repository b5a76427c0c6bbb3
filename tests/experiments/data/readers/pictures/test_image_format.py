"""The development pictures alone decide the size and the colour of all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from experiments.config.data_options import DataSection
from experiments.data.readers.pictures.image_file import ImageFormat, ImageHeader, Size
from experiments.data.readers.pictures.image_format import FormatDecision, decide_format

DATA = DataSection(source="flowers/")


def decided(sizes: Sequence[Size], rows: Sequence[int] | None = None, data: DataSection = DATA) -> FormatDecision:
    headers = [ImageHeader(size, False) for size in sizes]
    return decide_format(headers, data, lambda: np.array(range(len(sizes)) if rows is None else rows))


def test_one_size_is_kept_and_nothing_is_said() -> None:
    found = decided([(100, 90)] * 3)
    assert found == FormatDecision(ImageFormat((100, 90), False), {}, (), ())


@pytest.mark.parametrize(
    ("sizes", "size", "reason"),
    [
        ([(30, 20)] * 3 + [(9, 9), (8, 8)], (30, 20), "the size of most"),
        ([(30, 20)] * 2 + [(10, 40), (8, 8)], (20, 20), "the median size"),
        ([(300, 200)] * 3 + [(9, 9)], (64, 43), "the size of most made smaller, to 64 pixels on a side"),
        ([(100, 400), (300, 1000)], (18, 64), "the median size made smaller, to 64 pixels on a side"),
        ([(300, 300)] * 2, (64, 64), "the size of the training pictures made smaller, to 64 pixels on a side"),
        ([(9000, 1), (1, 1), (1, 1), (9000, 1)], (64, 1), "the median size made smaller, to 64 pixels on a side"),
    ],
)
def test_a_size_is_decided_and_said_with_its_key(sizes: list[Size], size: Size, reason: str) -> None:
    found = decided(sizes)
    others = sum(one != size for one in sizes)
    assert (found.form.size, found.keys) == (size, {"size": size})
    assert found.decisions == (
        f"{others} of {len(sizes)} pictures brought to {size[0]} x {size[1]}, {reason} "
        f"(data.size = [{size[0]}, {size[1]}])",
    )


def test_a_named_size_is_taken_and_nothing_is_said() -> None:
    found = decided([(3, 4), (5, 6)], data=DataSection(source="flowers/", size=(7, 8)))
    assert (found.form.size, found.decisions, found.keys) == ((7, 8), (), {})


def test_test_pictures_decide_neither_size_nor_colour() -> None:
    sizes, ours = [(30, 20), (10, 40), (10, 40), (10, 40)], [0, 1]
    found = decided(sizes, ours)
    assert (found.form.size, "3 of 4" in found.decisions[0]) == ((20, 30), False)
    assert decided([(30, 20)] + [(500, 500)] * 5, [0]).form.size == (30, 20)
    headers = [ImageHeader((4, 4), coloured) for coloured in (False, False, True, True)]
    grey = decide_format(headers, DATA, lambda: np.array([0, 1]))
    assert (grey.form.colour, grey.keys) == (False, {"colour": False})
    assert grey.facts == (
        "2 of 4 are in colour, all are read grey, as the training pictures are (data.colour = false)",
    )
    colour = decide_format(headers, DATA, lambda: np.array([1, 2]))
    assert (colour.form.colour, colour.keys) == (True, {"colour": True})
    assert colour.facts == ("2 of 4 are in colour, all are read in colour (data.colour = true)",)
