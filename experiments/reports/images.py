"""Pictures of pixels: of mistakes as PNG files, and where a column of a table lies in one."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence

from experiments.evaluation.records import PermutedColumn, PictureRecord


def png(picture: PictureRecord) -> str:
    """The PNG file of a picture, as base64.

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
    """The (row, column) of each column of the data, by its name; None where they are no pixels.

    Pixels lie by their position in pictures like the one given; without one by their names, `pixel_ROW_COLUMN`.

    >>> column = PermutedColumn(name="29", position=29, drop=0.1, deviation=None)
    >>> places([column], PictureRecord(width=28, height=28, colour=False, pixels=""))
    {'29': (1, 1)}
    >>> places([column], None)
    """
    if picture is not None:
        channels = 3 if picture.colour else 1
        return {one.name: divmod(one.position // channels, picture.width) for one in columns}
    named = [re.fullmatch(r"pixel_(\d+)_(\d+)", one.name) for one in columns]
    found = {match[0]: (int(match[1]), int(match[2])) for match in named if match}
    return found if found and len(found) == len(columns) else None
