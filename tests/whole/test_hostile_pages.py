"""Pages of hostile names in a real browser: no script but ours runs, nothing is asked for, and Markdown stays text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

import experiments
from experiments import compare, report
from experiments.evaluation.records.result_digest import digest
from support.browser import Browser, chromium
from support.damaged_studies import table
from support.desk import CommandRunner
from support.waiting import wait_until

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="there is no chromium on this machine"),
    pytest.mark.browser,
]
RUN = "window.top.ran=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"'><svg onload='{RUN}'>",
    f"</style></title></script><script>{RUN}</script>",
    f"[x](javascript:{RUN})",
    f"javascript:{RUN}",
    f"{{{{7*7}}}}{{% include 'x' %}}<!--{RUN}",
    "![x](http://127.0.0.1:9/x.png)<http://127.0.0.1:9/y>",
    f'<iframe srcdoc="<script>{RUN}</script>"></iframe><base href=http://127.0.0.1:9/>',
    "\u202egnp.exe\u202c <b>\u200b\u2066שלום\u2069</b> 😀|`x`\\",
    "é<i>" * 49,
    "<b>ü" * 150,  # 600 letters
)
# as much of it as a name, which is also a folder's, may hold
NAMES = (f"{{{{7+7}}}}[x](javascript&colon;{RUN})'`_😀_`", "&lt;script&gt;שלום ![x](x) {% raw %}")
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
for (const name of ["alert", "confirm", "prompt", "open", "fetch"]) window[name] = () => { window.top.ran = name; };
"""
FOREIGN = """[...document.querySelectorAll("*")].filter((one) =>
  [...one.attributes].some((attribute) => attribute.name.startsWith("on") || /^\\s*javascript:/i.test(attribute.value))
  || ["IFRAME", "OBJECT", "EMBED", "BASE", "FORM", "INPUT", "LINK"].includes(one.tagName)
  || (one.tagName === "IMG" && !one.src.startsWith("data:"))
  || (one.tagName === "A" && !(one.getAttribute("href") || "").match(/^#/))
).map((one) => one.outerHTML.slice(0, 200))"""


def hostile_table(folder: Path) -> Path:
    """Write a table whose columns, categories, classes and own name are hostile."""
    frame = table()
    names = dict(zip(frame.columns, (PAYLOADS[0], PAYLOADS[2], PAYLOADS[11], "label"), strict=True))
    towns = dict(zip(("north", "south", "east"), (PAYLOADS[3], PAYLOADS[4], PAYLOADS[9]), strict=True))
    frame["town"] = frame["town"].map(towns)
    frame["label"] = frame["label"].map({"no": PAYLOADS[1], "yes": PAYLOADS[10]})
    path = folder / f"<img src=x onerror={RUN}>&amp;{{{{7*7}}}}.csv"
    frame.rename(columns=names).to_csv(path, index=False)
    return path


def study_file(name: str, source: Path, sampler: str) -> str:
    texts = dict(zip(("author", "purpose", "source", "intended_use", "limits"), PAYLOADS[5:10], strict=True))
    sections: dict[str, dict[str, Any]] = {
        "study": {"name": name},
        "data": {"source": source.name, "target": "label"},
        "cv": {"n_splits": 3},
        "training": {"epochs": 3, "batch_size": 32, "patience": 0},
        "search": {"trials": 4, "lookahead": 2, "sampler": sampler},
        "report": {key: "".join(text.split("\n"))[:200] for key, text in texts.items()},
    }
    lines = [
        f"[{section}]\n"
        + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in settings.items())
        for section, settings in sections.items()
    ]
    return "\n".join(lines) + "[space]\nlearning_rate = { low = 1e-3, high = 1e-1, log = true }\n[final]\nmembers = 1\n"


