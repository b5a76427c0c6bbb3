"""Studies compared by the command: what is tested, what is not and why, and what the files say."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.errors import DataError
from experiments.evaluation.comparison.choices import choice_scores
from experiments.evaluation.statistics.resampling import samples_of
from experiments.evaluation.validation_rows import validation_rows
from experiments.reports.comparison.differences import ALLOWS
from experiments.search.executors.serial import Inline
from experiments.search.out_of_fold import npy
from nnet.metrics import predicted_labels
from support.compare import SMALL, compared, document, reasons
from support.damaged_studies import known_to_the_journal
from support.desk import desk_in
from support.page import Page

OLD = Path(__file__).parents[1] / "support" / "version_0_1_0"


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of studies: of the same rows, of another space, sampler, metric, data, members, and a sealed one."""
    desk = desk_in(tmp_path_factory.mktemp("compared"), text=SMALL)
    folder = desk.folder
    shallow = [line for line in SMALL.splitlines() if not line.startswith(("hidden_", "l2"))]
    with chdir(folder):
        desk.studied("studies/moons")
        desk.studied("studies/sampler", "study.name=sampler", "search.sampler=random", "study.seed=1")
        desk.studied("studies/by_loss", "study.name=by_loss", "cv.metric=neg_log_loss", look="leave")
        desk.studied("studies/wine", "study.name=wine", "data.source=wine")
        desk.studied("studies/folds", "study.name=folds", "cv.n_splits=4", look="leave")
        desk.studied("studies/members", "study.name=members", "final.members=2", look="leave")
        desk.studied("studies/sealed", "study.name=sealed", "study.seed=2", look="leave")
        file = folder / "studies" / "moons.toml"
        file.write_text("\n".join(shallow))
        desk.studied("studies/linear", "study.name=linear", "training.hidden_layers=0", look="leave")
        file.write_text(SMALL)
    return folder


