"""Letters and marks stand out from the paper, in light and in dark, as WCAG 2 asks."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from experiments.reports.plots.svg import COLOURS

LETTERS, MARKS = 4.5, 3.0  # least contrast of each
CSS = files("experiments.reports").joinpath("templates", "report.css.jinja").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_and_marks_of_the_page_stand_out(colours: dict[str, str]) -> None:
    for name in ("ink", "muted", "blue", "good", "bad"):
        assert contrast(colours[name], colours["paper"]) >= LETTERS, name
    for name in ("ink", "muted"):
        assert contrast(colours[name], colours["wash"]) >= LETTERS, name
    for name in ("faint", "blue", "orange", "green", "even"):
        assert contrast(colours[name], colours["paper"]) >= MARKS, name


def test_letters_and_marks_of_a_picture_that_stands_alone_do_too() -> None:
    for name in ("ink", "muted"):
        assert contrast(COLOURS[name], COLOURS["ground"]) >= LETTERS, name
    for name in ("faint", "blue", "orange", "green"):
        assert contrast(COLOURS[name], COLOURS["ground"]) >= MARKS, name
