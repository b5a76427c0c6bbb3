"""What a plan finds, in workers of its own, without leaving a trace."""

from __future__ import annotations

import io
import itertools
import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.splits.holdout import Look
from experiments.errors import ExperimentError, SearchError, SpecError, StudyStateError
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.ledger_place import LEDGER
from experiments.search.context import prepare_study
from experiments.search.executors.base import WorkerDied
from experiments.search.executors.local import LocalExecutor
from experiments.search.executors.serial import SerialExecutor
from experiments.search.journal import Journal
from experiments.study.running import plan as module
from experiments.study.running.options import Options
from experiments.study.running.plan import (
    EPOCHS,
    Calibration,
    costs,
    interval_widths,
    print_plan,
    random_candidates,
    search_facts,
)
from experiments.study.running.resume import start_or_resume

pytestmark = pytest.mark.slow

DOCUMENT: dict[str, Any] = {
    "study": {"name": "moons"},
    "data": {"source": "moons"},
    "cv": {"n_splits": 3},
    "training": {"epochs": 8, "batch_size": 32},
    "search": {"trials": 16},
    "space": {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 3},
        "hidden_units": {"low": 4, "high": 16, "log": True},
        "optimizer": {"choices": ["adam", "sgd"]},
        "l2": {"low": 1e-4, "high": 1e-4},
    },
}


def spec_of(**sections: Any) -> StudySpec:
    return parse_spec(DOCUMENT | sections, "moons").with_inferred_settings("classification", "StratifiedKFold")


def options(here: Path, **changes: Any) -> Options:
    fixed = Options(here / "moons", here / LEDGER, "https://ann:secret@host/mlflow", workers=1)
    return replace(fixed, **changes)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time configurations in this process, where the workers are not what is tested."""
    monkeypatch.setattr(module, "open_executor_of", lambda *_: SerialExecutor())


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A folder with the journal of the study, begun, and a ledger with its look and another's."""
    study = prepare_study(spec_of())
    (tmp_path / "moons").mkdir()
    start_or_resume(Journal(tmp_path / "moons" / "journal.log"), study, tmp_path / "moons")
    ledger, test = Ledger(tmp_path / "studies" / "ledger.jsonl"), study.data.test
    for identity in (study.identity, "another"):
        ledger.reserve(Look(test.fingerprint, identity, identity), test.known_by, "moons", 16)
    return tmp_path


def text(spec: StudySpec, chosen: Options) -> str:
    console = Console(file=io.StringIO(), width=80)
    print_plan(console, spec, chosen)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_plan_says_everything_and_changes_nothing(begun: Path) -> None:
    before = files(begun)
    shown = text(spec_of(), options(begun))
    assert files(begun) == before
    assert max(map(len, shown.splitlines())) <= 80
    words = " ".join(shown.split())
    for fact in (
        'source = "moons"',
        "400 rows, 2 features, 2 classes",
        "320 development rows in 3 folds, 80 test rows",
        "6 hyperparameters; 16 trials; at most 4 at a time, 1 worker",
        "s if trials run 50% of their epochs, at most about ",
        "configurations timed in 1 worker (BLAS ",
        "95% Wilson",
        "used in 2 tests: 1 by others, at most 100% of them at once; 1 by this study",
        "https://***@host/mlflow",
    ):
        assert fact in words, fact
    assert "ledger.jsonl" in "".join(shown.split())  # a long path is broken at the edge
    assert "secret" not in shown


@pytest.mark.usefixtures("inside")
def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    words = " ".join(text(spec_of(cv={"n_splits": 3, "metric": "roc_auc"}), options(tmp_path, look="leave")).split())
    assert list(tmp_path.iterdir()) == []
    assert "has used them" in words
    assert "of a width that depends on how ROC AUC varies over the 80 rows" in words
    assert "not written: the test set stays sealed" in words


