"""Every sampler keeps the promises: one table for any timing, resumed or not, inside the space, another for a seed."""

from __future__ import annotations

import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from math import log10
from pathlib import Path
from typing import Any

import optuna
import pytest
from threadpoolctl import threadpool_info

from experiments.config.sampler_options import SAMPLERS
from experiments.config.space import Space
from experiments.config.spec import SearchSection, StudySpec
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError, StudyStateError
from experiments.search import samplers
from experiments.search.cross_validation import result_of
from experiments.search.executors.base import future_of
from experiments.search.loop import search
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed, make_samplers
from experiments.search.trial import Curves, FinishedTrial, TrialResult, TrialTask
from experiments.study.command.console import study_console
from experiments.study.running.options import Options
from experiments.study.running.run import run_study

MIXED: dict[str, Any] = {
    "activation": {"choices": ["relu", "tanh"]},
    "batch_size": {"low": 16, "high": 16, "log": True},
    "dropout": {"low": 0.0, "high": 0.5},
    "hidden_layers": {"low": 1, "high": 2},
    "hidden_units": {"low": 4, "high": 64, "log": True},
    "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
    "l1": {"low": 0.0, "high": 0.0},
    "momentum": {"low": 0.0, "high": 0.9, "step": 0.1},
}
STEPS: dict[str, Any] = {
    "activation": {"choices": ["relu", "tanh"]},
    "hidden_layers": {"low": 1, "high": 2},
    "hidden_units": {"choices": [8, 16]},
    "momentum": {"low": 0.1, "high": 0.3, "step": 0.1},
}
CASES: dict[str, dict[str, Any]] = {
    "tpe": {"n_startup_trials": 5},
    "tpe, each for itself": {"n_startup_trials": 5, "multivariate": False, "constant_liar": False},
    "random": {},
    "qmc": {},
    "qmc, halton": {"qmc_type": "halton"},
    "grid": {},
    "cmaes": {"popsize": 3},
    "cmaes, separable": {"popsize": 3, "use_separable_cma": True, "consider_pruned_trials": True},
    "cmaes, margin": {"popsize": 3, "with_margin": True, "n_startup_trials": 3},
    "cmaes, rate": {"popsize": 3, "lr_adapt": True},
    "gp": {"n_startup_trials": 3},
}
SPACES = {"grid": STEPS, "gp": {key: MIXED[key] for key in MIXED if key not in ("activation", "dropout")}}
TRIALS = {"gp": 8}  # a proposal of a Gaussian process takes half a second


def study(case: str, rules: dict[str, Any] | None = None, seed: int = 0, layers: int = 1, **more: Any) -> StudySpec:
    sampler = case.split(",")[0]
    chosen: dict[str, Any] = {"sampler": sampler, "sampler_options": CASES[case], "trials": TRIALS.get(sampler, 14)}
    space = rules or SPACES.get(sampler, MIXED)
    document = {
        "study": {"name": "x", "seed": seed},
        "data": {"source": "moons"},
        "search": {**chosen, "lookahead": 3, **more},
        "training": {} if "hidden_layers" in space else {"hidden_layers": layers},
        "space": space,
    }
    return parse_spec(document, "here")


def complete(number: int, score: float) -> TrialResult:
    return result_of(number, "COMPLETE", "", Curves((1,), ((score,),), ((1.0,),), ((1.0,),)), best_epoch=1)


def compute(task: TrialTask) -> TrialResult:
    """Better near a learning rate of 0.01 and with less dropout; now and then pruned or diverged."""
    candidate, number = task.candidate, task.number
    score = -abs(log10(candidate.training.learning_rate) + 2) - candidate.shape.dropout
    if number % 7 == 5:
        return replace(complete(number, score), state="PRUNED", reason="diverged", value=None)
    if number % 5 == 3:
        return replace(complete(number, score), state="PRUNED", reason="pruned", value=None)
    return complete(number, score)


def submit(task: TrialTask) -> Future[TrialResult]:
    return future_of(compute(task))