def forge(path: Path) -> None:
    """Write hostile texts where results.json has names, as somebody can who made it, with the digest of that."""
    document = json.loads(path.read_text())
    document |= {"study": PAYLOADS[1] + PAYLOADS[8]}
    document["data"] |= {"name": PAYLOADS[0], "classes": [PAYLOADS[3], PAYLOADS[8]]}
    document["spec"]["study"]["name"] = PAYLOADS[0]
    document["spec"]["data"]["source"] = PAYLOADS[8]
    document["provenance"] |= {"version": PAYLOADS[0], "commit": PAYLOADS[1]}
    if document["ledger"] is not None:
        document["ledger"]["file"] = PAYLOADS[2]
    path.write_text(json.dumps({**document, "digest": digest(document)}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two studies of hostile names, their comparison, and a forged copy of the first."""
    folder = tmp_path_factory.mktemp("hostile")
    studies = folder / "studies"
    studies.mkdir()
    source, desk = hostile_table(studies), CommandRunner(folder)
    for name, sampler in zip(NAMES, ("tpe", "random"), strict=True):
        (studies / "moons.toml").write_text(study_file(name, source, sampler))
        desk.studied(f"studies/{name}")
        (studies / "moons.toml").unlink()
    with chdir(folder):
        assert compare.main([*NAMES, "--out", "compared"]) == 0
        forged = folder / "forged"
        forged.mkdir()
        (forged / "results.json").write_bytes((studies / NAMES[0] / "results.json").read_bytes())
        (forged / "journal.log").write_bytes((studies / NAMES[0] / "journal.log").read_bytes())
        forge(forged / "results.json")
        (studies / "ledger.jsonl").rename(studies / "ledger.kept")
        assert report.main(["forged"]) == 0
        (studies / "ledger.kept").rename(studies / "ledger.jsonl")
    return folder


def pages_of(folder: Path) -> dict[str, Path]:
    first = folder / "studies" / NAMES[0]
    return {"report": first / "report", "forged": folder / "forged" / "report", "compare": folder / "compared/compare"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(1400, 1800) as browser:
        for domain in ("Page", "Network", "Runtime"):
            browser.do(f"{domain}.enable")
        browser.do("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        yield browser


def opened(browser: Browser, path: Path, with_policy: bool) -> list[str]:
    """Open a page, touch everything in it, and return what it asked for and what it said in dialogs."""
    browser.do("Page.setBypassCSP", enabled=not with_policy)
    browser.do("Page.navigate", url="about:blank")
    browser.events.clear()
    browser.open(path.as_uri(), "95%")
    browser.value(
        "{const over = () => new Event('pointerover', {bubbles: true});"
        "document.querySelectorAll('svg *').forEach((one) => one.dispatchEvent(over()));"
        "document.querySelectorAll('summary, button').forEach((one) => one.click())}"
    )
    browser.value("new Promise((done) => setTimeout(done, 200))")
    asked = [one["params"]["request"]["url"] for one in browser.events if one["method"] == "Network.requestWillBeSent"]
    dialogs = [one["method"] for one in browser.events if one["method"] == "Page.javascriptDialogOpening"]
    return [one for one in asked if not one.startswith("data:") and one != path.as_uri()] + dialogs


def test_the_browser_tells_of_a_name_that_runs(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>x</title>95%{''.join(PAYLOADS)}", encoding="utf-8")
    assert f"{tmp_path.as_uri()}/x" in opened(browser, page, with_policy=True)
    assert browser.value("window.ran") == 1
    assert len(browser.value(FOREIGN)) == 2  # an <svg>, in which all that follows is, and an <img>


@pytest.mark.parametrize("with_policy", [True, False], ids=["with its policy", "without it"])
@pytest.mark.parametrize("name", ["report", "forged", "compare"])
def test_nothing_of_a_name_runs_or_is_asked_for(name: str, with_policy: bool, folder: Path, browser: Browser) -> None:
    path = pages_of(folder)[name].with_suffix(".html")
    assert opened(browser, path, with_policy) == []
    assert browser.value("window.ran") is None
    assert browser.value("window.violations") == []  # the policy had nothing to stop
    assert browser.value("document.scripts.length") <= 1
    assert browser.value(FOREIGN) == []
    text = browser.text()
    expected = {"report": [NAMES[0], PAYLOADS[5]], "forged": [PAYLOADS[1]], "compare": list(NAMES)}[name]
    for words in expected:
        assert " ".join(words.split()) in " ".join(text.split())


def test_tables_of_hostile_names_sort(folder: Path, browser: Browser) -> None:
    assert opened(browser, pages_of(folder)["report"].with_suffix(".html"), with_policy=True) == []
    browser.open(pages_of(folder)["report"].with_suffix(".html").as_uri(), "95%")
    number = "Number(document.querySelector('#search details table tbody tr').cells[0].textContent)"
    column = "document.querySelector('#search details table thead button')"
    wait_until(lambda: browser.value(f"{column} !== null"))  # the page's script may run after its text is there
    firsts = []
    for _ in range(3):
        browser.value(f"{column}.click()")
        firsts.append(browser.value(number))
    assert firsts[0] != firsts[1]


def test_a_notebook_shows_the_page_and_runs_no_name(folder: Path, browser: Browser, tmp_path: Path) -> None:
    with chdir(folder):
        shown = experiments.open(NAMES[0]).report._repr_html_()
    page = tmp_path / "notebook.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>n</title><p>notebook</p>{shown}", encoding="utf-8")
    browser.do("Page.setBypassCSP", enabled=False)
    browser.events.clear()
    browser.open(page.as_uri(), "notebook")
    inside = "document.querySelector('iframe').contentDocument.body.innerText"
    wait_until(lambda: NAMES[0] in (browser.value(inside) or ""))
    assert browser.value("window.ran") is None
    assert browser.value("document.body.children.length") == 2
    asked = [one["params"]["request"]["url"] for one in browser.events if one["method"] == "Network.requestWillBeSent"]
    assert [one for one in asked if not one.startswith(("data:", "file:", "about:"))] == []


@pytest.mark.parametrize("name", ["report", "forged", "compare"])
def test_the_markdown_has_no_html_and_no_link_but_to_its_own_pictures(name: str, folder: Path) -> None:
    path = pages_of(folder)[name].with_suffix(".md")
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    tokens = [
        one for token in parser.parse(path.read_text(encoding="utf-8")) for one in (token, *(token.children or ()))
    ]
    assert [
        token.content for token in tokens if token.type.startswith("html_") and not token.content.startswith("<!-- ")
    ] == []
    places = [str(token.attrs.get("href", token.attrs.get("src", ""))) for token in tokens if token.attrs]
    assert [place for place in places if place and not place.startswith(("#", f"{path.stem}_files/"))] == []
    assert any(token.type == "image" for token in tokens)
