"""The files whose names are near to that of a file that is not there."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from nnet.near import did_you_mean, near

MOST = 1000  # names of a folder that are compared
SHOWN = 3  # files of one name with other endings that are named


def near_files(path: Path) -> str:
    """Ask, as the end of a clause, for the files beside a missing one that were meant; nothing where none is near.

    Names are compared without their endings: otherwise any two short names of tables would be near.
    """
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(entry.name for entry in islice(entries, MOST) if not entry.name.startswith("."))
    except OSError:
        return ""
    stems = near(path.stem, [Path(name).stem for name in names])
    meant = [name for name in names if Path(name).stem in stems and name != path.name]
    return did_you_mean([str(path.parent / name) for name in meant[:SHOWN]])