def run(spec: StudySpec, finished: list[FinishedTrial] | None = None) -> list[FinishedTrial]:
    before = finished or []
    return before + list(search(spec, Space(spec), before, submit))


GP = pytest.param("gp", marks=pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed"))


@pytest.fixture(params=[GP if name == "gp" else name for name in CASES], scope="module")
def case(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def undisturbed(case: str) -> list[FinishedTrial]:
    return run(study(case))


def test_every_sampler_has_a_case() -> None:
    assert {case.split(",")[0] for case in CASES} == set(SAMPLERS)


def test_proposals_are_points_of_the_space_that_depend_on_the_seed_and_not_on_the_length(
    case: str, undisturbed: list[FinishedTrial]
) -> None:
    space = Space(study(case))
    proposed = [trial.params for trial in undisturbed[1:]]
    assert all(space.contains(params) and list(params) == list(space.distributions) for params in proposed)
    assert len({tuple(params.items()) for params in proposed}) == len(proposed)
    assert run(study(case, trials=7)) == undisturbed[:7]
    other = run(study(case, seed=1, trials=4))
    assert other[0].params == undisturbed[0].params
    assert [trial.params for trial in other[1:]] != [trial.params for trial in undisturbed[1:4]]


def test_resumed_anywhere_is_as_undisturbed(case: str, undisturbed: list[FinishedTrial]) -> None:
    for finished in (1, 3, 4, len(undisturbed) - 1):
        assert run(study(case), undisturbed[:finished]) == undisturbed


def test_results_in_any_order_make_the_same_table_and_optuna_prints_nothing(
    case: str, undisturbed: list[FinishedTrial], recwarn: pytest.WarningsRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    chance, before = random.Random(0), optuna.logging.get_verbosity()

    def slow(task: TrialTask) -> TrialResult:
        time.sleep(chance.random() * 0.005)
        return compute(task)

    spec = study(case)
    quiet_optuna()
    try:
        with ThreadPoolExecutor(3) as pool:
            assert list(search(spec, Space(spec), [], lambda task: pool.submit(slow, task))) == undisturbed
    finally:
        optuna.logging.set_verbosity(before)
    assert not recwarn.list
    assert not caplog.records


@pytest.mark.parametrize("name", ["tpe", "cmaes", GP])
def test_what_learns_ends_better_than_what_does_not(name: str) -> None:
    count = 16 if name == "gp" else 40
    rules = {key: MIXED[key] for key in ("dropout", "learning_rate")}
    learned, blind = run(study(name, rules, trials=count)), run(study("random", rules, trials=count))
    late = [sum(trial.result.last or 0.0 for trial in trials[-8:]) for trials in (learned, blind)]
    assert late[0] > late[1]


def test_enqueued_trials_come_after_the_default_and_before_the_sampler(case: str) -> None:
    known = [{"momentum": 0.2}, {"hidden_units": [16, 8], "hidden_layers": 2, "momentum": 0.95}]
    spec = study(case, enqueue=known, trials=9)
    trials = run(spec)
    space = Space(spec)
    assert [trial.params for trial in trials[:3]] == list(space.known)
    assert (trials[1].params["momentum"], trials[2].params["hidden_units_1"]) == (0.2, 16)
    assert not space.contains(trials[2].params)
    assert all(space.contains(trial.params) for trial in trials[3:])
    for finished in (2, 3, 5):
        assert run(spec, trials[:finished]) == trials


def test_no_sampler_sees_a_point_outside_the_space(case: str) -> None:
    spec = study(case, enqueue=[{"momentum": 0.95}], trials=9)

    def scored(task: TrialTask, score: float) -> Future[TrialResult]:
        if task.number != 1:
            return submit(task)
        return future_of(complete(1, score))

    low, high = (
        list(search(spec, Space(spec), [], lambda task, score=score: scored(task, score)))  # type: ignore[misc]
        for score in (-9.0, 9.0)
    )
    assert [trial.params for trial in low] == [trial.params for trial in high]


def test_the_points_of_a_sequence_are_spread_evenly() -> None:
    trials = run(study("qmc", trials=17, lookahead=8))
    for low, high in [(0.0, 0.25), (0.25, 0.5)]:
        assert sum(low <= float(trial.params["dropout"]) < high for trial in trials[1:]) == 8


def test_a_point_of_the_sequence_depends_on_its_index_alone() -> None:
    apart = study("qmc", enqueue=[{"momentum": 0.95}, {"momentum": 0.2}])
    assert [trial.params for trial in run(apart)[3:]] == [trial.params for trial in run(study("qmc"))[1:-2]]


def test_a_journal_that_cma_es_would_not_have_written_is_refused() -> None:
    trials = run(study("cmaes"))
    bent = FinishedTrial({**trials[9].params, "dropout": 0.25}, trials[9].result)
    with pytest.raises(StudyStateError, match=r"^trial 9: cmaes proposes other parameters here .*--fresh\.$"):
        run(study("cmaes"), [*trials[:9], bent, *trials[10:12]])


@pytest.mark.parametrize("name", ["tpe", "cmaes", GP])
def test_sizes_of_layers_are_modelled_jointly(name: str) -> None:
    """All of them in every trial: Optuna's relative search space holds what a sampler models together."""
    if name == "gp":
        pytest.importorskip("torch")
    spec = study(name)
    space = Space(spec)
    theirs = optuna.create_study(direction="maximize")
    for trial in run(study("random", spec.space))[1:]:
        theirs.add_trial(
            optuna.trial.create_trial(params=trial.params, distributions=space.distributions, value=trial.result.last)
        )
    sampler = make_samplers(space, spec.search, 0)(20)
    joint = sampler.infer_relative_search_space(theirs, optuna.trial.create_trial(value=0.0))
    assert {"hidden_layers", "hidden_units_1", "hidden_units_2"} <= set(joint)


def test_tpe_finds_what_only_sizes_together_show() -> None:
    """The score falls with the difference of two sizes, so that neither alone says anything."""
    rules = {"hidden_units": {"low": 1, "high": 100}}

    def gap(task: TrialTask) -> Future[TrialResult]:
        first, second = task.candidate.shape.hidden
        return future_of(complete(task.number, -float(abs(first - second))))

    def mean_gap(case: str) -> float:
        late: list[float] = []
        for seed in range(2):
            spec = study(case, rules, seed, layers=2, trials=60, sampler_options={})
            late += [-(trial.result.last or 0.0) for trial in list(search(spec, Space(spec), [], gap))[45:]]
        return sum(late) / len(late)

    assert mean_gap("tpe") < 20 < mean_gap("random")  # of two numbers from 1 to 100 drawn apart it is 33


def test_cma_es_needs_a_range() -> None:
    document = {
        "study": {"name": "x"},
        "data": {"source": "moons"},
        "search": {"sampler": "cmaes"},
        "space": {"batch_size": {"choices": [8, 16]}, "l2": {"low": 0.1, "high": 0.1}},
    }
    with pytest.raises(SpecError, match=r"search\.sampler: cmaes needs a range of numbers"):
        parse_spec(document, "here")


@pytest.mark.parametrize("name", ["cmaes", GP])
def test_products_of_matrices_take_one_thread(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    make = samplers.SEEDED[name]

    def watched(**options: Any) -> optuna.samplers.BaseSampler:
        threads.extend(library["num_threads"] for library in threadpool_info())
        return make(**options)

    monkeypatch.setitem(samplers.SEEDED, name, watched)
    run(study(name, trials=3))
    assert set(threads) == {1}


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samplers, "find_spec", lambda name: None)
    with pytest.raises(
        SpecError, match=r"^search\.sampler: gp needs torch and greenlet, .*pip install torch greenlet\.$"
    ):
        check_installed(SearchSection(sampler="gp"))
    check_installed(SearchSection(sampler="tpe"))


def test_what_is_missing_is_missed_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samplers, "find_spec", lambda name: None)
    options = Options(tmp_path / "folder", tmp_path / "ledger.jsonl", "sqlite://", workers=1)
    with pytest.raises(SpecError, match="gp needs"):
        run_study(study("gp"), options, study_console(quiet=True))
    assert not list(tmp_path.iterdir())
