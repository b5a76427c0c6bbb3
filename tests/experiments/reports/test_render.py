from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from experiments.evaluation.records.analysis_record import (
    MistakeRecord,
    MistakeValues,
    OutOfFoldRecord,
    PermutationRecord,
    PermutedColumn,
)
from experiments.evaluation.records.reasons import AsWritten
from experiments.evaluation.records.report_record import ReportRecord
from experiments.evaluation.records.results import BaselineRecord, LedgerRecord, ReadingRecord, StudyResult
from experiments.reports.render import PAGE_VERSION, render
from experiments.reports.sections.learning_curves import learning_curves
from support.page import Page
from support.results import replaced

pytestmark = pytest.mark.slow

HOSTILE = (
    '\x1b[2J\x9b\x00<script>alert(1)</script> | `x` *b* [l](e) 🎈 שלום \u202eabc {{ 7*7 }} "q" & www.e.org $x$ '
    + "n" * 600
)
THIS_RUN = re.compile("<!-- this run -->.*?<!-- /this run -->", re.DOTALL)


def _flat(text):
    return " ".join(text.split())


def test_the_answer_comes_first(full, pages):
    page = _flat(Page(pages.html).text)
    order = [
        "one of 10 classes, from 64 numbers",
        "1,437 for development, 360 for the test",
        "83-47 ReLU",
        "0.9722",
        "accuracy on the test set",
        "[0.9494, 0.9850] (Wilson score interval), 360 rows",
        "By studies/ledger.jsonl, these test rows were used in 1 test, by this study alone.",
        "no evidence either way",
        "0.0139 better",
        "[0.0028 worse, 0.0304 better]",
        "p = 0.23",
        "cannot tell the tuned model and the default apart",
        "Baselines",
        "logistic regression",
        "not fitted (out of trees)",
        "selection score: mean accuracy (optimistic)",
        "not a confidence interval",
        "0.9740",
        "0.9673",
        "Corrected for selection: 0.9701, 95% interval [0.9611, 0.9789]",
        "Gain by luck alone. If no configuration were better than the default, a search of 31 configurations would "
        "on average still seem to gain 0.0042",
        "Errors",
        "Calibration",
        "Worst predictions",
        "Permutation importance",
        "python -m experiments.predict digits new_rows.csv",
        "40 trials: 31 complete, 5 pruned by the median pruner, 3 diverged, 1 failed.",
        "Best trials",
        "All trials",
        "All parameters together",
        "Parameter importance",
        "Each parameter by itself",
        "Learning curves",
        "1,797 rows, 64 features",
        "Checklist",
        "python -m experiments.reproduce digits",
        full[0].digest,
        "[space]",
        "test evaluations that used these test rows",
    ]
    place = 0
    for words in order:
        place = page.find(words, place)
        assert place >= 0, words
    markdown = _flat(pages.markdown).replace("\\", "").replace("**", "")
    assert [words for words in order[7:] if words not in markdown] == []


def test_both_pages_have_their_version_and_are_not_large(pages):
    assert len(pages.html) < 500_000
    assert f'<meta name="generator" content="nnet-experiments report {PAGE_VERSION}">' in pages.html
    assert pages.markdown.startswith(f"<!-- nnet-experiments report {PAGE_VERSION} -->\n")


def test_every_link_in_the_page_leads_somewhere(pages):
    links = re.findall(r'<a href="#([^"]*)"', pages.html)
    targets = re.findall(r'<section id="([^"]*)"', pages.html)
    assert links == targets
    assert len(set(links)) == len(links)


