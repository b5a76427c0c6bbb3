"""Rows about deaths: of a worker, and of the whole command at a random moment or at one that was chosen."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.injected import KILL, instead_of, killed_after, killed_before_renaming
from experiments.benchmark.fault_rows.intact import check_intact, check_processes
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.studies import LONGER, MANY, NAME

RUN_TRIAL = "experiments.search.executors.worker:run_trial"
MOMENTS = {  # the function after which the command dies -> the moment
    "experiments.search.journal:Journal.append": "between the telling and the MLflow write",
    "experiments.study.running.run:analyse": "in the analysis and the refit",
    "experiments.evaluation.scoring.ledger:Ledger.reserve": "after the look was reserved",
    "experiments.data.splits.holdout:SealedTestSet.open": "in the scoring",
    "experiments.evaluation.scoring.ledger:Ledger.complete": "after the look was completed",
    "experiments.evaluation.final_model.model:write_model": "after the model was written",
    "experiments.study.folders.folder:StudyFolder.write": "in the writing of the report",
    "experiments.study.folders.finished_files:write_results": "after the report",
}
UNNAMED = ("results.json", "report.html", "0.npy")  # files that are written, but have no name yet


def killed_workers(desk: Desk) -> Iterator[str]:
    """Kill workers in a trial; then a worker in each of the attempts at one trial."""
    longer = desk.another(LONGER)
    command, killed = longer.start(NAME, "--workers", "2"), 0
    for count, how in enumerate((signal.SIGKILL, signal.SIGSEGV, signal.SIGKILL), start=1):
        longer.wait_for_trials(3 * count, command)
        workers = longer.processes("worker")
        with suppress(psutil.NoSuchProcess, IndexError):
            workers[count % len(workers) - 1].send_signal(how)
            killed += 1
    command.succeeded()
    demand(killed == 3, f"{killed} workers killed")
    demand(not longer.results()["interventions"], "a death that was made good is recorded as an intervention")
    yield f"{killed} workers killed (SIGKILL, SIGSEGV), no intervention"
    yield from check_intact(longer, longer.trials())
    yield from lost_trial(desk, f"if a[0].number == 2: {KILL}", "worker died")


def silent_workers(desk: Desk) -> Iterator[str]:
    """Stop a worker in a trial; then a worker in each of the attempts at one trial."""
    stopped = desk.another(LONGER)
    command = stopped.start(NAME, "--workers", "2", "--worker-timeout", "5")
    stopped.wait_for_trials(2, command)
    demand(workers := stopped.processes("worker"), "the study has no workers")
    workers[0].send_signal(signal.SIGSTOP)
    command.succeeded()
    demand(not stopped.results()["interventions"], "a silence that was made good is recorded as an intervention")
    yield "a stopped worker replaced, no intervention"
    yield from check_intact(stopped, stopped.trials())
    stop = "if a[0].number == 2: os.kill(os.getpid(), signal.SIGSTOP)"
    yield from lost_trial(desk, stop, "worker silent", "--worker-timeout", "3")


def lost_trial(desk: Desk, fault: str, kind: str, *arguments: str) -> Iterator[str]:
    """Lose the workers of trial 2 in each attempt; check that it has failed and that the study goes on."""
    results = desk.tuned(
        "--workers",
        "2",
        *arguments,
        more=instead_of(desk.folder / "injected", RUN_TRIAL, f"{fault}\nreturn function(*a, **k)"),
    )
    recorded = [(one["trial"], one["kind"]) for one in results["interventions"]]
    demand(recorded == [(2, kind)], f"the interventions are {recorded}")
    states = {one["number"]: one["state"] for one in results["trials"]}
    demand(states[2] == "FAIL" and len(states) == 14, f"trial 2 is {states[2]}, of {len(states)} trials")
    demand(results["digest"] != desk.undisturbed()["digest"], "the digest does not know of the intervention")
    again = desk.tuned("--workers", "2")
    demand(again["digest"] == results["digest"], "resumed, it has another digest")
    yield f"after 3 losses trial 2 is FAIL ({kind}), recorded and digested, and 13 others follow"


def killed_at_random(desk: Desk) -> Iterator[str]:
    """Kill one study's command again and again, and run it to its end."""
    longer, chance = desk.another(MANY), random.Random(5)  # noqa: S311
    told, fell = [], 0
    for number in range(12):
        before = longer.told()
        command = longer.start(NAME, "--workers", "2")
        if number % 3:  # the others fall into the start
            longer.wait_for_trials(before + 1, command)
        time.sleep(chance.uniform(0.0, 0.4 if number % 3 else 3.0))
        fell += command.runs
        command.kill()
        told = list(longer.trials())
    demand(longer.tuned("--workers", "2"), "no results")
    yield f"{fell} SIGKILLs of the command, {len(told)} of 60 trials told by the last"
    yield from check_intact(longer, told)


def interrupted(desk: Desk) -> Iterator[str]:
    """Interrupt the command by both signals, and run it to its end."""
    longer, told = desk.another(LONGER), 0
    for how in (signal.SIGINT, signal.SIGTERM):
        command = longer.start(NAME, "--workers", "1")
        longer.wait_for_trials(told + 2, command)
        if not command.runs:
            raise NotMade("the study ended before it could be interrupted")
        start = time.monotonic()
        done = command.kill(how)
        seconds, told = time.monotonic() - start, longer.told()
        demand(done.code == 130, f"{how.name} ended the command with exit code {done.code}: {done.error}")
        demand(seconds < 5.0, f"{how.name} ended the command after {seconds:.1f} s")
        demand("the same command again resumes the study" in done.error, f"it said: {done.error}")
        demand(done.error.strip().count("\n") == 0, f"it said more than one line: {done.error}")
        yield f"{how.name}: exit code 130 after {seconds:.1f} s, one line"
        yield check_processes(longer)
        statuses = longer.statuses()
        demand(statuses == ["KILLED"], f"MLflow shows the study as {statuses}")
        yield "KILLED in MLflow"
    before = longer.trials()
    longer.tuned("--workers", "1")
    yield from check_intact(longer, before)


def killed_at_moments(desk: Desk) -> Iterator[str]:
    """Kill the command at each of the moments that could lose something, and run it to its end."""
    faults = {
        moment: killed_after(desk.folder / f"injected-{number}", where)
        for number, (where, moment) in enumerate(MOMENTS.items())
    }
    faults |= {
        f"{name} written, without its name": killed_before_renaming(desk.folder / f"named-{name}", name)
        for name in UNNAMED
    }
    for moment, fault in faults.items():
        one = desk.another()
        done = one.run(NAME, "--workers", "1", more=fault)
        if "signal 9" not in done.error:
            raise NotMade(f"the command was not killed {moment}: {done.error or done.code}")
        before = one.trials()
        one.tuned("--workers", "1")
        checked = list(check_intact(one, before))
        yield f"killed {moment}: intact"
    yield f"intact: {', '.join(checked[1:])}"
