"""Every fact of the pages of twelve kinds of studies, held against results.json and the ledger's file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.recorded import learned, read_own_results
from experiments.reports.markdown import marked_fact
from experiments.reports.pages import render
from support.facts import MARK, Page, Record, page_of_html, page_of_markdown
from support.told import counted, must_tell
from support.twelve import KINDS, made

Pages = dict[str, Page]


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of each kind of study, which is made once."""
    above, known = tmp_path_factory.mktemp("twelve"), dict[str, Path]()

    def place(kind: str) -> Path:
        if kind not in known:
            with pytest.MonkeyPatch.context() as patch:
                patch.delenv("OPENBLAS_CORETYPE", raising=False)
                patch.delenv("OPENBLAS_L2_SIZE", raising=False)
                known[kind] = made(kind, above)
        return known[kind]

    return place


def record_of(place: Path) -> Record:
    return Record.read(place, place / "studies" / place.name)


def pages_of(record: Record) -> Pages:
    """Both pages as they were written; the Markdown page with its facts marked."""
    recorded = read_own_results(record.folder / "results.json")
    trials = [one.result for one in learned(recorded)]
    written = (record.folder / "report.md").read_text()
    pages = render(recorded.result, trials, recorded.result.ledger, marked_fact)
    if MARK.sub(r"\2", pages.markdown) != written:  # the ledger was not read at the moment of writing
        pages = render(recorded.result, trials, None, marked_fact)
    assert MARK.sub(r"\2", pages.markdown) == written
    return {"html": page_of_html(record.page), "md": page_of_markdown(pages.markdown)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_fact_is_what_the_files_say(kind: str, places: Callable[[str], Path]) -> None:
    record = record_of(places(kind))
    for name, page in pages_of(record).items():
        assert record.wrong(page.facts) == []
        assert page.unmarked() == []
        runs = sum(one.run for one in page.facts)
        print(f"{kind:<14} {name:<5} {len(page.facts):>5} facts, {runs} of this run")
        assert [one for one in page.facts if one.key.startswith("ledger.") and not one.run] == []
        assert must_tell(record, in_html=name == "html") - counted(page.facts) == Counter()
