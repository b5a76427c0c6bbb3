"""An example of two winners' errors is shown as the data has it: by its number there, and a picture by its file."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from experiments.config.target import Target
from experiments.data.table import Table
from experiments.evaluation.comparison.joint_errors import RowExample
from experiments.evaluation.validation_rows import ValidationRows
from experiments.study.comparing.compared_errors import _shown
from experiments.study.comparing.compared_rows import KnownRows


def test_a_picture_is_shown_with_its_file_and_its_number_in_the_data() -> None:
    two = np.arange(2)
    files = np.array(["cat/1.png", "dog/1.png"], np.object_)
    pixels = np.arange(8, dtype=np.uint8).reshape(2, 4)
    base: Any = {"picture": (2, 2), "pixel_range": 255.0}
    table = Table("mine", pixels, ("pixel",) * 4, tuple("0123"), two, "class", ("cat", "dog"), files=files, **base)
    data: Any = SimpleNamespace(development=SimpleNamespace(table=table))
    known = KnownRows(ValidationRows(two, two, two, two), np.array([4, 9]), Target(("cat", "dog")), (table, data))
    example = RowExample(row=1, fold=1, truth="dog", first="dog", second="cat", better="first")
    pair: Any = (SimpleNamespace(recorded=None),) * 2
    shown = _shown(example, known, pair)
    assert (shown.row, shown.values) == (9, (("file", "dog/1.png"),))
    assert shown.picture is not None
    data.development.table = replace(table, files=None)
    assert _shown(example, known, pair).values == ()