@pytest.fixture
def folder(studied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(studied, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def outputs_of(name: str) -> list[bytes]:
    results = json.loads(Path(f"studies/{name}/results.json").read_text())
    complete = [trial["number"] for trial in results["trials"] if trial["state"] == "COMPLETE"]
    return [Path(f"studies/{name}/out_of_fold/{number}.npy").read_bytes() for number in complete]


def test_the_difference_is_that_of_the_choices_in_the_same_draws(folder: Path) -> None:
    found = document("moons", "linear")
    names = [study["name"] for study in found["studies"]]
    scores = [study["corrected"] for study in found["studies"]]
    assert names == ["moons", "linear"]
    assert scores == sorted(scores, reverse=True)
    results = json.loads(Path("studies/moons/results.json").read_text())
    data = prepare(parse_spec(results["spec"], "moons"), {})
    rows = validation_rows(data.development, data.folds)
    chosen = []
    for name in names:
        contents = [Inline(content) for content in outputs_of(name)]
        samples = samples_of("accuracy", data.target, contents, rows.y, rows.units)
        chosen.append(choice_scores(samples, 1000))  # type: ignore[arg-type]
    gains = chosen[0] - chosen[1]
    difference = found["pairs"][0]["difference"]
    assert difference["score"] == pytest.approx(gains.mean(), abs=1e-8)
    assert difference["ci95"] == pytest.approx(np.quantile(gains, (0.025, 0.975)).tolist(), abs=1e-8)
    assert difference["score"] == pytest.approx(scores[0] - scores[1], abs=1e-8)
    assert difference["claimed"] is bool(difference["ci95"][0] > 0)


def test_the_tables_are_printed_for_a_paper_and_no_page_is_written(folder: Path) -> None:
    done = compared("moons", "linear", "--latex", "--out", "found")
    assert (done.code, done.error, Path("found").exists()) == (0, "", False)
    assert done.out.startswith("% The tables need \\usepackage{booktabs}.\n\n")
    assert done.out.count("\\begin{table}") == 5


def test_the_errors_are_of_the_winners_on_development_rows(folder: Path) -> None:
    found = document("moons", "linear")
    errors = found["pairs"][0]["errors"]
    results = [json.loads(Path(f"studies/{study['name']}/results.json").read_text()) for study in found["studies"]]
    data = prepare(parse_spec(results[0]["spec"], "moons"), {})
    rows = validation_rows(data.development, data.folds)
    right = [
        predicted_labels(np.load(f"studies/{one['study']}/out_of_fold/{one['best']['number']}.npy")) == rows.y
        for one in results
    ]
    counts = [int(one.sum()) for one in (right[0] & right[1], right[0] & ~right[1], ~right[0] & right[1])]
    assert [errors["both"], errors["first_only"], errors["second_only"]] == counts
    assert errors["neither"] == len(rows.y) - sum(counts) > 0
    assert data.development.table.numbers is not None
    numbers = data.development.table.numbers[rows.rows]
    assert errors["examples"]
    for example in errors["examples"]:
        (at,) = np.flatnonzero(numbers == example["row"])  # a development row
        assert (right[0][at], right[1][at]) == ((True, False) if example["better"] == "first" else (False, True))
        features = np.asarray(data.development.features)[rows.rows[at]]
        shown = {name: float(value) for name, value in example["values"]}
        names = data.development.table.columns
        assert shown == {name: pytest.approx(features[names.index(name)], rel=1e-5) for name in shown}
        assert len(shown) == 2


def test_each_line_has_what_the_study_recorded(folder: Path) -> None:
    found = document("sampler", "moons")
    for study in found["studies"]:
        results = json.loads(Path(f"studies/{study['name']}/results.json").read_text())
        states = [trial["state"] for trial in results["trials"]]
        journal = Path(f"studies/{study['name']}/trials.csv").read_text()
        assert len(journal.splitlines()) == len(states) + 1
        assert (study["trials"], study["complete"]) == (6, states.count("COMPLETE"))
        assert study["best"] == pytest.approx(results["best"]["cv_mean"], rel=1e-8)
        assert study["winner"] == results["best"]["number"]
        assert study["corrected"] == results["analysis"]["selection"]["corrected"]
        assert study["sampler"] == results["spec"]["search"]["sampler"]
        assert (study["data"], study["development"], study["sharing"]) == (
            "moons",
            results["split"]["development"],
            "a",
        )
        assert (study["arithmetic"], study["members"]) == (results["spec"]["study"]["arithmetic"], 1)
        assert study["epochs"] >= 8 * study["complete"]
        assert study["seconds"] > 0
        assert study["search"]["scores"][-1] == study["best"]
        assert study["search"]["seconds"][-1] == study["seconds"]
        assert max(study["learning"]["scores"]) == study["best"]
    settings = {setting["key"]: setting["values"] for setting in found["settings"]}
    order = [study["name"] for study in found["studies"]]
    assert dict(zip(order, settings["search.sampler"], strict=True)) == {"sampler": "random", "moons": "tpe"}
    assert dict(zip(order, settings["study.seed"], strict=True)) == {"sampler": 1, "moons": 0}
    assert "study.name" not in settings
    assert "space.learning_rate" not in settings


def test_test_scores_stand_apart_with_the_number_of_times_that_their_rows_were_scored(folder: Path) -> None:
    done = compared("moons", "sampler", "wine", "--out", "found")
    found = json.loads(Path("found/compare.json").read_text())
    looks = {study["name"]: study["test"]["looks"] for study in found["studies"]}
    assert looks["wine"] == 1
    assert looks["moons"] == looks["sampler"] == 2
    assert all(study["test"]["own"] == 1 for study in found["studies"])
    assert "choosing by these uses up the test set" in done.out
    assert "are not all the same, so their scores do not say which model is better" in " ".join(done.out.split())
    for page in ("compare.html", "compare.md"):
        assert "choosing by these uses up the test set" in Path("found", page).read_text()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("wine", ["other_rows"]),
        ("folds", ["other_folds"]),
        ("by_loss", ["other_metric"]),
        ("members", ["other_members"]),
    ],
)
def test_what_cannot_be_tested_has_a_reason(folder: Path, other: str, expected: list[str]) -> None:
    found = document("moons", other)
    assert found["pairs"][0]["difference"] is None
    assert reasons(found) == expected
    assert (found["pairs"][0]["errors"] is None) == (other in ("wine", "folds"))
    assert ALLOWS not in Path("found/compare.html").read_text()