def test_only_the_marked_section_depends_on_the_run(make_study):
    ours, trials = make_study(trials=2)
    theirs, _ = make_study(
        trials=2,
        provenance={"versions": {"numpy": "9.9"}},
        timing={},
        ledger=LedgerRecord(file="l", looks=9, own=1, largest_overlap=0.5, head="f"),
    )
    first, second = render(ours, trials), render(theirs, trials)
    assert dict(first.pictures) == dict(second.pictures)
    for one, other in ((first.html, second.html), (first.markdown, second.markdown)):
        assert one != other
        assert len(THIS_RUN.findall(one)) == 3
        assert THIS_RUN.sub("", one) == THIS_RUN.sub("", other)


def test_same_study_same_bytes_also_after_a_round_trip_through_json_in_another_order(full, pages):
    result, trials = full
    document = json.loads(json.dumps(result.document(), sort_keys=True))
    again = render(StudyResult.of_document(document), trials)
    assert dict(again.pictures) == dict(pages.pictures)
    assert THIS_RUN.sub("", again.html) == THIS_RUN.sub("", pages.html)
    assert THIS_RUN.sub("", again.markdown) == THIS_RUN.sub("", pages.markdown)


@pytest.fixture(scope="module")
def hostile(full):
    result, trials = full
    spec = result.spec | {"study": {"name": HOSTILE, "seed": 0}}
    data = replace(result.data, name=HOSTILE, classes=(HOSTILE, "``` # |", "ok"))
    columns = tuple(PermutedColumn(name=name, position=0, drop=0.1, deviation=None) for name in (HOSTILE, "b"))
    mistake = MistakeRecord(row=1, fold=0, truth=HOSTILE, predicted="``` # |", probability=None, loss=9.0, picture=None)
    counts = ((1, 2, 0), (1, 2, 0), (0, 0, 3))
    changes = {
        "permutation": PermutationRecord(metric=HOSTILE, rows=9, repeats=1, baseline=0.5, columns=columns),
        "out_of_fold": OutOfFoldRecord(rows=9, confusion=counts, calibration=None, points=(), mistakes=(mistake,)),
        "left_out": {HOSTILE: AsWritten(detail=HOSTILE)},
        "mistake_values": MistakeValues(columns=(HOSTILE, "`|"), rows=((HOSTILE, "<b>"),)),
    }
    analysis = replace(result.analysis, **changes)
    written = BaselineRecord(id="as_written", version=0, settings={}, converged=None, score=0.5, ci95=None,
                              reason=None, detail=HOSTILE)  # fmt: skip
    params = tuple(
        replace(trial, params=trial.params | {"activation": HOSTILE if trial.number % 2 else "relu"})
        for trial in result.trials
    )
    test = replace(result.test, references=(written,), confusion=None)
    changes = {"study": HOSTILE, "spec": spec, "data": data, "provenance": {HOSTILE: HOSTILE}, "analysis": analysis,
               "test": test, "trials": params, "reading": ReadingRecord(target=HOSTILE),
               "report": ReportRecord(author=HOSTILE, purpose=HOSTILE)}  # fmt: skip
    return render(replace(result, **changes), trials)


def test_names_stay_text_in_html(hostile):
    page = Page(hostile.html)
    assert page.tags.count("script") == 1
    assert 'abc 49 "q"' not in page.text  # the name's {{ 7*7 }}, were it taken for a template
    assert page.text.count("<script>alert(1)</script>") >= 20
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_no_page_steers_a_terminal(hostile):
    for page in (hostile.html, hostile.markdown):
        assert "\\x1b" in page
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)


def test_names_stay_text_in_pictures(hostile):
    for svg in hostile.pictures.values():
        tags = {element.tag.rsplit("}")[-1] for element in ElementTree.fromstring(svg).iter()}
        assert "script" not in tags
    assert "&lt;script&gt;alert(1)" in hostile.pictures["confusion"] + hostile.pictures["permutation"]


def test_names_stay_text_in_markdown(hostile):
    text = hostile.markdown
    prose = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "<script" not in prose
    for line in prose.splitlines():
        if "alert(1)" in line:
            assert r"\| \`x\` \*b\* \[l\](e)" in line
            assert line.count("\u2068") == line.count("\u2069") > 0
    for table in _tables(prose):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


