"""Every look is counted once, every change is detected, and no study is tested twice by accident."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.config.documents import canonical_digest
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.row_hashes import RowHashes
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.errors import LedgerError
from experiments.evaluation.records.results import LedgerRecord
from experiments.evaluation.scoring.ledger import GENESIS, Ledger

FEATURES = np.random.default_rng(0).normal(size=(30, 2))
LABELS = np.arange(30, dtype=np.intp) % 3


OLD = (  # as version 0.1.0 wrote it: the look of study a at 4 rows, and that of study b at the same
    '{"hashes":"CUUG7qm7rRslOvBMS8nvCdjW714AGrc45vs9xW8BIxE=","kind":"reserved",'
    '"look":"9dbaea97dd76c765877bdffc546113e2","models":"m","name":"name of a",'
    '"previous":"0000000000000000000000000000000000000000000000000000000000000000",'
    '"rows":"65e3e5983abe6a8fa49a9ee739c29d542278c286ba7c356f86acdec731b661f9","study":"a",'
    '"time":"2026-11-26T01:41:45+00:00","trials":5}\n'
    '{"kind":"completed","look":"9dbaea97dd76c765877bdffc546113e2",'
    '"previous":"2a341616adf1184b8c361a0fe7ae049b15eddf679d65f50bafa1ac9365d0b9f0","scores":{"accuracy":0.5},'
    '"time":"2026-11-26T01:41:45+00:00"}\n'
    '{"kind":"reserved","look":"c8df5423d536677fe6979f77d25f665b","models":"n","name":"name of b",'
    '"previous":"73e7c9d75c8b12a52951ac08cba24c6c46835232882ea1210aff97756028e941",'
    '"rows":"65e3e5983abe6a8fa49a9ee739c29d542278c286ba7c356f86acdec731b661f9","study":"b",'
    '"time":"2026-11-26T01:41:45+00:00","trials":5}\n'
)
OLD_X, OLD_Y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])


def rows(first: int, last: int) -> RowHashes:
    return SealedTestSet(FEATURES[first:last], LABELS[first:last]).known_by


TEST = rows(0, 10)


def look(
    ledger: Ledger,
    study: str = "a",
    models: str = "m",
    trials: int = 5,
    test: RowHashes = TEST,
    acknowledged: bool = False,
) -> Look:
    new = Look(test.fingerprint, models, study)
    ledger.reserve(new, test, f"name of {study}", trials, acknowledged)
    return new


def entries(ledger: Ledger) -> list[dict[str, object]]:
    return [json.loads(line) for line in ledger.path.read_text().splitlines()]


def test_nothing_is_known_before_the_first_look(ledger: Ledger) -> None:
    ledger.check("a", TEST, range(5, 6))
    assert not ledger.path.parent.exists()
    assert ledger.read("a", TEST) == LedgerRecord(
        file=str(ledger.path), looks=0, largest_overlap=0.0, head=GENESIS, first=GENESIS, rows_known=True
    )


def test_each_entry_has_the_hash_of_the_one_before(ledger: Ledger) -> None:
    ledger.complete(look(ledger), {"accuracy": 0.5})
    look(ledger, study="b", models="n")
    chain = entries(ledger)
    assert [entry["kind"] for entry in chain] == ["reserved", "completed", "reserved"]
    assert [entry["previous"] for entry in chain] == [GENESIS, *map(canonical_digest, chain[:-1])]
    assert ledger.read("a", TEST).head == canonical_digest(chain[-1])
    assert chain[0]["name"] == "name of a"
    assert chain[1]["scores"] == {"accuracy": 0.5}


def test_the_same_look_twice_is_one(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.complete(look(ledger), {"accuracy": 0.5})
    assert len(entries(ledger)) == 2
    past = ledger.read("a", TEST)
    assert (past.looks, past.own, past.largest_overlap) == (1, 1, 0.0)


def test_a_second_look_of_one_study_is_refused_unless_acknowledged(ledger: Ledger) -> None:
    ledger.complete(first := look(ledger), {"accuracy": 0.5})
    with pytest.raises(LedgerError, match=r"was tested on 20.* with other models; .*--acknowledge-reuse"):
        look(ledger, models="others")
    assert len(entries(ledger)) == 2
    ledger.complete(second := look(ledger, models="others", acknowledged=True), {"accuracy": 0.6})
    assert ledger.read("a", TEST).own == 2
    assert [entry["look"] for entry in entries(ledger) if entry["kind"] == "completed"] == [first.id, second.id]
    assert [ledger.has(one) for one in (first, second, replace(first, study="b"))] == [True, True, False]
    with pytest.raises(LedgerError, match="was not reserved"):
        ledger.complete(Look(TEST.fingerprint, "no models", "a"), {"accuracy": 0.7})
    look(ledger, models="others")  # known by now


def test_more_trials_after_the_look_are_refused(ledger: Ledger) -> None:
    look(ledger, trials=5)
    ledger.check("a", TEST, range(5, 6))
    ledger.check("b", TEST, range(9, 10))
    ledger.check("a", rows(0, 9), range(9, 10))
    for trials in (4, 6):
        with pytest.raises(LedgerError, match=f"was tested after 5 trials; testing again after {trials} trials would"):
            ledger.check("a", TEST, range(trials, trials + 1))


def test_a_look_is_known_by_its_place_among_those_of_its_study(ledger: Ledger) -> None:
    first, other = look(ledger), look(ledger, study="b")
    second = look(ledger, models="others", trials=8, acknowledged=True)
    assert [ledger.times(one) for one in (first, second, other)] == [1, 2, 1]
    assert [ledger.looked("a", TEST, trials) for trials in (5, 8, 9)] == [True, True, False]
    assert not ledger.looked("b", rows(0, 9), 5)


def test_a_ledger_that_was_cut_is_told_from_another(ledger: Ledger, tmp_path: Path) -> None:
    look(ledger)
    early = ledger.read("a", TEST)
    look(ledger, study="b", models="n")
    late = ledger.read("a", TEST)
    assert {ledger.stands(one.first, one.head) for one in (early, late)} == {"same"}
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole.splitlines(keepends=True)[0])
    assert ledger.stands(early.first, early.head) == "same"
    assert ledger.stands(late.first, late.head) == "truncated"
    look(ledger, study="c", models="o")  # goes on from where it was cut
    assert ledger.stands(late.first, late.head) == "truncated"
    ledger.path.write_bytes(b"")
    assert ledger.stands(late.first, late.head) == "different"
    other = Ledger(tmp_path / "other" / "ledger.jsonl")
    assert other.stands(late.first, late.head) == "different"
    assert not other.path.parent.exists()
    look(other, study="c", models="o")
    assert other.stands(late.first, late.head) == "different"
    assert other.stands("", late.head) == "different"


def test_another_study_is_counted_with_its_overlap(ledger: Ledger) -> None:
    look(ledger, study="a")
    look(ledger, study="b", test=rows(5, 15))
    look(ledger, study="c", test=rows(8, 20))
    look(ledger, study="d", test=rows(20, 30))
    chain = entries(ledger)
    assert ledger.read("a", TEST) == LedgerRecord(
        file=str(ledger.path),
        looks=3,
        own=1,
        largest_overlap=0.5,
        head=canonical_digest(chain[-1]),
        first=canonical_digest(chain[0]),
    )
    assert ledger.read("b", rows(5, 15)).largest_overlap == 0.7
    assert ledger.read("x", TEST).largest_overlap == 1.0
    past = ledger.read("d", rows(20, 30))
    assert (past.looks, past.largest_overlap) == (1, 0.0)


def test_rows_in_another_order_overlap_wholly(ledger: Ledger) -> None:
    look(ledger, study="a")
    turned = SealedTestSet(FEATURES[9::-1], LABELS[9::-1]).known_by
    assert ledger.read("b", turned) == replace(ledger.read("a", TEST), looks=1, largest_overlap=1.0, own=0)
    look(ledger, study="a", models="n", test=turned)


def test_the_hashes_of_the_same_rows_are_written_once(ledger: Ledger) -> None:
    for study in "abc":
        look(ledger, study=study, models=study)
    assert ["cells" in entry for entry in entries(ledger)] == [True, False, False]
    assert not any("hashes" in entry for entry in entries(ledger))
    assert base64.b64decode(str(entries(ledger)[0]["cells"])) == b"".join(sorted(TEST.cells))
    assert ledger.read("c", TEST).largest_overlap == 1.0


DAMAGES: list[tuple[Callable[[list[bytes]], list[bytes]], int]] = [
    (lambda lines: [lines[0].replace(b'"trials":5', b'"trials":6'), *lines[1:]], 2),
    (lambda lines: [lines[0].replace(b'"kind"', b' "kind"'), *lines[1:]], 1),
    (lambda lines: lines[1:], 1),
    (lambda lines: [lines[0], *lines[2:]], 2),
    (lambda lines: [*lines[:2], lines[1], *lines[2:]], 3),
    (lambda lines: [*lines[:3], lines[0]], 4),
    (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
    (lambda lines: [*lines, b"{}"], 4),
    (lambda lines: [*lines, b"[]"], 4),
    (lambda lines: [*lines, b"\xff"], 4),
    (lambda lines: [*lines, b""], 4),
]


def test_a_changed_line_is_found(ledger: Ledger) -> None:
    taken = look(ledger)
    ledger.complete(taken, {"accuracy": 0.5})
    look(ledger, study="b", models="n")
    lines = ledger.path.read_bytes().splitlines()
    calls: list[Callable[[], object]] = [
        lambda: ledger.check("a", TEST, range(5, 6)),
        lambda: look(ledger),
        lambda: ledger.complete(taken, {}),
        lambda: ledger.read("a", TEST),
    ]
    for damage, line in DAMAGES:
        changed = b"".join(one + b"\n" for one in damage(lines))
        ledger.path.write_bytes(changed)
        for call in calls:
            with pytest.raises(LedgerError, match=f"ledger.jsonl: line {line} "):
                call()
        assert ledger.path.read_bytes() == changed


def test_a_torn_tail_is_cut_and_kept(ledger: Ledger) -> None:
    look(ledger)
    first = ledger.path.read_bytes()
    look(ledger, study="b", models="n")
    whole = ledger.path.read_bytes()
    for size in (len(first) + 1, len(first) + 50, len(whole) - 1):
        ledger.path.write_bytes(whole[:size])
        assert ledger.read("a", TEST).looks == 1
        look(ledger)  # known, so that nothing is added
        assert ledger.path.read_bytes() == first
        assert ledger.path.with_suffix(".torn").read_bytes() == whole[:size]
    look(ledger, study="b", models="n")
    assert ledger.read("b", TEST).looks == 2


def test_a_torn_first_line_leaves_an_empty_ledger_and_an_empty_ledger_is_not_torn(ledger: Ledger) -> None:
    look(ledger)
    torn, content = ledger.path.with_suffix(".torn"), ledger.path.read_bytes()
    ledger.path.write_bytes(b"")
    look(ledger)
    assert not torn.exists()
    ledger.path.write_bytes(content[:50])
    assert ledger.read("a", TEST).head == GENESIS
    look(ledger)
    assert (torn.read_bytes(), ledger.read("a", TEST).looks) == (content[:50], 1)


RACER = """
import sys
from pathlib import Path
import numpy as np
from experiments.evaluation.scoring.ledger import Ledger
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.errors import LedgerError
racer, path = sys.argv[1], Path(sys.argv[2])
test = SealedTestSet(np.arange(6.0).reshape(3, 2), np.zeros(3, np.intp)).known_by
ledger = Ledger(path)
print("ready", flush=True)
sys.stdin.readline()
for number in range(8):
    ledger.reserve(Look(test.fingerprint, f"{racer} {number}", f"{racer} {number}"), test, racer, 1)
    ledger.reserve(Look(test.fingerprint, f"shared {number}", f"shared {number}"), test, racer, 1)
