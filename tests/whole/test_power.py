"""Whenever power fails, and whatever of the last writes reached the disk: nothing that was said is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.search.arithmetic import obstacle, processor
from support.powered_study import LIVES, Recorded, check_resumed, check_what_is_left, in_this_process, recorded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic"),
]


@pytest.fixture(
    scope="module", params=[pytest.param(life, marks=[] if life == "once" else [pytest.mark.long]) for life in LIVES]
)
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """The whole life of a small study: of its own, anew in the place of another, and with outer studies."""
    with in_this_process():
        yield recorded(tmp_path_factory.mktemp("recorded"), request.param)


def test_the_double_sees_the_whole_life_of_a_study(study: Recorded) -> None:
    told = [step for step, *_ in study.told]
    assert study.before < told[0] < told[-1] < study.looked < study.steps
    flushed = {number for what, number, _ in study.disk.steps if what == "flush"}
    named = {how[-1]: how[-2] for what, _, how in study.disk.steps if what == "name" and how[0] != "remove"}
    names = {named[number] for number in flushed if number in named}
    assert {"journal.log", "ledger.jsonl", "results.json", "model.json", "weights.npz", "tracking.json"} <= names


def test_all_that_was_said_is_on_the_disk_at_any_point(study: Recorded, tmp_path: Path) -> None:
    for at in study.decisive:
        check_what_is_left(study, at, None, tmp_path / "left")


def test_nor_does_a_part_of_what_was_not_flushed_do_harm(study: Recorded, tmp_path: Path) -> None:
    around_the_look = range(study.looked - 12, study.looked + 12)
    for at in sorted({*range(study.before, study.steps + 1, 10), *around_the_look}):
        check_what_is_left(study, at, at, tmp_path / "left")


def _is_of_the_ledger(study: Recorded, at: int) -> bool:
    what, _, content = study.disk.steps[at - 1]
    return what == "data" and b'"kind":"reserved"' in content


def test_the_study_is_resumed_from_any_point_with_one_look(study: Recorded, tmp_path: Path) -> None:
    chance = random.Random(7)
    points = [*chance.sample(range(study.before, study.steps + 1), 5), study.looked - 3, study.looked, study.looked + 5]
    points.append(next(at for at in range(study.looked, 0, -1) if _is_of_the_ledger(study, at)))  # before it is flushed
    for count, at in enumerate(points):
        check_what_is_left(study, at, at if count % 2 else None, tmp_path / "left")
        check_resumed(study, tmp_path / "left")
