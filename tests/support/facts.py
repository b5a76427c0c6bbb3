"""Facts of a report's pages, compared with results.json, trials.csv and the ledger's file.

Nothing here uses the code of the pages: numbers are parsed as they are printed, derived facts are derived anew.
"""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from support.derived_facts import DERIVED, WORDS, label, metric_of

MISSING = object()
CONSTANTS = [
    r"95% interval",
    r"Kapoor et al\. 2024",
    r"numbered as in the data, from 0, and so",
    r"The best 100 trials",
    r"held the truth in 82% of samples",
    r"held the truth in 88 to 95% of samples",
    r"held the truth in 76 to 79% of samples",
    r"The 20 columns of",
    r"one of the best 300",
    r"L2 with ",
    r"x86-64 processor with AVX2",
    r"units of layer \d+",
    r"by L2 strength",
    r"recall F1 |recall \| F1 |\. F1: their",
]
MARK = re.compile(r"⟦([^|⟧]*)\|(.*?)⟧", re.DOTALL)
GAIN = re.compile(r"(\d[\d,.]*(?:e[+-]?\d+)?) (better|worse)")
NUMBER = re.compile(r"[+−-]?(?:\d[\d,]*)(?:\.\d+)?(?:e[+-]?\d+)?")


class Fact(NamedTuple):
    """A fact as a page has it; run: it stands in a block of this run."""

    key: str
    text: str
    run: bool = False


@dataclass(frozen=True)
class Page:
    """The facts of a page, and all its other words."""

    facts: list[Fact]
    rest: str

    def unmarked(self) -> list[str]:
        """Digits that belong to no fact and are no constant of a sentence, with the words around them."""
        rest = self.rest
        for constant in CONSTANTS:
            rest = re.sub(constant, "", rest)
        return [rest[max(0, one.start() - 30) : one.end() + 20] for one in re.finditer(r"[0-9]+", rest)]


def page_of_html(text: str) -> Page:
    """The facts of an HTML page; what stands in its head or unmarked in a picture is no text."""
    reader = _Reader()
    reader.feed(text)
    return Page(reader.facts, " ".join("".join(reader.rest).split()))


def page_of_markdown(marked: str) -> Page:
    """The facts of a Markdown page whose facts are marked."""
    runs = [one.span() for one in re.finditer(r"<!-- this run -->.*?<!-- /this run -->", marked, re.DOTALL)]
    facts = [
        Fact(one[1], _plain(one[2]), any(start < one.start() < end for start, end in runs))
        for one in MARK.finditer(marked)
    ]
    rest = re.sub(r"<!--.*?-->|(?<=\])\(report_files/[^)]*\)", "", MARK.sub("", marked))
    rest = re.sub(r"&#\d+;", "", rest)
    return Page(facts, " ".join(rest.split()))


def _plain(text: str) -> str:
    """What a reader of Markdown sees."""
    if text.startswith("```"):
        return "\n".join(text.splitlines()[1:-1])
    if text.startswith("`"):
        return text.strip("`").strip()
    return html.unescape(re.sub(r"\\(.)", r"\1", text)).strip("\u2068\u2069")


class _Reader(HTMLParser):
    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        self.rest: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self._text = ""
        self._run = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.rest += [f" {given[name]} " for name in ("alt", "aria-label") if given.get(name)]
        if tag in self.VOID:
            return
        self._open.append((tag, given.get("data-fact")))
        if given.get("data-fact") is not None:
            self._text = ""
        if tag == "code" and given.get("title") and (key := self._key()):
            self.facts.append(Fact(key, str(given["title"]), self._run))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        _, key = self._open.pop()
        if key is not None:
            self.facts.append(Fact(key, self._text.strip(), self._run))
        if tag in ("p", "td", "th", "dd", "dt", "figcaption", "h1", "h2", "h3", "small", "a", "pre", "summary"):
            self.rest.append(" ")

    def handle_data(self, data: str) -> None:
        if self._key() is not None:
            self._text += data
        elif not {"svg", "head"} & {tag for tag, _ in self._open}:
            self.rest.append(data)

    def handle_comment(self, data: str) -> None:
        self._run = {"this run": True, "/this run": False}.get(data.strip(), self._run)

    def _key(self) -> str | None:
        return next((key for _, key in reversed(self._open) if key is not None), None)


