"""Every fact of the pages of twelve kinds of studies, compared with results.json and the ledger's file."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments.evaluation.records.results import LedgerRecord
from experiments.reports.markdown import marked_fact
from experiments.reports.render import Pages, render
from experiments.study.folders.results_file import learned, read_own_results
from support.facts import MARK, Page, Record, page_of_html, page_of_markdown
from support.kinds import NAMES
from support.required_facts import counted, required
from support.twelve import made

Place = Callable[[str], Path]
MUTATE = Path(__file__).parent.parent / "scripts" / "mutate_pages.py"


@pytest.fixture(scope="session")
def above(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the studies of each kind are made."""
    return tmp_path_factory.mktemp("twelve")


@pytest.fixture(scope="session")
def place(above: Path) -> Place:
    """The folder of each kind of study, which is made once."""

    def place(kind: str) -> Path:
        if not (above / kind).exists():
            made(kind, above)
        return above / kind

    return place


def record_of(place: Path) -> Record:
    return Record.read(place, place / "studies" / place.name)


def marked_pages(record: Record, ledger: LedgerRecord | None) -> Pages:
    recorded = read_own_results(record.folder / "results.json")
    trials = [one.result for one in learned(recorded)]
    return render(recorded.result, trials, ledger or recorded.result.ledger, marked_fact)


def pages_of(record: Record) -> dict[str, Page]:
    """Both pages as they were written; the Markdown page with its facts marked."""
    marked = marked_pages(record, None).markdown
    assert MARK.sub(r"\2", marked) == (record.folder / "report.md").read_text()
    return {"html": page_of_html(record.page), "md": page_of_markdown(marked)}


@pytest.mark.parametrize("kind", NAMES)
def test_every_fact_is_what_the_files_say(kind: str, place: Place) -> None:
    record = record_of(place(kind))
    for name, page in pages_of(record).items():
        assert record.wrong(page.facts) == []
        assert page.unmarked() == []
        assert required(record, in_html=name == "html") - counted(page.facts) == Counter()
        of_ledger = [one for one in page.facts if one.key.startswith("ledger.")]
        assert all(one.run for one in of_ledger)
        runs = sum(one.run for one in page.facts)
        print(f"{kind:<14} {name:<5} {len(page.facts):>5} facts, of this run {runs:>3}, of the ledger {len(of_ledger)}")


def test_the_studies_are_of_their_kinds(place: Place) -> None:
    found = {kind: record_of(place(kind)).document for kind in NAMES}
    complete = {
        kind: [one["value"] for one in document["trials"] if one["value"] is not None]
        for kind, document in found.items()
    }
    assert any(one["state"] == "PRUNED" for one in found["resumed"]["trials"])
    assert len(found["extended"]["trials"]) == 6
    assert (found["default wins"]["best"]["number"], found["default wins"]["test"]["difference"]) == (0, None)
    assert complete["tied"].count(max(complete["tied"])) > 1
    assert found["tied"]["best"]["number"] == complete["tied"].index(max(complete["tied"])) > 0
    assert found["no default"]["default"] is None
    assert [kind for kind, one in found.items() if one["test"] is None] == ["fresh", "no look"]
    assert found["groups"]["test"]["ci_method"] == "expanded_bootstrap_groups"
    assert found["time"]["analysis"]["left_out"]["selection"] == {"code": "rows_in_time_order"}
    assert found["regression"]["data"]["task"] == "regression"
    assert found["regression"]["test"]["score"] < -1000
    assert found["pictures"]["analysis"]["out_of_fold"]["mistakes"][0]["picture"] is not None
    assert found["own test"]["split"]["test"] == 40
    assert found["own test"]["copies"] == {"rows": 8, "split": "together", "test": 3}


@pytest.mark.parametrize("kind", ["resumed", "groups", "no look", "regression"])
def test_a_value_that_was_changed_after_the_page_was_written_is_noticed(kind: str, place: Place) -> None:
    record = record_of(place(kind))
    shown = {one.key: one for one in page_of_html(record.page).facts if one.key in record.values}
    changed = [
        key
        for key in shown
        if isinstance(record.values[key], int | float | str)
        and not key.startswith(("digest", "ledger"))
        and shown[key].text != "–"
    ]
    assert len(changed) > 100
    for key in changed:
        other = replace(record, document=with_another(record.document, key, 0.01 if "." in shown[key].text else 1.0))
        assert other.wrong([shown[key]]), key


def with_another(document: dict[str, Any], key: str, step: float) -> dict[str, Any]:
    """Return the document with another value under a key; numbers differ by the step and in the third digit."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    holder, name = next(
        (holder, name)
        for path, holder, name in _holders("", copy)
        if path == key
    )  # fmt: skip
    value = holder[name]
    if isinstance(value, str):
        holder[name] = f"not {value}"
    elif isinstance(value, bool):
        holder[name] = not value
    else:
        holder[name] = value + 1 if isinstance(value, int) else value * 1.01 + math.copysign(step, value)
    return copy


def _holders(key: str, value: Any) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in items:
        path = f"{key}[{name}]" if isinstance(value, list) else f"{key}.{name}" if key else str(name)
        found += [(path, value, name), *_holders(path, one)]
    return found


def test_a_look_that_came_after_the_page_was_written_is_noticed(place: Place, tmp_path: Path) -> None:
    record = record_of(place("groups"))
    (ledger,) = [
        path for name in ("mlruns/looks.jsonl", "studies/ledger.jsonl") if (path := record.desk / name).exists()
    ]
    before = ledger.read_text()
    entry = next(one for one in map(json.loads, before.splitlines()) if one["kind"] == "reserved")
    facts = [one for one in page_of_html(record.page).facts if one.key.startswith("ledger.")]
    try:
        ledger.write_text(before + json.dumps({**entry, "look": "0" * 32, "name": "another"}) + "\n")
        wrong = {one.partition(":")[0] for one in record.wrong(facts)}
    finally:
        ledger.write_text(before)
    assert {"ledger.looks", "ledger.largest_overlap", "ledger.head"} <= wrong
    assert record.wrong(facts) == []


def test_the_ledger_counts_at_the_moment_of_writing(place: Place) -> None:
    """Only the blocks of this run depend on the ledger."""
    record = record_of(place("resumed"))
    now = LedgerRecord(file="l.jsonl", looks=3, own=1, largest_overlap=0.25, head="h", first="f")
    once, more = marked_pages(record, now), marked_pages(record, replace(now, looks=9))
    for one, other in ((once.html, more.html), (once.markdown, more.markdown)):
        assert one != other
        assert outside_this_run(one) == outside_this_run(other)
        assert "look" not in outside_this_run(one).partition("<body>")[2].partition('<section id="checklist">')[0]


def outside_this_run(page: str) -> str:
    parts = page.split("<!-- this run -->")
    return "".join([parts[0], *(part.partition("<!-- /this run -->")[2] for part in parts[1:])])


@pytest.mark.long
def test_faults_in_the_code_of_the_pages_are_found(above: Path, place: Place) -> None:
    """A seeded few; tests/scripts/mutate_pages.py tries as many as you like."""
    for kind in NAMES:
        place(kind)
    command = [sys.executable, str(MUTATE), str(above), "--count", "12", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 of 12 faults were caught" in done.stdout
