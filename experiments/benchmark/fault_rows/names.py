"""The row about hostile names: of studies, files, columns and classes, in pages, files and at the terminal."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.pages import MARK, Page, check_page
from experiments.benchmark.fault_rows.refusals import SMALL, check_refusal
from experiments.benchmark.fault_rows.studies import NAME

SCRIPT = f"<script {MARK}='1'>alert(1)</script>"
IMAGE = f'"><img src=x onerror=alert(1) {MARK}=1>'
LONG = "x" * 600
ACCEPTED = {
    "emoji": "🙂🚀",
    "right-to-left text": "دراسة-תוצאה",
    "a single quote": "it's",
    "a bidi override": "a\u202eb",
}
REFUSED = {
    "../": "../moons",
    "a path": "/moons",
    "a double quote": 'a"b',
    "<script>": SCRIPT,
    "600 characters": LONG,
    "a new line": "a\nb",
    "an escape sequence": "a\x1b[31mb",
    "nothing": "",
}
COLUMNS = ("🙂 age", "عمر", "../../up", "'single' and \"double\"", SCRIPT, IMAGE, LONG, "{{ 7 * 7 }}", "tail\x1b[31m")
CLASSES = (f"</script>{SCRIPT}", "نعم 🙂", "../no")
FILE = f"<b {MARK}=1>'🙂' & rows.csv"
TARGET = f"<i {MARK}=1>target</i>"
QUICK = ("--set", "search.trials=3", "--set", "training.epochs=3", "--set", "cv.n_splits=3", "--workers", "1")


def hostile_names(desk: Desk) -> Iterator[str]:
    """Give studies, files, columns and classes hostile names."""
    outside = _outside(desk)
    yield from _study_names(desk)
    yield from _table_names(desk)
    demand(_outside(desk) == outside, "a file was written outside the folder of the study, the ledger and the store")
    yield "nothing written outside of the working folder"


def _study_names(desk: Desk) -> Iterator[str]:
    """Check studies with hostile names in their files."""
    for what, name in {**ACCEPTED, **REFUSED}.items():
        desk.file.write_text(desk.text.replace(f'"{NAME}"', json.dumps(name, ensure_ascii=False), 1))
        done = desk.run(NAME, *SMALL)
        if done.code:
            demand(what not in ACCEPTED or name == ACCEPTED["a bidi override"], f"{what}: refused: {done.ending}")
            line = check_refusal(done, r"moons\.toml: (study\.name|a study file must be TOML)")
            yield f"study named {what}: refused: {line.removeprefix('error: ')[:200]}"
        else:
            demand(what not in REFUSED, f"{what}: accepted")
            folder = desk.file.parent / name
            demand((folder / "report.html").exists(), f"{what}: the results are not in the folder of its name")
            check_page(folder / "report.html", _plain(desk) / "report.html", [name])
            yield f"study named {what}: runs, and its page shows the name as text"
    desk.file.write_text(desk.text)


def _table_names(desk: Desk) -> Iterator[str]:
    """Check a table whose names are all hostile, through every page and command."""
    with (desk.folder / FILE).open("w", newline="", encoding="utf-8") as file:
        rows = [[*[str(at * (7 + n) % 31) for n in range(len(COLUMNS))], CLASSES[at % 3]] for at in range(90)]
        csv.writer(file).writerows([[*COLUMNS, TARGET], *rows])
    done = desk.run("--data", FILE, "--target", TARGET, *QUICK, "--out", "studies/evil")
    if done.code:
        yield f"a table of hostile names: refused: {check_refusal(done, '.')}"
        return
    demand("\x1b" not in done.out + done.error, "an escape sequence reaches the terminal")
    evil = desk.file.parent / "evil"
    classes = desk.results("studies/evil")["data"]["classes"]
    demand(set(classes) == set(CLASSES), f"the classes are {classes}")
    shown = (*COLUMNS[:6], "{{ 7 * 7 }}", *CLASSES, TARGET)
    check_page(evil / "report.html", _plain(desk) / "report.html", shown)
    yield f"report.html: {len(shown)} names of columns and classes are text; no element, handler or script of theirs"
    pictures = sorted((evil / "report_files").glob("*.svg"))
    for picture in pictures:
        _check_picture(picture)
    markdown = (evil / "report.md").read_text(encoding="utf-8")
    demand(SCRIPT not in markdown and "<img src=x" not in markdown, "report.md holds an element")
    yield f"report.md and {len(pictures)} pictures: escaped"
    yield from _other_commands(desk, evil, shown)


def _other_commands(desk: Desk, evil: Path, shown: tuple[str, ...]) -> Iterator[str]:
    """Check what other commands make of the study: its comparison, its predictions, the list of studies."""
    desk.succeed("studies/evil", "studies/plain", "--out", "compared", module="experiments.compare")
    desk.succeed("studies/plain", "studies/plainer", "--out", "plain", module="experiments.compare")
    check_page(desk.folder / "compared" / "compare.html", desk.folder / "plain" / "compare.html", [])
    yield "compare.html: no element, handler or script of theirs"
    desk.succeed("evil", FILE, "--out", "new.csv", module="experiments.predict")
    with (desk.folder / "new.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    expected = ["prediction", *(f"probability_{name}" for name in sorted(CLASSES))]
    demand(header == expected and len(rows) == 90, f"the predictions have the columns {header}")
    demand({row[0] for row in rows} <= set(CLASSES), "a prediction is no class")
    yield "predict: a CSV file with these classes, each in its cell"
    for words in (("--list",), ("evil", "--status")):
        listed = desk.succeed(*words)
        demand("\x1b" not in listed.out, f"{words}: {listed.ending}")
    desk.succeed("evil", module="experiments.report")
    check_page(evil / "report.html", _plain(desk) / "report.html", shown)
    yield "tune --list, tune --status and report: the same names, no escape sequence at the terminal"


def _plain(desk: Desk) -> Path:
    """Return the folder of a study of a table with plain names, which is run once, beside a second one."""
    folder = desk.file.parent / "plain"
    if not folder.exists():
        rows = "".join(f"{at * 7 % 31},{at * 8 % 31},{'abc'[at % 3]}\n" for at in range(90))
        (desk.folder / "plain.csv").write_text(f"a,b,y\n{rows}")
        for name in ("plain", "plainer"):
            desk.succeed(
                "--data", "plain.csv", "--target", "y", *QUICK, "--tracking-uri", "none", "--out", f"studies/{name}"
            )
    return folder


def _check_picture(path: Path) -> None:
    """Check that a picture runs and fetches nothing.

    Raises:
        Broken: it does.
    """
    picture = Page(path)
    demand(not picture.odd and not picture.scripts, f"{path.name} has {[*picture.odd, *picture.scripts][:1]}")


def _outside(desk: Desk) -> list[str]:
    """List what lies beside the desk."""
    return sorted(path.name for path in desk.folder.parent.iterdir() if not path.name.startswith("desk-"))
