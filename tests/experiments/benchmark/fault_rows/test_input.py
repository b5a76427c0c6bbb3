"""Rows about bad input, and checks that notice what they must notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.benchmark.fault_rows import arrays, class_counts, leak, names, tables, training
from experiments.benchmark.fault_rows.canary import Canary
from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Room, opened_room
from experiments.benchmark.fault_rows.outcome import Broken
from experiments.benchmark.fault_rows.pages import Page, check_page
from experiments.benchmark.fault_rows.refusals import check_refusal, check_unchanged, contents
from experiments.benchmark.fault_rows.table import ROWS

INPUT = (training.diverged, names.hostile_names, tables.odd_tables, arrays.lying_arrays, class_counts.few_rows)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with opened_room() as one:
        yield one


@pytest.mark.long
@pytest.mark.parametrize("check", INPUT, ids=lambda check: check.__name__)
def test_what_must_follow_follows(check: object, room: Room) -> None:
    assert callable(check)
    assert list(check(room.desk()))


def test_each_row_of_input_is_there_once() -> None:
    names = [row.name for row in ROWS]
    assert [name for name in names if 9 <= int(name) <= 21 and name not in ("11", "13")] == [
        *("9", "10", "12", "14", "15", "16", "17", "18", "19", "20", "21"),
    ]


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (Done(0, "", ""), "exit code 0"),
        (Done(1, "", "Traceback"), "exit code 1"),
        (Done(2, "", "error: a\nb\n"), "not one line"),
        (Done(2, "", "a\n"), "not one line"),
        (Done(2, "", "error: a\x1b[31m\n"), "cannot be read"),
        (Done(2, "", "error: another\n"), "does not say"),
    ],
)
def test_what_is_no_refusal_is_noticed(done: Done, words: str) -> None:
    assert check_refusal(Done(2, "", "error: rule 7\n"), r"rule \d") == "error: rule 7"
    with pytest.raises(Broken, match=words):
        check_refusal(done, r"rule \d")


def test_a_file_that_a_refusal_leaves_is_noticed(room: Room) -> None:
    desk = room.desk(database=False)
    before = contents(desk.folder)
    check_unchanged(desk, before)
    (desk.folder / "studies" / "left").touch()
    with pytest.raises(Broken, match="changed files: studies/left"):
        check_unchanged(desk, before)


@pytest.mark.parametrize(
    "more",
    [
        "<script>alert(1)</script>",
        "<p onclick='alert(1)'>",
        "<img src='javascript:alert(1)'>",
        "<i data-canary=1>",
        "<iframe>",
    ],
)
def test_a_page_that_runs_what_a_name_says_is_noticed(more: str, tmp_path: Path) -> None:
    plain, evil = tmp_path / "plain.html", tmp_path / "evil.html"
    plain.write_text("<script>ours</script><p title='a'>b</p>")
    evil.write_text("<script>ours</script><p title='&lt;b&gt;'>&lt;i&gt;</p>")
    assert Page(evil).scripts == ["ours"]
    check_page(evil, plain, ["<b>", "<i>"])
    with pytest.raises(Broken, match="does not show"):
        check_page(evil, plain, ["<u>"])
    evil.write_text(f"{evil.read_text()}{more}")
    with pytest.raises(Broken, match=r"scripts|has"):
        check_page(evil, plain, [])


def test_a_canary_sings_when_it_is_unpickled(tmp_path: Path) -> None:
    import pickle

    canary = Canary(tmp_path, "a")
    content = canary.pickled()
    assert not canary.sang
    pickle.loads(content)
    assert canary.sang
    other = Canary(tmp_path, "b")
    exec(other.program)
    assert other.sang


def test_all_but_the_test_and_the_fingerprints_is_compared() -> None:
    results = {"split": {"test": 3, "test_fingerprint": "a"}, "data": {"fingerprint": "b", "rows": 9}, "digest": "c"}
    assert leak._without_test(results) == {"split": {"test": 3}, "data": {"rows": 9}}
