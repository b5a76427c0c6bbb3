"""Images of rows as PNG files, and the place of each column in them."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence

from experiments.evaluation.records.analysis_record import PermutedColumn, PictureRecord


def png(picture: PictureRecord) -> str:
    """Return the PNG file of a picture, as base64.

    Raises:
        ValueError: the pixels are not as many as width, height and colour say.
    """
    from PIL import Image

    mode = "RGB" if picture.colour else "L"
    image = Image.frombytes(mode, (picture.width, picture.height), base64.b64decode(picture.pixels))
    out = io.BytesIO()
    image.save(out, format="PNG")
    return base64.b64encode(out.getvalue()).decode("ascii")


def places(columns: Sequence[PermutedColumn], picture: PictureRecord | None) -> dict[str, tuple[int, int]] | None:
    """Return the (row, column) of each column of the data in a picture, by name; None where columns are no pixels.

    The place follows from the position in a picture like the given one, and without one from the name,
    `pixel_ROW_COLUMN`.

    >>> column = PermutedColumn(name="29", position=29, drop=0.1, deviation=None)
    >>> places([column], PictureRecord(width=28, height=28, colour=False, pixels=""))
    {'29': (1, 1)}
    >>> places([column], None)
    """
    if picture is not None:
        channels = 3 if picture.colour else 1
        return {column.name: divmod(column.position // channels, picture.width) for column in columns}
    matches = [re.fullmatch(r"pixel_(\d+)_(\d+)", column.name) for column in columns]
    named = {match[0]: (int(match[1]), int(match[2])) for match in matches if match}
    return named if named and len(named) == len(columns) else None