try:
    ledger.reserve(Look(test.fingerprint, f"contested by {racer}", "contested"), test, racer, 1)
    print("won")
except LedgerError:
    print("lost")
"""


@pytest.mark.slow
def test_commands_at_the_same_time_do_not_harm_each_other(ledger: Ledger) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, racer, str(ledger.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for racer in "012"
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    outcomes = [racer.communicate()[0] for racer in racers]
    assert sorted(outcomes) == ["lost\n", "lost\n", "won\n"]
    models = [entry["models"] for entry in entries(ledger)]
    expected = {f"{who} {number}" for who in ("0", "1", "2", "shared") for number in range(8)}
    assert len(models) == len(set(models)) == len(expected) + 1
    assert expected < set(models)
    assert ledger.read("x", TEST).looks == 0  # the chain is whole


def test_a_ledger_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "studies").touch()
    with pytest.raises(LedgerError, match="studies"):
        look(Ledger(tmp_path / "studies" / "ledger.jsonl"))


def test_an_entry_that_is_none_is_found(ledger: Ledger) -> None:
    look(ledger)
    with ledger.path.open("a") as file:
        file.write(json.dumps({"previous": ledger.read("a", TEST).head}, separators=(",", ":")) + "\n")
    with pytest.raises(LedgerError, match="line 2"):
        ledger.read("a", TEST)


def test_the_same_models_by_another_study_are_its_look_too(ledger: Ledger) -> None:
    look(ledger, study="a")
    look(ledger, study="b")
    assert ledger.read("b", TEST).own == 1


def test_reading_leaves_no_trace_even_while_another_command_writes(ledger: Ledger) -> None:
    look(ledger)
    look(ledger, study="b", models="n", test=rows(5, 15))
    known, whole = ledger.read("a", TEST), ledger.path.read_bytes()
    ledger.path.write_bytes(whole + b'{"kind":"res')
    ledger.path.with_suffix(".lock").unlink()
    assert ledger.read("a", TEST) == known
    assert ledger.path.read_bytes() == whole + b'{"kind":"res'
    assert [one.name for one in ledger.path.parent.iterdir()] == [ledger.path.name]


def test_looks_of_version_0_1_0_are_matched_by_the_rows_as_read(ledger: Ledger) -> None:
    ledger.path.parent.mkdir()
    ledger.path.write_text(OLD)
    cells = SourceCells.of(np.arange(100, 104), OLD_X)  # with a column that was dropped, and no target
    same = SealedTestSet(OLD_X, OLD_Y, cells=cells).known_by
    past = ledger.read("a", same)
    assert (past.looks, past.largest_overlap, past.own) == (2, 1.0, 1)
    half = SealedTestSet(OLD_X[[1, 3, 3, 0]] + [[0], [0], [0], [9]], OLD_Y[[1, 3, 3, 0]]).known_by
    assert (ledger.read("c", half).looks, ledger.read("c", half).largest_overlap) == (2, 0.75)  # each row counts
    with pytest.raises(LedgerError, match="after 5 trials"):
        ledger.check("a", same, range(9, 10))
    for study in "cd":
        look(ledger, study=study, models=study, test=same)
    assert ["cells" in one for one in entries(ledger)[3:]] == [True, False]
    less = SealedTestSet(OLD_X[:, :1], OLD_Y, cells=cells).known_by  # another column is dropped
    assert (ledger.read("e", less).looks, ledger.read("e", less).largest_overlap) == (4, 1.0)
    assert ledger.read("c", half).largest_overlap == 0.75
