"""The script of the report in a real browser: it sorts and hovers, and the page is whole without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.reports.render import Pages
from support.browser import Browser, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="there is no chromium on this machine"),
]
TRIALS = "document.querySelector('#search details table')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(pages.html, encoding="utf-8")
    return path


def shown(browser: Browser, column: int) -> list[str]:
    """Return the cells of a column of the table of trials, from the top."""
    cells: list[str] = browser.value(f"[...{TRIALS}.tBodies[0].rows].map(row => row.cells[{column}].textContent)")
    return cells


def clicked(browser: Browser, column: int) -> Any:
    """Click a title; return the order that it has then."""
    title = f"{TRIALS}.tHead.rows[0].cells[{column}]"
    return browser.value(f"{title}.querySelector('button').click(), {title}.getAttribute('aria-sort')")


def test_a_click_sorts_numbers_and_the_third_one_restores_the_order(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    before, scores = shown(browser, 0), shown(browser, 2)
    numbers = sorted(float(score) for score in scores if score != "–")
    missing = scores.count("–")
    assert missing > 0
    for order, expected in (("ascending", numbers), ("descending", numbers[::-1])):
        assert clicked(browser, 2) == order
        now = shown(browser, 2)
        assert [float(score) for score in now[: len(numbers)]] == expected
        assert now[len(numbers) :] == ["–"] * missing
    assert clicked(browser, 2) is None
    assert shown(browser, 0) == before


def test_negative_numbers_with_a_negative_power_are_sorted(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    rows = f"[...{TRIALS}.tBodies[0].rows]"
    texts = "['−5e−07', '−4e−01', '3e−08']"
    browser.value(f"{rows}.forEach((row, at) => row.cells[2].textContent = {texts}[at] || '–')")
    clicked(browser, 2)
    assert shown(browser, 2)[:3] == ["−4e−01", "−5e−07", "3e−08"]


def test_texts_are_sorted_and_another_column_takes_over(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    clicked(browser, 2)
    assert clicked(browser, 1) == "ascending"
    ends = [end.split(" ")[0].split(",")[0] for end in shown(browser, 1)]
    assert ends == sorted(ends)
    assert browser.value(f"{TRIALS}.querySelectorAll('[aria-sort]').length") == 1
    assert browser.value("document.querySelectorAll('#checklist button').length") == 0


def test_choices_are_sorted_as_texts(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    titles = browser.value(f"[...{TRIALS}.tHead.rows[0].cells].map(title => title.textContent)")
    assert clicked(browser, titles.index("activation")) == "ascending"
    found = shown(browser, titles.index("activation"))
    assert found == sorted(found)
    assert set(found) == {"relu", "tanh"}


def test_a_pointer_on_a_mark_shows_what_it_is(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    marks = "document.querySelector('#search').querySelectorAll('circle')"
    at = browser.value(f"[...{marks}].findIndex(mark => mark.querySelector('title'))")
    mark = f"{marks}[{at}]"
    words = browser.value(f"{mark}.querySelector('title').textContent")
    assert browser.value("document.querySelector('.said').hidden")
    browser.value(f"{mark}.dispatchEvent(new PointerEvent('pointerover', {{bubbles: true}}))")
    assert browser.value("document.querySelector('.said').textContent") == words
    assert not browser.value("document.querySelector('.said').hidden")
    browser.value("document.body.dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))")
    assert browser.value("document.querySelector('.said').hidden")


def test_copied_cells_are_numbers_for_a_spreadsheet(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    browser.value(f"{TRIALS}.tBodies[0].rows[1].cells[2].textContent = '\\u22120.5'")
    copied = """(() => {
        document.querySelectorAll('details').forEach(one => one.open = true);
        getSelection().selectAllChildren(%s.tBodies[0].rows[%d]);
        const event = new ClipboardEvent('copy', {clipboardData: new DataTransfer(), bubbles: true, cancelable: true});
        document.dispatchEvent(event);
        return [event.defaultPrevented, event.clipboardData.getData('text/plain')];
    })()"""
    taken, cells = browser.value(copied % (TRIALS, 1))
    assert (taken, cells.split("\t")[2]) == (True, "-0.5")
    assert browser.value(copied % (TRIALS, 0)) == [False, ""]  # without a minus the browser copies by itself


def test_no_other_script_runs(browser: Browser, page: Path) -> None:
    other = page.with_name("other.html")
    foreign = '<script>document.title = "foreign"</script><img src="x" onerror="document.title = \'foreign\'">'
    other.write_text(page.read_text(encoding="utf-8").replace("</main>", f"{foreign}</main>"), encoding="utf-8")
    browser.open(other.as_uri(), "Checklist")
    assert browser.value("document.querySelectorAll('#search details button').length") > 0
    assert browser.value("document.title") == "digits: report"


def test_without_script_the_page_shows_the_same_words(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), "Checklist")
    words = browser.text()
    browser.do("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page.as_uri(), "Checklist")
        assert browser.value("document.querySelectorAll('button').length") == 0
        assert browser.text().split() == words.split()
    finally:
        browser.do("Emulation.setScriptExecutionDisabled", value=False)
