"""What computes here, beside what computed a recorded study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from experiments.config.changes import flat
from experiments.config.differences import Difference, differences

COMPARED: Final = ("versions", "commit", "environment.system", "environment.machine", "environment.processor")


def other_surroundings(recorded: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """Versions, program and machine that differ; where a record does not say, nothing does.

    >>> other_surroundings({"versions": {"numpy": "2.4.1"}}, {"versions": {"numpy": "2.4.6"}, "commit": "a"})
    [Difference(where='versions.numpy', recorded='"2.4.1"', found='"2.4.6"')]
    """
    before, now = (
        {key: value for key, value in flat(one).items() if key.startswith(COMPARED)} for one in (recorded, here)
    )
    return differences(before, {key: now.get(key) for key in before})
