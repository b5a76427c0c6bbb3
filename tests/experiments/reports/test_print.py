"""The printed report in a real browser: what is folded on the screen is printed open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from experiments.reports.render import Pages
from support.browser import Browser, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="there is no chromium on this machine"),
]
A4 = 718  # pixels of its width, without the margins
FOLDED = "[...document.querySelectorAll('details > :not(summary)')]"
HIDDEN = f"{FOLDED}.filter(one => !one.checkVisibility() || !one.getBoundingClientRect().height).length"


@pytest.fixture(scope="module")
def browser(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(pages.html, encoding="utf-8")
    with Browser(width=A4) as browser:
        browser.open(path.as_uri(), "Checklist")
        yield browser


def seen_as(browser: Browser, medium: str, script: str) -> object:
    """Return the value of a script where the page is shown on a screen or printed."""
    browser.do("Emulation.setEmulatedMedia", media=medium)
    return browser.value(script)


def test_what_is_folded_is_printed_open(browser: Browser) -> None:
    folded = browser.value(f"{FOLDED}.length")
    assert folded > 5
    assert seen_as(browser, "screen", HIDDEN) == folded
    assert seen_as(browser, "print", HIDDEN) == 0


def test_links_within_the_page_are_not_printed(browser: Browser) -> None:
    shown = "document.querySelector('nav').checkVisibility()"
    assert [seen_as(browser, medium, shown) for medium in ("screen", "print")] == [True, False]
