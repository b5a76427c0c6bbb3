"""Pictures of pixels: of mistakes as PNG files, and where a column of a table lies in one."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable

from experiments.records.analysis import PictureRecord


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


def places(names: Iterable[str], picture: PictureRecord | None) -> dict[str, tuple[int, int]] | None:
    """The (row, column) of each column by its name; None where the names are no pixels.

    Names are `pixel_ROW_COLUMN`, or numbers counted along the rows of pictures like the one given, of which a colour
    has three in a row.

    >>> places(["pixel_0_3", "pixel_7_1"], None)
    {'pixel_0_3': (0, 3), 'pixel_7_1': (7, 1)}
    >>> places(["0", "29"], PictureRecord(width=28, height=28, colour=False, pixels=""))
    {'0': (0, 0), '29': (1, 1)}
    >>> places(["age"], None)
    """
    found = {}
    for name in names:
        if by_place := re.fullmatch(r"pixel_(\d+)_(\d+)", name):
            found[name] = (int(by_place[1]), int(by_place[2]))
        elif picture is not None and re.fullmatch(r"\d+", name):
            found[name] = divmod(int(name) // (3 if picture.colour else 1), picture.width)
        else:
            return None
    return found or None
