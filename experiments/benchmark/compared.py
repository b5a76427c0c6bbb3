"""A check of the comparison of studies: pairs of small studies of generated data whose true difference is known.

Both studies of a pair have the same rows and folds. The truth comes from 20,000 rows more, which no real study has:
both winners are refitted on all development rows and scored there.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.benchmark.studies import of_seeds, searched, study_workers
from experiments.benchmark.synthetic import SPACE, Rows, curve, made_table, noise
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.verdicts import most_claims
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.evaluation.analysis.tested_trials import best_of
from experiments.evaluation.comparison.choices import choice_scores, compare_choices, gains
from experiments.evaluation.final_model.refit import Refit, outputs
from experiments.evaluation.records.reasons import BootstrapTooSlow
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.evaluation.statistics.resampling import Numbers, samples_of
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.context import prepare_study
from experiments.search.executors.serial import Inline, SerialExecutor
from experiments.search.pruning import quiet_optuna
from nnet.metrics import score_of

Kind = Literal["noise", "sampler", "planted"]
TEST, TRUTH, METRIC = 40, 20_000, "accuracy"
BEND = 0.54  # of the parabola, so that 400 rows show a network ten points more than a linear model
HELD = 0.91  # share of the pairs whose interval must hold the true difference
CLAIMED = 0.7  # share of the pairs with a planted difference that must be claimed
LINEAR = ("learning_rate", "l2")  # what a linear model has of it
COLUMNS = {
    "pairs of": "pairs_of",
    "rows": "rows:d",
    "pairs": "pairs:d",
    "true difference": "truth:+.4f",
    "its estimate": "score:+.4f",
    "width of the interval": "width:.3f",
    "holds the truth": "covered:.0%",
    "of final models": "covered_final:.0%",
    "claimed": "claimed:.0%",
    "from": "claimed_low:.1%",
    "to": "claimed_high:.1%",
    "as wanted": "held",
}


@dataclass(frozen=True)
class PairKind:
    """Pairs of studies of generated rows: one by TPE beside another.

    make:  maker of rows.
    rows:  number of development rows.
    other: the sampler of the other, or "linear", a study by TPE without hidden layers.
    """

    make: Callable[[np.random.Generator, int], Rows]
    rows: int
    other: str


@dataclass(frozen=True)
class SearchedSide:
    """One study of a pair after its search.

    choices: (B,) scores of its choice in each draw, on the units left out.
    single:  mean true score of single networks of its winner, refitted.
    final:   true score of its final model.
    """

    choices: Numbers
    single: float
    final: float


def bent(random: np.random.Generator, rows: int) -> Rows:
    """Return rows of a curve on which a linear model is ten points worse than a network."""
    return curve(random, rows, BEND)


KINDS: Mapping[Kind, PairKind] = MappingProxyType(
    {
        "noise": PairKind(noise, 200, "random"),
        "sampler": PairKind(curve, 200, "random"),
        "planted": PairKind(bent, 400, "linear"),
    }
)


def run(options: Namespace) -> Iterator[Line]:
    """Compare as many pairs of each kind as `options.studies` says, in parallel."""
    with study_workers() as executor:
        for kind in KINDS:
            yield pairs_line(kind, of_seeds(executor, compared_pair, kind, options.studies, options.trials))


def show(lines: Sequence[Line], console: Console) -> None:
    """Print a line for each kind of pairs, and what is wanted of it."""
    print_table(console, lines, COLUMNS, title="Intervals of the difference between two studies")
    console.print(f"The truth is of winners refitted and scored on {TRUTH:,} rows; wanted: held in {HELD:.0%} or more.")
    console.print(
        f"Of a planted difference of ten points {CLAIMED:.0%} or more must be claimed, of noise at most 5% and"
    )
    console.print("the binomial error. noise, sampler: TPE against random search, on labels of chance and on a curve;")
    console.print("planted: a network against a linear model.")


def pairs_line(kind: Kind, pairs: Sequence[dict[str, Any]]) -> Line:
    """Return what pairs of one kind say together, from what `compared_pair` returns.

    Returns:
        Means of the `truth`, of its estimate (`score`) and of the interval's `width`; the shares of the intervals that
        hold the truth (`covered`, and `covered_final` of the final models) and of the pairs that are `claimed`, with
        its Wilson interval; `held`, if they are as wanted.
    """
    frame = pd.DataFrame(pairs)
    claimed = int(frame["claimed"].sum())
    low, high = wilson_interval(claimed, len(frame))
    share, covered = claimed / len(frame), float(frame["truth"].between(frame["low"], frame["high"]).mean())
    as_wanted = {"noise": share <= most_claims(len(frame)), "planted": share >= CLAIMED}.get(kind, True)
    return {
        "pairs_of": kind,
        "rows": KINDS[kind].rows,
        "pairs": len(frame),
        **frame[["truth", "score"]].mean().to_dict(),
        "width": float((frame["high"] - frame["low"]).mean()),
        "covered": covered,
        "covered_final": float(frame["final"].between(frame["low"], frame["high"]).mean()),
        "claimed": share,
        "claimed_low": low,
        "claimed_high": high,
        "held": bool(covered >= HELD and as_wanted),
    }


def compared_pair(kind: Kind, seed: int, trials: int) -> dict[str, Any]:
    """Run both studies of a pair in this process, compare them, and score both winners on the truth.

    Returns:
        The estimated difference (`score`), its interval (`low`, `high`), whether it was `claimed`; and the true one, of
        single networks (`truth`: the mean over as many as a final model has) and of the `final` models.
    """
    quiet_optuna()
    made = KINDS[kind]
    first, second = (_searched(made, side, seed, trials) for side in ("tpe", made.other))
    pair = gains(first.choices, second.choices, made.rows, grouped=False)
    found = compare_choices({(0, 1): pair})[0, 1]
    return {
        "score": found.score,
        "low": found.ci95[0],
        "high": found.ci95[1],
        "claimed": found.claimed,
        "truth": first.single - second.single,
        "final": first.final - second.final,
    }


def _searched(made: PairKind, side: str, seed: int, trials: int) -> SearchedSide:
    """Search, and score the winner on the truth."""
    study = prepare_study(_spec(side, seed, trials), made_table(made.make, seed, made.rows, TEST))
    executor, kept = SerialExecutor(), dict[int, bytes]()
    finished = searched(study, executor, kept)
    validated = validation_rows(study.data.development, study.data.folds)
    contents = [Inline(kept[number]) for number in sorted(kept)]
    samples = samples_of(METRIC, study.data.target, contents, validated.y, validated.units)
    assert not isinstance(samples, BootstrapTooSlow)
    fits, score = FinalFits(study, executor), score_of(METRIC)
    task, model = fits.refit(best_of(finished))
    x, y = made.make(np.random.default_rng([seed, 1]), TRUTH)
    rows = fits.preprocessors[task.candidate.preprocessing].transform(x)
    single = [score(outputs(_member(model, at), rows), y) for at in range(task.members)]
    return SearchedSide(choice_scores(samples, samples.draws), fmean(single), score(outputs(model, rows), y))


def _member(model: Refit, at: int) -> Refit:
    return replace(model, parameters=model.parameters[at : at + 1], statistics=model.statistics[at : at + 1])


def _spec(side: str, seed: int, trials: int) -> StudySpec:
    linear = side == "linear"
    fixed = {"hidden_layers": 0} if linear else {}
    start = {} if linear else {"hidden_layers": 1, "hidden_units": 16}
    document = {
        "study": {"name": "pair", "seed": seed},
        "data": {"source": "given"},
        "cv": {"n_splits": 5, "metric": METRIC},
        "training": {"epochs": 12, "batch_size": 32, "patience": 0, **fixed},
        "search": {"trials": trials, "lookahead": 4, "sampler": "tpe" if linear else side, "pruner": "median"},
        "space": {key: SPACE[key] for key in LINEAR} if linear else dict(SPACE),
        "default": {"learning_rate": 1e-2, **start},
    }
    return parse_spec(document, "pair")
