from __future__ import annotations

from pathlib import Path

import pytest

from support.mutations import damage_done, loads, specimens


@pytest.mark.parametrize("kind", specimens())
def test_each_kind_loads_undamaged(kind: str, tmp_path: Path) -> None:
    specimen = specimens()[kind]
    specimen.write(tmp_path)
    assert loads(specimen, tmp_path) == ""


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_read_or_refused_in_words(seed: int) -> None:
    assert not [(kind, wrong) for kind, wrong in damage_done(seed, 60) if wrong]
