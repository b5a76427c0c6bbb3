"""Put seeded faults into the code of the pages, and check that the test of every fact notices each.

    python tests/scripts/mutate_pages.py [FOLDER] [--count N] [--seed N]

FOLDER holds the twelve kinds of studies, and is filled where they are missing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import chdir
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from experiments.search.arithmetic import PORTABLE  # noqa: E402
from support.facts import Page, Record, page_of_html, page_of_markdown  # noqa: E402
from support.kinds import NAMES  # noqa: E402
from support.page_mutations import Fault, in_templates, install  # noqa: E402
from support.required_facts import counted, required  # noqa: E402

BLANK = '<svg viewBox="0 0 1 1"></svg>'  # in place of pictures that have no facts
TRIED = 4  # kinds of studies for each fault


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    above = (given.folder or Path(tempfile.mkdtemp())).resolve()
    _make_missing(above)
    faults = install(ROOT / "experiments" / "reports")
    bench = Bench(above)
    kinds: dict[Fault, list[str]] = {}
    for kind in bench.kinds:
        faults.passed.clear()
        if not bench.is_right(kind, *bench.pages(kind)):
            sys.exit(f"{kind}: its pages are wrong without a fault")
        for place, found in faults.passed.items():
            for one in found:
                kinds.setdefault(Fault(place, one), []).append(kind)
    templates = in_templates(bench.templates)
    kinds |= {fault: list(bench.kinds) for fault in templates}
    order = sorted(kinds, key=lambda one: (one.place, one.kind))
    Random(given.seed).shuffle(order)
    tally: Counter[tuple[str, str]] = Counter()
    missed = []
    for fault in order:
        if sum(tally[key] for key in tally if key[1] != "no effect") == given.count:
            break
        outcome = _in_a_child(bench, faults, fault, kinds[fault][:TRIED], templates.get(fault))
        tally[fault.kind, outcome] += 1
        missed += [fault] if outcome == "missed" else []
    for (kind, outcome), number in sorted(tally.items()):
        print(f"{kind:<14} {outcome:<10} {number:>4}")
    for fault in missed:
        print(f"missed: {fault.kind} at {fault.place}")
    caught = sum(number for (_, outcome), number in tally.items() if outcome == "caught")
    print(f"{caught} of {caught + len(missed)} faults were caught; {len(order)} places and faults to choose from")
    return 1 if missed else 0


def _make_missing(above: Path) -> None:
    """Make the studies in other processes, so that this one has not loaded the pages' code."""
    program = "import sys, pathlib, support.twelve; support.twelve.made(sys.argv[1], pathlib.Path(sys.argv[2]))"
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    for kind in NAMES:
        if not (above / kind / "studies" / kind / "results.json").exists():
            command = [sys.executable, "-c", program, kind, str(above)]
            subprocess.run(command, env=os.environ | PORTABLE | {"PYTHONPATH": path}, check=True)


class Bench:
    """The studies, read once, and their pages as the code makes them now."""

    def __init__(self, above: Path):
        from experiments.study.folders.results_file import learned, read_own_results

        self.kinds, self._studies, self._records = NAMES, dict[str, Any](), dict[str, Record]()
        for kind in NAMES:
            folder = above / kind / "studies" / kind
            with chdir(above / kind):
                recorded = read_own_results(folder / "results.json")
                self._studies[kind] = recorded.result, [one.result for one in learned(recorded)]
            self._records[kind] = Record.read(above / kind, folder)
        _blank_pictures()
        place = ROOT / "experiments" / "reports" / "templates"
        self.templates = {path.name: path.read_text() for path in place.iterdir()}
        self.right: dict[str, tuple[str, str]] = {}

    def pages(self, kind: str) -> tuple[str, str]:
        from experiments.reports.markdown import marked_fact
        from experiments.reports.render import render

        pages = render(*self._studies[kind], self._studies[kind][0].ledger, marked_fact)
        self.right.setdefault(kind, (pages.html, pages.markdown))
        return pages.html, pages.markdown

    def is_right(self, kind: str, html: str, markdown: str) -> bool:
        record = self._records[kind]
        record = Record(record.desk, record.folder, record.document, html)
        checks = [(page_of_html(html), True), (page_of_markdown(markdown), False)]
        return all(self._holds(record, page, in_html) for page, in_html in checks)

    @staticmethod
    def _holds(record: Record, page: Page, in_html: bool) -> bool:
        complete = not required(record, in_html) - counted(page.facts)
        return complete and not record.wrong(page.facts) and not page.unmarked()

    def keys(self, kind: str) -> list[str]:
        return list(self._records[kind].values)


def _blank_pictures() -> None:
    from experiments.reports import render as pages
    from experiments.reports.plots import search as plots
    from experiments.reports.sections import errors, search
    from experiments.reports.sections import learning_curves as learning
    from experiments.reports.sections import permutation_importance as importance

    places: list[tuple[Any, str]] = [(pages, "difference"), (plots, "history"), (search, "parallel")]
    places += [(learning, "score_curves"), (learning, "loss_curves"), (importance, "heat_map")]
    places += [(errors, "calibration"), (errors, "scatter")]
    for module, name in places:
        setattr(module, name, lambda *_, **__: BLANK)
    plots.slices = lambda *_: {"any": BLANK}  # type: ignore[assignment]


def _in_a_child(bench: Bench, faults: Any, fault: Fault, kinds: list[str], templates: dict[str, str] | None) -> str:
    """What comes of a fault, tried in a process of its own."""
    child = os.fork()
    if child == 0:
        os._exit(_tried(bench, faults, fault, kinds, templates))
    return ("caught", "missed", "no effect")[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]


def _tried(bench: Bench, faults: Any, fault: Fault, kinds: list[str], templates: dict[str, str] | None) -> int:
    effect = False
    for kind in kinds:
        faults.keys, faults.on = bench.keys(kind), fault
        if templates is not None:
            from jinja2 import DictLoader

            from experiments.reports import templating

            templating.PackageLoader = lambda _: DictLoader(templates)  # type: ignore[assignment, misc]
            templating.open_templates.cache_clear()
        try:
            found = bench.pages(kind)
            if found == bench.right[kind]:
                continue
            if not bench.is_right(kind, *found):
                return 0
        except Exception:  # a page that cannot be made is noticed
            return 0
        effect = True
    return 1 if effect else 2


if __name__ == "__main__":
    sys.exit(main())
