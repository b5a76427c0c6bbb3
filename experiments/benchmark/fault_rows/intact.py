"""The check of "intact": nothing that was told is lost, and the study ends as one to which nothing happened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.mlflow_runs import lacking, runs_of
from experiments.benchmark.fault_rows.outcome import demand
from experiments.evaluation.final_model.model import read_model
from experiments.search.journal_reader import view_journal
from experiments.search.trial import FinishedTrial
from experiments.tracking.writer_state import read_state

ENDED = ("FINISHED", "FAILED")  # a FAILED run is of a trial that was lost
HALF_WRITTEN = ("*.part", ".work", ".mlflow.db.new", "*.tmp")  # what a write leaves that did not come to its end
JSON_FILES = ("results.json", "tracking.json", "mlflow.json")


def check_intact(desk: Desk, told: Sequence[FinishedTrial], uri: str | None = None) -> Iterator[str]:
    """Check a study that has come to its end.

    Args:
        told: the trials that the journal had after the fault.
        uri:  of the MLflow store, if it is not the desk's own.

    Yields:
        a sentence for each thing that was checked.

    Raises:
        Broken: a thing is not as it must be.
    """
    yield check_told(desk, told)
    yield check_digest(desk)
    yield check_look(desk)
    yield check_processes(desk)
    yield check_mlflow(desk, uri)
    yield check_files(desk)


def check_told(desk: Desk, told: Sequence[FinishedTrial]) -> str:
    """Check that trials are in the journal with their values and the times of their ends."""
    now = {trial.result.number: trial for trial in desk.trials()}
    lost = [one.result.number for one in told if now.get(one.result.number) != one]
    demand(not lost, f"trials that were told are lost or changed: {lost}")
    again = [one.result.number for one in told if now[one.result.number].finished_at != one.finished_at]
    demand(not again, f"trials that were told were computed again: {again}")
    return f"{len(told)} told trials kept"


def check_digest(desk: Desk) -> str:
    """Check that trials and digest are those of the undisturbed study."""
    ours, undisturbed = desk.results(), desk.undisturbed()
    kept = ("number", "state", "value", "params", "epochs")
    trials, others = ([{key: one[key] for key in kept} for one in two["trials"]] for two in (ours, undisturbed))
    demand(trials == others, "the trials are not those of the undisturbed study")
    demand(
        ours["digest"] == undisturbed["digest"],
        f"the digest is {ours['digest'][:12]}, of the undisturbed study {undisturbed['digest'][:12]}",
    )
    return "the digest of the undisturbed study"


def check_look(desk: Desk) -> str:
    """Check that the test rows were scored once, and counted once in the ledger."""
    kinds = [entry["kind"] for entry in desk.entries()]
    demand(kinds == ["reserved", "completed"], f"the ledger has the entries {kinds}")
    counted = desk.results()["test"]["times_scored"], desk.results()["ledger"]["looks"]
    demand(counted == (1, 1), f"the results count {counted[0]} scorings and {counted[1]} looks")
    return "one look"


def check_processes(desk: Desk) -> str:
    """Check that no process of the study's stays."""
    desk.wait_for_no_process()
    return "no process left"


def check_mlflow(desk: Desk, uri: str | None = None) -> str:
    """Check that MLflow has the study and each of its trials once, after `sync`, where its writer was not done.

    Args:
        uri: of the store, if it is not the desk's own.
    """
    uri = uri or desk.uri
    state = read_state(desk.study)
    if state is None or not state.complete:
        desk.succeed(str(desk.study), "--tracking-uri", uri, module="experiments.sync")
    uid = str((view_journal(desk.study / "journal.log").identity or {})["uid"])
    lacks = lacking(uri, uid, desk.results())
    lacks += [f"the study is {run.info.status}" for run in runs_of(uri, uid) if run.info.status not in ENDED]
    demand(not lacks, f"MLflow: {'; '.join(lacks[:3])}")
    return "each trial once in MLflow"


def check_files(desk: Desk) -> str:
    """Check that no file is half written: what is there can be read, and nothing unfinished lies beside it."""
    left = [str(path.relative_to(desk.folder)) for name in HALF_WRITTEN for path in desk.folder.rglob(name)]
    demand(not left, f"half-written files: {', '.join(left)}")
    for name in JSON_FILES:
        if (path := desk.study / name).exists():
            json.loads(path.read_bytes())
    for path in (desk.study / "out_of_fold").glob("*.npy"):
        np.load(path, allow_pickle=False)
    journal = (desk.study / "journal.log").read_bytes()
    demand(journal.endswith(b"\n") and all(json.loads(line) for line in journal.splitlines()), "the journal is torn")
    demand((desk.study / "report.html").read_text().rstrip().endswith("</html>"), "report.html is torn")
    read_model(desk.study / "model")
    return "no file half written"
