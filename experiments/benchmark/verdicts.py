"""Whether the verdict keeps what it promises: small studies of made data, from the search to the look.

Of labels that no feature says anything of, a study must not claim that tuning helped; of data on which the default is
ten points worse than what can be found, it must. Each study has its own rows and seed. The truth comes from a second
look, which no real study has, at 20,000 rows more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Literal

import numpy as np
from scipy.stats import binom

from experiments.benchmark.coverage import covers, fold_interval
from experiments.benchmark.synthetic import Rows, curve, made_table, noise
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.holdout import SealedTestSet
from experiments.data.prepare import StudyData, prepare
from experiments.evaluation.assemble import best_of, default_of
from experiments.evaluation.last_fit import last_fit
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.results import FinalScore, Verdict
from experiments.evaluation.statistics import wilson_interval
from experiments.search.executors.base import Executor, map_future
from experiments.search.executors.serial import SerialExecutor
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import share_inputs
from experiments.search.loop import search
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import FinishedTrial

Made = Literal["noise", "curve"]
MAKERS: dict[Made, Callable[[np.random.Generator, int], Rows]] = {"noise": noise, "curve": curve}
DEVELOPMENT, TEST, TRUTH = 200, 400, 20_000  # rows
CLAIMED = 0.05  # share of studies of noise that may say "helped"
FOUND = 0.9  # share of studies of a planted gain that must
DEFAULTS: dict[Made, dict[str, Any]] = {
    "noise": {"hidden_layers": 1, "hidden_units": 16, "learning_rate": 1e-2},
    "curve": {"hidden_layers": 0, "learning_rate": 5e-2},  # a linear model
}


@dataclass(frozen=True)
class SimulatedStudy:
    """What one study claims, and what is true.

    selection:     selection score of the winner less the default's.
    test:          the same on its test rows.
    truth:         the same on 20,000 rows.
    folds_covered: whether the winner's mean over the folds ± 1.96 standard errors has its true score inside.
    """

    verdict: Verdict
    selection: float
    test: float
    truth: float
    folds_covered: bool


@dataclass(frozen=True)
class HonestyRow:
    """Studies of one kind of data.

    helped:        of them said "helped"; worse: "default better".
    ci95:          Wilson interval of the share that said "helped".
    bound:         what that share may be at most (noise) or must be at least (curve).
    selection:     means over the studies, as SimulatedStudy says; test and truth too.
    folds_covered: share of the studies.
    """

    made: Made
    studies: int
    helped: int
    worse: int
    ci95: tuple[float, float]
    bound: float
    selection: float
    test: float
    truth: float
    folds_covered: float

    @property
    def held(self) -> bool:
        """Whether "helped" was said no more often (noise), or no less (curve), than the bound."""
        share = self.helped / self.studies
        return share <= self.bound if self.made == "noise" else share >= self.bound


def simulate(made: Made, studies: int, executor: Executor, trials: int = 40) -> HonestyRow:
    """Run that many studies, with seeds from 0 on."""
    futures = [executor.submit(simulated_study, made, seed, trials) for seed in range(studies)]
    return honesty_row(made, [future.result() for future in futures])


def honesty_row(made: Made, studies: Sequence[SimulatedStudy]) -> HonestyRow:
    """What the studies say together."""
    helped = sum(one.verdict == "helped" for one in studies)
    return HonestyRow(
        made=made,
        studies=len(studies),
        helped=helped,
        worse=sum(one.verdict == "default better" for one in studies),
        ci95=wilson_interval(helped, len(studies)),
        bound=most_claims(len(studies)) if made == "noise" else FOUND,
        selection=mean(one.selection for one in studies),
        test=mean(one.test for one in studies),
        truth=mean(one.truth for one in studies),
        folds_covered=mean(one.folds_covered for one in studies),
    )


def most_claims(studies: int) -> float:
    """The share of studies that may claim what is not there: more than 5%, as far as chance goes in 95 of 100 cases.

    >>> most_claims(100)
    0.09
    """
    return float(binom.ppf(0.95, studies, CLAIMED)) / studies


def simulated_study(made: Made, seed: int, trials: int) -> SimulatedStudy:
    """One whole study in this process: its search, refits and look, and a look at the truth."""
    quiet_optuna()
    make = MAKERS[made]
    spec = _spec(made, seed, trials)
    data = prepare(spec, {}, made_table(make, seed, DEVELOPMENT, TEST))
    spec = spec.with_inferred_settings(data.target.task, data.folds.splitter)
    space, executor = Space(spec), SerialExecutor()
    inputs = share_inputs(space, data, executor.share)
    told = list(
        search(
            spec,
            space,
            [],
            lambda task: map_future(
                executor.submit(run_trial, task, inputs[task.candidate.preprocessing]), lambda found: found.result
            ),
            executor.share,
        )
    )
    more = SealedTestSet(*make(np.random.default_rng([seed, 1]), TRUTH))
    record, truth = (_looked(spec, space, data, told, rows) for rows in (data.test, more))
    best, default = best_of(told).result, default_of(told)
    assert default is not None
    return SimulatedStudy(
        verdict=record.verdict,
        selection=(best.value or 0.0) - (default.result.value or 0.0),
        test=_gain(record),
        truth=_gain(truth),
        folds_covered=covers(fold_interval(best.fold_scores), truth.score),
    )


def _looked(
    spec: StudySpec, space: Space, data: StudyData, told: Sequence[FinishedTrial], rows: SealedTestSet
) -> FinalScore:
    """Winner and default on these rows, as a study judges them; with a ledger of its own."""
    best, default = best_of(told), told[0]
    finalists = [best] if best is default else [best, default]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.jsonl")
        name, executor = spec.study.name, SerialExecutor()
        return last_fit(spec, space, name, data.development, rows, ledger, finalists, executor, False).record


def _gain(record: FinalScore) -> float:
    """Return the winner's gain over the default on the test rows: 0 where the default itself won."""
    return 0.0 if record.difference is None else record.difference.score


def _spec(made: Made, seed: int, trials: int) -> StudySpec:
    document = {
        "study": {"name": f"{made}_{seed}", "seed": seed},
        "data": {"source": "given"},
        "cv": {"n_splits": 5, "metric": "accuracy"},
        "training": {"epochs": 12, "batch_size": 32, "patience": 0},
        "search": {"trials": trials, "lookahead": 4, "sampler": "tpe", "pruner": "median"},
        "space": {
            "learning_rate": {"low": 1e-3, "high": 1e-1, "log": True},
            "hidden_layers": {"low": 1, "high": 2},
            "hidden_units": {"low": 4, "high": 32, "log": True},
            "l2": {"low": 1e-6, "high": 1e-1, "log": True},
            "dropout": {"low": 0.0, "high": 0.5},
        },
        "default": DEFAULTS[made],
    }
    return parse_spec(document, made)
