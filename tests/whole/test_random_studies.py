"""Random studies are the same however they are run; scripts/random_studies.py runs more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.random_studies import check


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_random_study_is_the_same_killed_resumed_and_reproduced(seed: int, tmp_path: Path) -> None:
    assert not check(seed, tmp_path).startswith("refused")
