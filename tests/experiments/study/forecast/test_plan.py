"""What a plan finds, in workers of its own, without leaving a trace."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.holdout import Look
from experiments.data.prepare import prepare
from experiments.errors import ExperimentError, SearchError, SpecError, StudyStateError
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.ledger_place import ledger_path
from experiments.search.executors.base import WorkerDied
from experiments.search.executors.local import LocalExecutor
from experiments.search.journal import Journal
from experiments.study.forecast import plan as module
from experiments.study.forecast.forecast import Forecast, Search, forecast
from experiments.study.forecast.plan import Plan, make_plan, random_candidates, sample_of
from experiments.study.forecast.plan_text import dimensions, interval_widths, print_plan
from experiments.study.options import Options
from experiments.study.resume import start_or_resume, study_identity
from nnet.batches import FoldData

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
    fixed = Options(here / "moons", ledger_path(here), "https://ann:secret@host/mlflow", None, workers=1)
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
def begun(tmp_path: Path) -> Path:
    """A folder with the journal of the study, begun, and a ledger with its look and another's."""
    spec = spec_of()
    data = prepare(spec, {})
    (tmp_path / "moons").mkdir()
    start_or_resume(Journal(tmp_path / "moons" / "journal.log"), spec, data, tmp_path / "moons")
    ledger = Ledger(tmp_path / "studies" / "ledger.jsonl")
    for study in (study_identity(spec, data), "another"):
        ledger.reserve(Look(data.test.fingerprint, study, study), data.test.known_by, "moons", 16)
    return tmp_path


def text(plan: Plan) -> str:
    console = Console(file=io.StringIO(), width=80)
    print_plan(console, plan)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_plan_says_everything_and_changes_nothing(begun: Path) -> None:
    before = files(begun)
    plan = make_plan(spec_of(), options(begun))
    assert files(begun) == before
    assert (plan.told, plan.running, plan.past.looks, plan.past.own) == (0, False, 2, 1)
    assert plan.timed >= 1
    assert plan.forecast.seconds > plan.forecast.search > 0
    shown = text(plan)
    assert max(map(len, shown.splitlines())) <= 80
    words = " ".join(shown.split())
    for fact in (
        'source = "moons"',
        "400 rows, 2 features, 2 classes",
        "320 rows to learn from in 3 folds, 80 test rows",
        "6 drawn, of which 4 to 6 matter in a trial",
        "16 trials, 4 in flight, 1 workers",
        "95% Wilson",
        "assuming 8 of 8 epochs a trial",
        "scored twice, all or some of them, by the studies of",
        "other studies saw up to 100%; 1 by this study",
        "https://***@host/mlflow",
        "ledger.jsonl",
    ):
        assert fact in words, fact
    assert "secret" not in shown


def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    plan = make_plan(spec_of(cv={"n_splits": 3, "metric": "roc_auc"}), options(tmp_path, look="leave"))
    assert list(tmp_path.iterdir()) == []
    words = " ".join(text(plan).split())
    assert "has scored them" in words
    assert "its width depends on how roc_auc varies over the 80 rows" in words
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
            "space.hidden_units in all hidden_layers: a network has at most",
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
        make_plan(spec_of(**sections), chosen)
    assert files(begun) == before


def test_inputs_that_only_preprocessing_shows_to_be_too_many_are_refused(tmp_path: Path) -> None:
    names = "".join(f"name {row // 2},{'yes' if row % 2 else 'no'}\n" for row in range(700))
    (tmp_path / "names.csv").write_text("name,label\n" + names)
    data = {"source": str(tmp_path / "names.csv"), "target": "label"}
    space = {"hidden_units": {"low": 1, "high": 1 << 20}}
    spec = parse_spec(DOCUMENT | {"data": data, "space": space, "preprocessing": {"rare": 0.0}}, "names")
    with pytest.raises(SpecError, match=r"^space.hidden_units: a network has at most"):
        make_plan(spec, options(tmp_path))


@pytest.mark.parametrize(("sampler", "learns"), [("tpe", True), ("qmc", False), ("random", False)])
def test_samplers_that_only_draw_are_not_expected_to_learn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sampler: str, learns: bool
) -> None:
    searches: list[Search] = []

    def recorded(search: Search, *rest: Any) -> Forecast:
        searches.append(search)
        return forecast(search, *rest)

    monkeypatch.setattr(module, "forecast", recorded)
    make_plan(spec_of(search={"sampler": sampler}), options(tmp_path))
    assert searches[0].learns is learns