@dataclass(frozen=True)
class Record:
    """What the files of a study say.

    desk:     where its commands were run, and paths begin.
    folder:   the study's own.
    document: of results.json.
    page:     its HTML page, of which a few facts speak.
    """

    desk: Path
    folder: Path
    document: dict[str, Any]
    page: str

    @classmethod
    def read(cls, desk: Path, folder: Path) -> Record:
        page = (folder / "report.html").read_text()
        return cls(desk, folder, json.loads((folder / "results.json").read_text()), page)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every value of results.json by its key, also those that hold others."""
        return dict(_flat("", self.document))

    @cached_property
    def trained(self) -> dict[int, int]:
        """The last epoch of each trial, by trials.csv."""
        with (self.folder / "trials.csv").open(newline="") as file:
            return {int(row["number"]): int(row["trained"]) for row in csv.DictReader(file) if row["trained"]}

    def ledger(self, file: str) -> dict[str, Any]:
        """What the ledger's file says of the study's test rows by now."""
        lines = (self.desk / file).read_bytes().splitlines() if (self.desk / file).exists() else []
        entries = [json.loads(line) for line in lines]
        rows, study = self.document["split"]["test_fingerprint"], self.document["study"]
        reserved = [one for one in entries if one["kind"] == "reserved" and one["rows"] == rows]
        looks = {(one["look"], *one.get("joined", ())) for one in reserved}
        own = [one for one in reserved if one["name"] == study]
        return {
            "file": file,
            "looks": len(looks),
            "own": len(own),
            "others": max(0, len(looks) - len(own)),
            "largest_overlap": float(len(own) < len(reserved)),
            "head": hashlib.sha256(lines[-1]).hexdigest() if lines else "0" * 64,
        }

    def value(self, fact: Fact, file: str) -> Any:
        """What a fact should say; MISSING where its key names nothing."""
        for pattern, derive in DERIVED.items():
            if found := re.fullmatch(pattern, fact.key):
                return derive(self, *found.groups())
        if fact.key.startswith("ledger."):
            return self.ledger(file).get(fact.key.removeprefix("ledger."), MISSING)
        if fact.key.endswith(".count"):
            return len(self.values.get(fact.key.removesuffix(".count"), ()))
        if fact.key.startswith("names."):
            return label(fact.key.removeprefix("names."))
        value, metric = self.values.get(fact.key, MISSING), metric_of(self.document, fact.key)
        if metric is not None and metric.startswith("neg_") and value is not MISSING:
            return _negated(value)
        return value

    def wrong(self, facts: list[Fact]) -> list[str]:
        """Facts that are not what the files say, each with the value that it should have."""
        file = next((fact.text for fact in facts if fact.key == "ledger.file"), "studies/ledger.jsonl")
        found = []
        for fact in facts:
            value = self.value(fact, file)
            if value is MISSING or not says(fact, value):
                found.append(f"{fact.key}: {fact.text!r}, but it is {'nothing' if value is MISSING else repr(value)}")
        return found


def _negated(value: Any) -> Any:
    """Return an error for scikit-learn's score, or the interval of the error."""
    if isinstance(value, list):
        return [-limit for limit in reversed(value)]
    return None if value is None else -value


def _flat(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield key, value
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(f"{key}.{name}" if key else name, one)
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _flat(f"{key}[{at}]", one)


def says(fact: Fact, value: Any) -> bool:
    """Whether a fact's text says this value, a number to within half a unit of its last digit."""
    text = " ".join(fact.text.split())
    if fact.key == "spec":
        return bool(_settled(tomllib.loads(fact.text)) == _settled(value))
    if isinstance(value, bool):
        return text in ({"yes", "True"} if value else {"no", "False", "not converged"})
    if value is None or value == "":
        return text in ("–", "None")
    if isinstance(value, str):
        is_hash = re.fullmatch(r"[0-9a-f]{12}…", text) is not None
        return text in {" ".join(value.split()), *WORDS.get(value, ())} or (is_hash and value.startswith(text[:-1]))
    if re.fullmatch(r"test\.difference\.(score|ci95\[\d\]|limit)", fact.key):
        return _says_gain(text, value)
    if isinstance(value, list):
        key = "test.difference.limit" if fact.key == "test.difference.ci95" else fact.key
        parts = text.removeprefix("[").removesuffix("]").split(", ")
        return len(parts) == len(value) and all(
            says(Fact(key, part), one) for part, one in zip(parts, value, strict=True)
        )
    return _says_number(fact.key, text, value)


def _says_gain(text: str, value: float) -> bool:
    """Return whether a text gives this difference of two scores, of which positive is better."""
    if text == "no difference":
        return abs(value) < 1e-12
    found = GAIN.fullmatch(text)
    return found is not None and _says_number("", found[1], value if found[2] == "better" else -value)


def _says_number(key: str, text: str, value: float) -> bool:
    if text in ("once", "twice"):
        return value == {"once": 1, "twice": 2}[text]
    text = text.removesuffix(" times")
    if key.endswith("p_value"):
        if text == "p < 0.0001":
            return value < 0.0001
        text = text.removeprefix("p = ")
    share = text.endswith("%")
    text = text.removesuffix("%")
    if not NUMBER.fullmatch(text):
        return False
    digits, _, power = text.replace(",", "").replace("−", "-").partition("e")
    unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    printed, true = float(digits) * 10.0 ** int(power or 0), 100 * value if share else value
    if isinstance(value, int) and not share and "." not in digits and not power:
        return printed == value
    if (".params." in key or ".settings." in key) and not share:
        return abs(printed - true) <= 0.005 * abs(true)  # three digits, of which zeros at the end are left out
    return abs(printed - true) <= 0.5 * unit * (1 + 1e-9) + 1e-12 * abs(true)


def _settled(value: Any) -> Any:
    """Settings without those that are not set, which a study file cannot write."""
    if isinstance(value, dict):
        return {key: _settled(one) for key, one in value.items() if one is not None and one != {}}
    return [_settled(one) for one in value] if isinstance(value, list) else value
