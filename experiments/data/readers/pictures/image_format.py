"""The size and colour of all pictures, decided from the development pictures alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.config.data_options import DataSection, Decided
from experiments.data.readers.pictures.image_file import ImageFormat, ImageHeader, Size
from nnet.arrays import Rows

MOST_VALUES = 1 << 16  # of a row
LONGEST = 64  # pixels of the longer side of a size that nobody named


@dataclass(frozen=True)
class FormatDecision:
    """The format of all rows.

    keys:      the keys of [data] with which nothing is left to decide.
    facts:     a line about the colour, where pictures differ in it, or are saved in colour and hold none.
    decisions: a line about the size, where nobody named it and pictures differ in it.
    """

    form: ImageFormat
    keys: Decided
    facts: tuple[str, ...]
    decisions: tuple[str, ...]


def decide_format(
    headers: Sequence[ImageHeader], data: DataSection, development: Callable[[], Rows], hold_grey: bool = False
) -> FormatDecision:
    """Decide the size and the colour of all rows, where [data] does not name them.

    The size is that of more than half of the development pictures, or else the median of their widths and heights. It
    is made smaller, with the same proportions, where it was not everyone's or would be too large for a row. The rows
    are in colour if a development picture is.

    Args:
        headers:     of all pictures.
        development: computes the rows of the development pictures; called only if pictures differ.
        hold_grey:   whether all pixels of the development pictures are grey, however they are saved.
    """
    colours, sizes = {one.colour for one in headers}, {one.size for one in headers}
    are_equal = (data.colour is not None or len(colours) == 1) and (data.size is not None or len(sizes) == 1)
    ours = headers if are_equal else [headers[row] for row in development()]
    colour = (any(one.colour for one in ours) and not hold_grey) if data.colour is None else data.colour
    size, reason = (data.size, "") if data.size is not None else _size([one.size for one in ours], colour)
    keys: dict[str, tuple[int, int] | bool] = {}
    facts, decisions = [], []
    others = sum(one.size != size for one in headers)
    if data.size is None and others:
        keys["size"] = size
        decisions.append(
            f"{others} of {len(headers)} pictures brought to {size[0]} x {size[1]}, {reason} (data.size = {[*size]})"
        )
    in_colour = sum(one.colour for one in headers)
    if data.colour is None and hold_grey:
        keys["colour"] = False
        facts.append(
            f"{in_colour} of {len(headers)} are saved in colour, but the training pictures hold only grey: all are "
            "read grey (data.colour = false)"
        )
    elif data.colour is None and len(colours) > 1:
        keys["colour"] = colour
        kind = "in colour" if colour else "grey, as the training pictures are"
        facts.append(
            f"{in_colour} of {len(headers)} are in colour, all are read {kind} (data.colour = {str(colour).lower()})"
        )
    return FormatDecision(ImageFormat(size, colour), keys, tuple(facts), tuple(decisions))


def _size(sizes: Sequence[Size], colour: bool) -> tuple[Size, str]:
    """Choose a size, and give the reason."""
    size, times = Counter(sizes).most_common(1)[0]
    reason = "the size of the training pictures" if times == len(sizes) else "the size of most"
    if 2 * times <= len(sizes):
        size = (int(np.median([width for width, _ in sizes])), int(np.median([height for _, height in sizes])))
        reason = "the median size"
    if max(size) > LONGEST and (times < len(sizes) or ImageFormat(size, colour).values > MOST_VALUES):
        scale = LONGEST / max(size)
        size = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        reason += f" made smaller, to {LONGEST} pixels on a side"
    return size, reason
