"""Accidents that leave a JSON document or a study file whole and make its content wrong: types, sizes, keys, places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

PLACES = ["../../elsewhere", "/etc/passwd", "..", "/dev/zero", "~/x", "a/../../../b", "C:\\x", "file:///etc/passwd"]
TEXTS = [
    *PLACES,
    "",
    " ",
    "\ud800",
    "\0",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "=1+1",
    "nan",
    "é" * 700,
    "x" * 10**5,
]
NUMBERS = [0, -1, 1, 2**31, -(2**63), 2**64, 10**400, 1e308, -1e308, 5e-324, 0.5, float("nan"), float("inf"), True]
OTHERS: list[Any] = [None, [], {}, [None], {"": None}, {"__class__": "os.system"}, [[[]]], False]
DEEP = "[" * 100_000 + "]" * 100_000


def wrong_json(content: bytes, rng: Random) -> bytes:
    """Make one to three values of a JSON document wrong; of lines of JSON those of one line."""
    lines = content.splitlines(keepends=True)
    at = rng.randrange(len(lines)) if _is_lines(content) else None
    try:
        document = json.loads(content if at is None else lines[at])
    except ValueError:
        return content
    if rng.random() < 0.05:  # a text that no document writes
        text = rng.choice([DEEP, '{"a":1,"a":2}', "NaN", "1e999", '"\\ud800"', "9" * 5000, "null", "[]"]).encode()
    else:
        for _ in range(rng.randint(1, 3)):
            document = _wrong(document, rng)
        text = json.dumps(document, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass")
    if at is None:
        return text
    lines[at] = text + b"\n"
    return b"".join(lines)


def wrong_value(value: Any, rng: Random) -> Any:
    """Return a value of another type or of an unlikely size; half of the time one of the same type."""
    if rng.random() < 0.5:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return rng.choice([0, -1, value + 1, 2 * value + 7, 10**9, 2**63, 10**30])
        if isinstance(value, float):
            return rng.choice([0.0, -value, 1e-300, -1e308, 1e308, value + 1e-9, 1.0, 1e15])
        if isinstance(value, str):
            return rng.choice([*TEXTS, value + " ", value.upper(), value[:-1]])
    if isinstance(value, list) and value and rng.random() < 0.5:
        return rng.choice([value[:-1], value * 2, [*value, value[0]], value[::-1], (value[:1] * 100_000)])
    if isinstance(value, int | float) and rng.random() < 0.3:
        return rng.choice([-value, value + 1, value * 1e6, str(value), [value]])
    return deepcopy(rng.choice([*TEXTS, *NUMBERS, *OTHERS]))


def _is_lines(content: bytes) -> bool:
    first = content.split(b"\n", 1)[0]
    try:
        return isinstance(json.loads(first), dict) and content.count(b"\n") > 1
    except ValueError:
        return False


def _wrong(document: Any, rng: Random) -> Any:
    """Change, remove, add or move something somewhere in a document, in place unless it is the document itself."""
    places = list(_places(document))
    if not places:
        return wrong_value(document, rng)
    owner, key = rng.choice(places)
    what = rng.random()
    if what < 0.6:
        owner[key] = wrong_value(owner[key], rng)
    elif what < 0.75:
        del owner[key]
    elif what < 0.85 and isinstance(owner, dict):
        owner[rng.choice(["", "new", "__proto__", "x" * 1000])] = rng.choice([1, "x", None])
    else:
        other, place = rng.choice(places)
        owner[key], other[place] = deepcopy(other[place]), deepcopy(owner[key])
    return document


def _places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a document, those near its root as often as those far from it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items)[:40]:
        yield value, key
        if depth < 6:
            yield from _places(item, depth + 1)


TOML_VALUES: list[str] = [
    *("-1", "0", "1e400", "nan", "-inf", "9" * 400, "true", '""', "[]", "{}", "1979-05-27T07:32:00Z", "[[1], 'a']"),
    *('"../../elsewhere"', '"/etc/passwd"', '"/dev/zero"', '"..\\u002f"', '"\\u0000"', '"<script>"', "'''\n\n'''"),
    *("{ low = 2, high = 1 }", "{ choices = [] }", "{ low = 0.0, high = 1e-9, log = true }", "{ low = nan, high = 1 }"),
    *(
        "[" * 2000 + "]" * 2000,
        "[" + "1, " * 100_000 + "1]",
        f'"{"x" * 100_000}"',
        "0x7fffffffffffffff",
        "1_000_000_000",
    ),
    *('"openml:1e9"', '"mnist"', '"CON"', '"a\u202eb"', '"😀"', '"-rf"', '".hidden"', '"a/b"'),
]
TOML_LINES = [
    "[study]",
    "[[space]]",
    "[data.x]",
    'x = "y"',
    "seed = 1",
    "[search.sampler_options]",
    "a.b.c = 1",
    "=",
    "#",
]


def wrong_toml(content: bytes, rng: Random) -> bytes:
    """Make one to three lines of a study file wrong: other values, keys twice, lines lost, moved or added."""
    lines = content.decode(errors="replace").splitlines()
    for _ in range(rng.randint(1, 3)):
        at, what = rng.randrange(len(lines)), rng.random()
        if what < 0.6 and "=" in lines[at]:
            lines[at] = f"{lines[at].split('=')[0]}= {rng.choice(TOML_VALUES)}"
        elif what < 0.7 and len(lines) > 1:
            del lines[at]
        elif what < 0.8:
            lines.insert(rng.randrange(len(lines)), lines[at])
        else:
            lines.insert(at, rng.choice(TOML_LINES))
    return "\n".join(lines).encode(errors="surrogatepass")