def test_studies_of_different_metrics_are_compared_by_one_that_is_named(folder: Path) -> None:
    plainly = document("moons", "linear")
    own = {study["name"]: study["corrected"] for study in plainly["studies"]}
    found = document("moons", "linear", "by_loss", "--metric", "acc")
    assert (plainly["metric"], found["metric"]) == (None, "accuracy")
    named = {study["name"]: study["named"] for study in found["studies"]}
    assert all(study["named"] is None for study in plainly["studies"])
    assert named["moons"]["score"] == pytest.approx(own["moons"], abs=1e-8)  # it chose by accuracy
    gains = {(pair["first"], pair["second"]): pair["difference"] for pair in found["pairs"]}
    names = [study["name"] for study in found["studies"]]
    assert names == sorted(names, key=lambda name: -named[name]["score"])
    for (first, second), gain in gains.items():
        score = named[names[first]]["score"] - named[names[second]]["score"]
        assert gain["score"] == pytest.approx(score, abs=1e-8)
    page = Path("found/compare.md").read_text()
    assert "Each study chose by its own metric, its epochs included; here all are scored by accuracy." in page
    rows = re.findall(r"^\| (moons|linear|by\\_loss) \|", page, re.MULTILINE)
    assert [name.replace("\\", "") for name in rows[:12]] == 4 * names  # in every table of the studies
    done = compared("moons", "by_loss", "--metric", "acc")
    assert done.out.splitlines()[1].split()[-4:] == ["trials", "score", "95%", "interval"]
    assert done.out.splitlines()[-1] == "studies/compare-moons-by_loss-by-acc/compare.html"


def test_lost_outputs_have_a_reason(folder: Path) -> None:
    shutil.copytree("studies/sampler", "studies/lost")
    next(iter(Path("studies/lost/out_of_fold").glob("*.npy"))).write_bytes(b"damaged")
    assert reasons(document("moons", "studies/lost")) == ["no_out_of_fold"]


def test_a_study_whose_data_is_gone_is_tested_by_its_own_record_of_the_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = document("moons", "linear")

    def gone(*_: Any) -> Any:
        raise DataError("data.source: the rows are gone")

    monkeypatch.setattr("experiments.study.comparing.compared_rows.data_again", gone)
    found = document("moons", "linear")
    assert found["pairs"][0]["difference"] == whole["pairs"][0]["difference"]
    rows = [[one["row"] for one in each["pairs"][0]["errors"]["examples"]] for each in (found, whole)]
    assert rows[0] == rows[1]
    assert not any(one["values"] for one in found["pairs"][0]["errors"]["examples"])
    Path("studies/moons/validation_rows.npz").unlink()
    without = document("moons", "linear")
    assert without["pairs"][0]["no_test"] == [{"code": "no_data", "detail": "data.source: the rows are gone"}]
    assert "the truths of their rows are not at hand: data.source: the rows are gone" in Path(
        "found/compare.md"
    ).read_text().replace("\\", "")


def test_a_sealed_an_interrupted_and_an_older_study_are_shown_and_said_to_be(folder: Path) -> None:
    shutil.copytree("studies/sampler", "studies/interrupted")
    Path("studies/interrupted/results.json").unlink()
    shutil.copytree(OLD / "studies" / "moons", "studies/older")
    done = compared("moons", "sealed", "studies/interrupted", "studies/older", "--out", "found")
    assert done.code == 0, done.error
    found = json.loads(Path("found/compare.json").read_text())
    by_folder = {Path(study["folder"]).name: study for study in found["studies"]}
    sealed, interrupted, older = (by_folder[name] for name in ("sealed", "interrupted", "older"))
    assert sealed["test"] is None
    assert sealed["notes"] == ["its test rows have not been scored"]
    assert (interrupted["corrected"], interrupted["trials"], interrupted["state"]) == (None, 6, "interrupted")
    assert interrupted["notes"][0].startswith("it was interrupted after 6 trials")
    assert interrupted["best"] == pytest.approx(
        json.loads(Path("studies/sampler/results.json").read_text())["best"]["cv_mean"], rel=1e-8
    )
    assert (older["arithmetic"], older["notes"][0]) == (
        "native",
        "its results are of version 0.1: what they do not record is not shown",
    )
    named = {study["folder"]: at for at, study in enumerate(found["studies"])}
    codes = {
        frozenset((pair["first"], pair["second"])): [one["code"] for one in pair["no_test"]] for pair in found["pairs"]
    }
    assert codes[frozenset((named["studies/moons"], named["studies/sealed"]))] == []
    assert codes[frozenset((named["studies/moons"], named["studies/interrupted"]))] == ["not_finished"]
    assert "other_arithmetic" in codes[frozenset((named["studies/moons"], named["studies/older"]))]
    assert found["studies"][-1]["folder"] == "studies/interrupted"  # without a corrected score
    for note in (*sealed["notes"], *interrupted["notes"], *older["notes"]):
        assert f"{note}" in done.out