def test_what_ends_a_search_sooner_is_said(tmp_path: Path) -> None:
    plan = make_plan(spec_of(search={"patience": 3, "budget_minutes": 2.5}), options(tmp_path))
    assert "it ends sooner after 3 trials without a gain or 2.5 minutes, over all runs" in " ".join(text(plan).split())


def test_a_fresh_start_leaves_behind_what_is_there(begun: Path) -> None:
    assert make_plan(spec_of(cv={"n_splits": 4}), options(begun, fresh=True)).told == 0


def test_a_score_needs_trials(begun: Path) -> None:
    with pytest.raises(StudyStateError, match="no trial to score"):
        make_plan(spec_of(), options(begun, look="only"))


def test_workers_that_die_are_one_line(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(*_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(WorkerDied("the worker process died 3 times"))
        return future

    monkeypatch.setattr(LocalExecutor, "submit", submit)
    with pytest.raises(SearchError, match=r"cannot be timed here: a task was tried 3 times .* worker died\. "):
        make_plan(spec_of(), options(begun))


def test_a_damaged_journal_is_named(begun: Path) -> None:
    (begun / "moons" / "journal.log").write_text(json.dumps({"op_code": 4}) + "\n")
    with pytest.raises(StudyStateError, match="not a journal of this program"):
        make_plan(spec_of(), options(begun))


def test_the_configurations_that_are_timed_are_spread_over_the_space() -> None:
    space = Space(spec_of())
    first = random_candidates(space)
    assert first == random_candidates(space)
    assert {len(one.shape.hidden) for one in first[:8]} == {1, 2, 3}
    rates = np.log10([one.training.learning_rate for one in first[:12]])
    assert len(np.unique(np.floor(rates))) == 3


def folds(rows: int, shared: bool) -> Sequence[FoldData]:
    x, numbers = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4), np.arange(rows)
    parts = [(numbers[numbers % 5 != fold], numbers[numbers % 5 == fold]) for fold in range(5)]
    return [FoldData(x if shared else x.copy(), numbers % 2, *part) for part in parts]


@pytest.mark.parametrize("shared", [True, False])
def test_a_large_study_is_calibrated_with_every_nth_row(monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    whole = folds(1000, shared)
    monkeypatch.setattr(module, "LARGEST", 4 * 1000 // 3 if shared else 5 * 4 * 1000 // 3)
    sample, share = sample_of(whole)
    assert share == pytest.approx(0.25, abs=0.01)
    assert len({id(fold.x) for fold in sample}) == (1 if shared else 5)
    for part, fold in zip(sample, whole, strict=True):
        for taken, given in ((part.train, fold.train), (part.validation, fold.validation)):
            kept = given[given % 4 == 0]
            np.testing.assert_array_equal(part.x[taken], fold.x[kept])
            np.testing.assert_array_equal(part.y[taken], fold.y[kept])


def test_a_small_study_is_calibrated_with_all_its_rows() -> None:
    whole = folds(100, shared=True)
    assert sample_of(whole) == (whole, 1.0)


@pytest.mark.parametrize(
    ("space", "training", "words"),
    [
        ({"l2": {"low": 0, "high": 1}}, {}, "1 drawn, all of which matter"),
        ({"hidden_layers": {"low": 0, "high": 3}}, {}, "1 drawn, all of which matter"),
        ({"hidden_units": {"low": 4, "high": 8}}, {"hidden_layers": 2}, "2 drawn, all of which matter"),
        (
            {"hidden_units": {"low": 4, "high": 8}, "hidden_layers": {"choices": [3, 1]}},
            {},
            "4 drawn, of which 2 to 4 matter in a trial",
        ),
        (
            {"hidden_units": {"low": 4, "high": 4}, "hidden_layers": {"low": 1, "high": 3}},
            {},
            "1 drawn, all of which matter",
        ),
        (
            {"hidden_units": {"low": 4, "high": 8}, "hidden_layers": {"low": 2, "high": 2}},
            {},
            "2 drawn, all of which matter",
        ),
    ],
)
def test_dimensions_that_matter_are_told_from_those_drawn(
    space: dict[str, Any], training: dict[str, Any], words: str
) -> None:
    assert dimensions(Space(spec_of(space=space, training=training))) == words


def test_the_interval_of_an_accuracy_narrows_with_the_rows() -> None:
    assert "±0.012 at 0.99" in interval_widths("accuracy", 360)
    assert "±0.002 at 0.99" in interval_widths("accuracy", 10_000)