@pytest.mark.parametrize(
    ("sections", "changes", "words"),
    [
        ({"cv": {"n_splits": 4}}, {}, r"holds another study: .*cv.n_splits was 3 and is 4"),
        ({"cv": {"metric": "acuracy"}}, {}, r"cv\.metric"),
        ({"data": {"source": "sun"}}, {}, r"data\.source"),
        (
            {"space": {"hidden_units": {"low": 1, "high": 90_000}, "hidden_layers": {"low": 1, "high": 3}}},
            {},
            "space.hidden_units in all hidden_layers: a network must have at most",
        ),
        ({}, {"folder": "moons/journal.log"}, "there is a file"),
        ({}, {"folder": "missing/moons"}, "does not exist"),
    ],
)
def test_what_the_study_would_be_refused_for_the_plan_is_too(
    begun: Path, sections: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    before = files(begun)
    chosen = options(begun, fresh="space" in sections, **{key: begun / value for key, value in changes.items()})
    with pytest.raises(ExperimentError, match=words):
        text(spec_of(**sections), chosen)
    assert files(begun) == before


def test_inputs_that_only_preprocessing_shows_to_be_too_many_are_refused(tmp_path: Path) -> None:
    names = "".join(f"name {row // 2},{'yes' if row % 2 else 'no'}\n" for row in range(700))
    (tmp_path / "names.csv").write_text("name,label\n" + names)
    data = {"source": str(tmp_path / "names.csv"), "target": "label", "keep": ["name"]}
    space = {"hidden_units": {"low": 1, "high": 1 << 20}}
    spec = parse_spec(DOCUMENT | {"data": data, "space": space, "preprocessing": {"rare": 0.0}}, "names")
    with pytest.raises(SpecError, match=r"^space.hidden_units: a network must have at most"):
        text(spec, options(tmp_path))


def test_what_was_decided_about_the_data_is_said_and_stands_in_the_study(tmp_path: Path) -> None:
    rows = "".join(f"{row % 7},{'YES' if row == 1 else 'yes' if row % 12 == 0 else 'no'}\n" for row in range(36))
    (tmp_path / "rare.csv").write_text("x,label\n" + rows)
    data = {"source": str(tmp_path / "rare.csv"), "target": "label", "positive": "no"}
    study = prepare_study(parse_spec(DOCUMENT | {"data": data, "cv": {"metric": "f1"}}, "rare"))
    labels = [label for label, _ in search_facts(study, options(tmp_path), 0)]
    said = [fact for _, fact in search_facts(study, options(tmp_path), 0)]
    assert labels[:6] == ["data", "columns", "split", "", "", "search"]
    assert said[1] == "rare: 36 rows, 1 number -> label"
    assert "'YES' and 'yes' are one class, 'yes'" in said[3]
    assert said[4] == "cv.n_splits: 3 folds instead of 5, as class 'yes' has only 3 development rows."
    resolved = study.spec.to_document()
    assert (resolved["cv"]["n_splits"], resolved["data"]["positive"]) == (3, "no")
    again = prepare_study(parse_spec(resolved | {"data": resolved["data"] | data}, "resolved"))
    assert again.spec.to_document() == resolved
    assert again.data.folds.fingerprint == study.data.folds.fingerprint


def test_what_ends_a_search_sooner_is_said(tmp_path: Path) -> None:
    study = prepare_study(spec_of(search={"patience": 3, "budget_minutes": 2.5}))
    ends = "it ends sooner after 3 trials without a gain or 2.5 minutes, over all runs"
    assert ends in dict(search_facts(study, options(tmp_path), 0)).values()
    tried = dict(search_facts(study, options(tmp_path, planned=90), 7))["search"]
    assert tried == "6 hyperparameters; a try of 40 of 90 trials, 7 of them finished; at most 4 at a time, 1 worker"


@pytest.mark.usefixtures("inside")
def test_a_fresh_start_leaves_behind_what_is_there(begun: Path) -> None:
    assert "finished" not in text(spec_of(cv={"n_splits": 4}), options(begun, fresh=True))


def test_a_score_needs_trials(begun: Path) -> None:
    with pytest.raises(StudyStateError, match="no trial to score"):
        text(spec_of(), options(begun, look="only"))


@pytest.mark.usefixtures("inside")
def test_a_small_table_is_not_timed_for_longer_than_it_takes(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1e9)
    monkeypatch.setattr(module, "ENOUGH", 3)
    assert "from 3 configurations timed in 1 worker (" in text(spec_of(), options(begun))


def test_workers_that_die_are_one_line(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(*_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(WorkerDied("the worker process died 3 times"))
        return future

    monkeypatch.setattr(LocalExecutor, "submit", submit)
    with pytest.raises(SearchError, match=r"cannot be timed here: a task was tried 3 times .* worker died\. "):
        text(spec_of(), options(begun))


def test_a_damaged_journal_is_named(begun: Path) -> None:
    (begun / "moons" / "journal.log").write_text(json.dumps({"op_code": 4}) + "\n")
    with pytest.raises(StudyStateError, match="not a journal of this program"):
        text(spec_of(), options(begun))


def test_the_default_and_then_configurations_at_random_are_timed() -> None:
    study = prepare_study(spec_of(training={"epochs": 8, "average_epochs": 5, "patience": 3}))
    first, *drawn = itertools.islice(random_candidates(study), 13)
    settings = study.space.candidate(study.space.default).training
    assert first.training == replace(settings, epochs=EPOCHS, average_epochs=EPOCHS)
    assert {len(one.shape.hidden) for one in drawn} == {1, 2, 3}
    assert len({one.training.learning_rate for one in drawn}) == 12


def test_the_cost_is_that_of_the_trials_to_go(begun: Path) -> None:
    study = prepare_study(spec_of())
    measured = Calibration((0.5, 1.5), 2_000_000)
    words = dict(costs(study, measured, 3.0, "2 workers"))
    assert words["time"].startswith("about 12 s if trials run 50% of their epochs, at most about 24 s for the search;")
    assert words["memory"].startswith("about 2.0 MB in the command and its workers; ")
    assert words["disk"] == "at most 41.0 kB of out-of-fold outputs"  # of 16 trials: 320 rows, 8 bytes each
    never = prepare_study(spec_of(training={"epochs": 8, "patience": 0}, search={"trials": 16, "pruner": "none"}))
    assert dict(costs(never, measured, 3.0, "2 workers"))["time"].startswith("about 24 s for the search;")
    assert dict(costs(study, measured, 0.0, "2 workers"))["time"].startswith("nothing is left to search;")


def test_the_interval_of_an_accuracy_narrows_with_the_rows() -> None:
    assert "±0.012 at 0.99" in interval_widths("accuracy", 360)
    assert "±0.002 at 0.99" in interval_widths("accuracy", 10_000)


@pytest.mark.usefixtures("inside")
def test_the_memory_of_a_plan_has_the_command_at_its_peak_the_workers_and_what_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.study.running.memory.free", lambda: 1_300_000_000)
    monkeypatch.setattr(module, "peak_of_this_process", lambda: 1_000_000_000)
    monkeypatch.setattr(module, "held_by_children", lambda: 300_000_000)
    monkeypatch.setattr(module, "still_to_come", lambda inputs, workers: 50_000_000 * workers)
    words = " ".join(text(spec_of(), options(tmp_path)).split())
    assert "about 1.4 GB in the command and its workers" in words  # of 1.35
    assert "1.4 GB, more than the 1.3 GB that are free here; fewer --workers or data.rows need less" in words


def test_a_study_that_fits_says_nothing_of_a_shortage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.study.running.memory.free", lambda: 50_000_000_000)
    facts = dict(costs(prepare_study(spec_of()), Calibration((0.1,), 49_000_000_000), 1, "here"))
    assert "49.0 GB in the command" in facts["memory"]
    assert not any("more than" in fact for fact in facts.values())
