"""The committed example is what studies/digits.toml gives by now; `make example` writes it again."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from experiments.config.documents import canonical_digest
from experiments.config.study_file import parse_spec, read_spec
from experiments.reports import render as pages

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "studies" / "examples" / "digits"
REPORT = (EXAMPLE / "report.md").read_text()


def test_it_is_of_the_study_file_as_it_stands() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", REPORT, re.DOTALL)
    here = read_spec(ROOT / "studies" / "digits.toml").with_inferred_settings("classification", "StratifiedKFold")
    example = parse_spec(tomllib.loads(shown), "report.md")
    assert canonical_digest(example.to_document()) == canonical_digest(here.to_document())


def test_it_is_a_page_of_this_version() -> None:
    version = getattr(pages, "PAGE_VERSION", None)
    found = re.match(r"<!-- nnet-experiments report (\d+) -->\n", REPORT)
    assert (found and found[1]) == (version and str(version))


def test_every_picture_lies_beside_it_and_no_other() -> None:
    shown = set(re.findall(r"\]\((report_files/[^)]+)\)", REPORT))
    there = {path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file()}
    assert there == {"report.md", "report.png", "results.json", *shown}
    assert len(shown) > 5
    assert sum(path.stat().st_size for path in EXAMPLE.rglob("*")) < 1_000_000


def test_it_tells_nothing_of_the_machine_it_was_made_on() -> None:
    assert not re.search(r"/(home|root|tmp|Users|private|build|work)\b", REPORT)
    assert re.search(r"test evaluations that used these test rows or some of them \| 1 \|", REPORT)


def test_the_summary_in_readme_has_the_reports_scores() -> None:
    summary = (ROOT / "README.md").read_text().split("<!-- output of tune -->")[1].split("<!-- /output of tune -->")[0]
    scores = re.findall(r"\b0\.\d{4}\b", summary)
    assert len(scores) > 8
    assert [score for score in scores if score not in REPORT] == []