def test_of_many_studies_all_pairs_are_judged_together(folder: Path) -> None:
    found = document("moons", "linear", "sampler", "wine", "by_loss")
    assert [(pair["first"], pair["second"]) for pair in found["pairs"]] == [
        (i, j) for i in range(5) for j in range(i + 1, 5)
    ]
    tested = [pair["difference"] for pair in found["pairs"] if pair["difference"] is not None]
    assert sorted(one["level"] for one in tested) == pytest.approx([0.05 / 3, 0.05 / 2, 0.05])
    assert [study["metric"] for study in found["studies"]] == ["accuracy"] * 4 + ["neg_log_loss"]
    assert {study["name"]: study["sharing"] for study in found["studies"]}["wine"] == ""
    assert ALLOWS in Path("found/compare.html").read_text()


def test_every_fact_of_the_page_stands_in_the_record(folder: Path) -> None:
    found = document("moons", "linear", "sampler", "wine", "by_loss")
    keys = Page(Path("found/compare.html").read_text()).facts
    assert len(keys) > 100
    for key in keys:
        value: Any = found
        for part in re.findall(r"[^.\[\]]+", key):
            value = value[int(part)] if part.isdigit() else value[part]
    pictures = re.findall(r"\]\((compare_files/[^)]+)\)", Path("found/compare.md").read_text())
    assert len(pictures) == len(set(pictures)) > 5
    assert all(Path("found", picture).is_file() for picture in pictures)


def test_the_default_folder_has_the_studies_names_and_the_pages_are_the_same_twice(folder: Path) -> None:
    assert compared("moons", "sampler").out.splitlines()[-1] == "studies/compare-moons-sampler/compare.html"
    made = Path("studies/compare-moons-sampler")
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    assert {path.name for path in before} >= {"compare.html", "compare.md", "compare.json"}
    compared("moons", "sampler")
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["moons"], "a comparison needs at least two studies"),
        (["moons", "studies/moons"], "'moons' is named twice"),
        (["moons", "nothing"], "must be a study's name"),
        (["moons", "sampler", "--out", "studies/wine"], "holds a study; choose another folder"),
        (["moons", "sampler", "--out", "studies/moons.toml"], "must be a folder"),
        (["moons", "sampler", "--data", "rows.csv"], "must be named as the data of a study (moons)"),
        (["moons", "by_loss", "--metric", "r2"], "--metric: r2 scores numbers, but the target is 2 classes"),
        (["moons", "by_loss", "--metric", "acc", "--finalists", "2"], "--metric: --finalists trains again"),
    ],
)
def test_what_is_wrong_is_one_line(folder: Path, arguments: list[str], words: str) -> None:
    done = compared(*arguments)
    assert done.code == 2
    assert len(done.error.splitlines()) == 1
    assert words in done.error


def test_a_results_file_that_was_edited_is_refused(folder: Path) -> None:
    path = Path("studies/sampler/results.json")
    path.write_text(path.read_text().replace('"sampler": "random"', '"sampler": "qmc"'))
    done = compared("moons", "sampler")
    assert (done.code, len(done.error.splitlines())) == (2, 1)
    assert "was changed after it was written" in done.error


def test_a_link_in_place_of_the_pictures_is_replaced(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "out").mkdir()
    (folder / "out" / "compare_files").symlink_to(tmp_path / "elsewhere")
    compared("moons", "sampler", "--out", "out")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert list((folder / "out" / "compare_files").glob("*.svg"))


def test_outputs_that_a_forged_journal_names_are_lost(folder: Path) -> None:
    path = folder / "studies" / "moons" / "out_of_fold" / "0.npy"
    path.write_bytes(npy(np.array(["x"])))  # type: ignore[arg-type]
    known_to_the_journal(folder, path)
    assert reasons(document("moons", "sampler")) == ["no_out_of_fold"]
    path.write_bytes(npy(np.zeros((2, 2), np.float32)))
    known_to_the_journal(folder, path)
    assert reasons(document("moons", "sampler")) == ["no_out_of_fold"]