def test_the_page_makes_no_request_and_has_one_script_which_its_policy_names(pages):
    html = pages.html
    page = Page(html)
    (script,) = re.findall("<script>(.*?)</script>", html, re.DOTALL)
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" + own + "'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html
    assert html.index("Content-Security-Policy") < html.index("<script>")
    assert page.tags.count("script") == 1
    assert ("script", "src") not in [(tag, name) for tag, name, _ in page.attributes]
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster"):
            assert value.startswith("data:image/png;base64," if tag == "img" else "#"), (tag, name, value)
    assert not re.search(r"url\(\s*[\"']?(?!#)", html)
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html


def test_every_picture_says_what_it_shows(pages):
    page = Page(pages.html)
    spoken = [value for tag, name, value in page.attributes if (tag, name) in (("svg", "aria-label"), ("img", "alt"))]
    assert len(spoken) == page.tags.count("svg") + page.tags.count("img")
    assert all(spoken)


def test_the_markdown_names_exactly_the_pictures(pages):
    assert re.findall(r"\]\(report_files/(.*?)\.svg\)", pages.markdown) == list(pages.pictures)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in pages.pictures)
    assert pages.html.count("<svg") == len(pages.pictures)


def _tables(markdown):
    return [found.strip().splitlines() for found in re.findall(r"(?:^\|.*\|$\n?)+", markdown, flags=re.MULTILINE)]


def test_markdown_tables_are_rectangular(pages):
    tables = _tables(pages.markdown)
    assert len(tables) == 15
    for table in tables:
        assert re.fullmatch(r"\|(-+:?\|)+", table[1].replace(" ", ""))
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


def test_every_row_and_column_of_a_table_has_a_title(pages):
    titles = re.findall(r"<th [^>]*>(.*?)</th>", pages.html)
    assert len(titles) > 100
    assert all(re.sub(r"<[^>]*>", "", title).strip() for title in titles)


def test_without_a_test_score_and_curves_their_parts_are_left_out(make_study):
    result, _ = make_study(trials=2, test=None, ledger=None)
    pages = render(result, ())
    for text in (pages.html, pages.markdown):
        assert "This result has no test score." in text
        assert "No ledger was read" in text
        assert "python -m experiments.tune digits --score" in text
        scored = ("on the test set,", "no evidence", "Learning curves", "Together they trained")
        assert not [words for words in scored if words in text]
    assert not {"difference", "scores"} & set(pages.pictures)


def test_one_scored_epoch_is_no_curve(full):
    result, trials = full
    curves = next(trial.curves for trial in trials if trial.curves is not None and len(trial.curves.epochs) > 1)
    assert learning_curves(result, curves) is not None
    assert learning_curves(result, replace(curves, epochs=curves.epochs[:1])) is None


def test_a_second_test_is_disclosed(make_study):
    result, _ = make_study(trials=1)
    pages = render(replaced(result, "test", times_scored=2), ())
    assert "--acknowledge-reuse" in pages.html
    assert "--acknowledge-reuse" in pages.markdown


def test_the_study_file_resolves_to_the_same_study(full, pages):
    block = re.search(r"```toml\n(.*?)\n```", pages.markdown, flags=re.DOTALL)
    assert tomllib.loads(block[1]) == full[0].spec


def test_the_page_of_an_outer_fold_does_not_say_that_its_rows_were_not_scored(study):
    spec = study[0].spec | {"data": study[0].spec["data"] | {"test_fold": [1, 3]}}
    inside = replace(study[0], test=None, spec=spec)
    said = "has used these test rows"  # which was true only until the whole study scored them
    for page in (render(inside, ()).markdown, render(inside, ()).html):
        assert "they are scored together with those of the other folds, by the whole study." in page
        assert said not in page
    assert said in render(replace(study[0], test=None), ()).markdown
