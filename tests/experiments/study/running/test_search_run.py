"""The search as it runs: workers that have no trial left fit what comes after the search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from experiments.config.study_file import parse_spec
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.ledger import Ledger
from experiments.search.arithmetic import blas_kernel
from experiments.search.context import prepare_study
from experiments.search.inputs import share_inputs
from experiments.search.journal import Journal
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.study.running.begun import BegunStudy
from experiments.study.running.options import Options, new_run
from experiments.study.running.resume import start_or_resume
from experiments.study.running.search_run import finish_search, logged
from experiments.tracking.uris import OFF
from support.searched import Here
from support.study_folders import TOLD

DOCUMENT: dict[str, Any] = {
    "study": {"name": "early"},
    "data": {"source": "moons", "rows": 100},
    "cv": {"n_splits": 2},
    "training": {"epochs": 2, "batch_size": 32, "patience": 0},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
    "search": {"trials": 5, "lookahead": 2, "pruner": "none"},
}
FITS = ["run_refit", *["run_baseline"] * 3]  # of the default, whose trial has finished, and of the baselines


def asked(folder: Path, is_try: bool) -> list[str]:
    """Return the names of the tasks of a search, in the order in which they were submitted."""
    study, here = prepare_study(parse_spec(DOCUMENT, "early")), Here()
    run = new_run(Options(folder, folder / "ledger.jsonl", OFF, workers=1), Console(quiet=True))
    journal = Journal(run.folder.journal)
    start_or_resume(journal, study, folder)
    fits = None if is_try else FinalFits(study, here)  # type: ignore[arg-type]
    inputs = share_inputs(study.space, study.data, here.share)
    ledger, outputs = Ledger(run.options.ledger), OutOfFoldFiles(folder / "outputs")
    begun = BegunStudy(study, ledger, journal, outputs, [], here, inputs, blas_kernel(), fits)  # type: ignore[arg-type]
    assert len(finish_search(begun, run, {})) == 5
    return here.asked


@pytest.mark.parametrize(("is_try", "fits"), [(False, FITS), (True, [])])
def test_the_baselines_come_with_the_last_trial_but_not_in_a_try(is_try: bool, fits: list[str], tmp_path: Path) -> None:
    assert asked(tmp_path, is_try) == [*["run_trial"] * 4, *fits, "run_trial"]


def test_the_log_names_the_outcome_of_a_trial_once_and_its_score_as_people_do() -> None:
    pruned = replace(TOLD[0].result, state="PRUNED", reason="pruned", value=None, last=0.33903675752)
    assert logged(pruned, "r2") == "trial 0: pruned, R² 0.3390"
    assert logged(replace(pruned, state="FAIL", reason="diverged", last=None), "r2") == "trial 0: diverged"
    assert logged(TOLD[1].result, "r2") == "trial 1: complete, R² 0.7500"
