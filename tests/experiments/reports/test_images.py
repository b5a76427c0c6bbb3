from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from experiments.evaluation.records.analysis_record import PermutedColumn, PictureRecord
from experiments.reports.images import places, png


def _picture(pixels):
    height, width, *channels = pixels.shape
    text = base64.b64encode(pixels.tobytes()).decode()
    return PictureRecord(width=width, height=height, colour=bool(channels), pixels=text)


def test_the_file_holds_the_pixels():
    for shape in ((2, 3), (3, 2, 3)):
        pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
        image = Image.open(io.BytesIO(base64.b64decode(png(_picture(pixels)))))
        np.testing.assert_array_equal(np.asarray(image), pixels)


def test_pixels_that_are_too_few_are_refused():
    with pytest.raises(ValueError, match="not enough image data"):
        png(PictureRecord(width=3, height=3, colour=False, pixels="AAAA"))


def _columns(*names):
    return [PermutedColumn(name=name, position=place, drop=0.1, deviation=None) for place, name in enumerate(names)]


def test_the_three_pixels_of_a_colour_share_a_place():
    picture = PictureRecord(width=2, height=2, colour=True, pixels="")
    found = places(_columns(*(str(number) for number in range(12))), picture)
    assert (found["0"], found["2"], found["3"], found["11"]) == ((0, 0), (0, 0), (0, 1), (1, 1))


def test_without_a_picture_the_places_follow_from_the_names():
    assert places(_columns("pixel_0_3", "pixel_7_1"), None) == {"pixel_0_3": (0, 3), "pixel_7_1": (7, 1)}
    for names in (["pixel_0_0", "age"], ["0", "1"], []):
        assert places(_columns(*names), None) is None
