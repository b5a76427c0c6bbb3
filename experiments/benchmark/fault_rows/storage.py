"""Rows about files: a torn journal, a leftover lock, a first start that is killed, and a disk that is full."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress

import psutil

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.injected import instead_of
from experiments.benchmark.fault_rows.intact import check_intact
from experiments.benchmark.fault_rows.namespace import on_small_disk
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.refusals import check_refusal
from experiments.benchmark.fault_rows.studies import NAME
from experiments.benchmark.fault_rows.waiting import wait_until
from experiments.search.journal import Journal

CUTS = 200  # bytes at the end of a journal, of which any number may be lost
RESUMED = (1, 117, 200)  # cuts after which the study is run to its end
FULL = {  # the function before which the disk is full, and the call of it -> the file that cannot be written
    ("experiments.search.journal:Journal.append", 3): "the journal",
    ("experiments.tracking.store:Store.write_trial", 2): "MLflow's database",
    ("experiments.evaluation.scoring.ledger:Ledger.reserve", 1): "the ledger",
    ("experiments.study.running.run:write_model", 1): "the model",
    ("experiments.study.folders.finished_files:write_report", 1): "the report",
}
FILL = """\
patched.calls = getattr(patched, "calls", 0) + 1
if patched.calls == {call}:
    with open({ballast!r}, "wb", 0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                pass
return function(*a, **k)"""
MEGABYTES = 48


def torn_journal(desk: Desk) -> Iterator[str]:
    """Cut the journal's end off, in every length; resume after some; kill the first start of MLflow's database."""
    desk.succeed(NAME, "--workers", "1", "--trials", "6", "--no-test")
    whole, told = (desk.study / "journal.log").read_bytes(), desk.trials()
    for cut in range(1, CUTS + 1):
        place = desk.folder / "cut" / "journal.log"
        shutil.rmtree(place.parent, ignore_errors=True)
        place.parent.mkdir()
        place.write_bytes(whole[:-cut])
        kept = Journal(place).trials()
        demand(tuple(kept) == told[: len(kept)], f"cut by {cut} bytes, the journal has other trials")
        demand(len(kept) >= len(told) - 1, f"cut by {cut} bytes, the journal has lost {len(told) - len(kept)} trials")
        torn = place.with_name("journal.log.torn")
        ends = whole[:-cut].endswith(b"\n")
        demand(ends or torn.read_bytes() == whole[:-cut], f"cut by {cut} bytes, no copy was kept")
    yield f"all {CUTS} cuts: at most the last trial lost, a copy kept"
    for cut in RESUMED:
        one = desk.another()
        shutil.copytree(desk.study, one.study)
        (one.study / "journal.log").write_bytes(whole[:-cut])
        (one.study / "journal.log.lock").touch()
        one.tuned("--workers", "1")
        checked = list(check_intact(one, told[:-1]))
        yield f"cut by {cut} bytes, with a leftover lock, and resumed: intact"
    yield from killed_first_start(desk.another(database=False))
    yield f"intact: {', '.join(checked[1:])}"


def killed_first_start(desk: Desk) -> Iterator[str]:
    """Kill command and writer while MLflow's database is made for the first time."""
    command = desk.start(NAME, "--workers", "1")
    making = desk.folder / "mlruns" / ".mlflow.db.new" / "mlflow.db"
    wait_until(lambda: making.exists() or not command.runs, "MLflow's first start")
    for process in desk.processes():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    command.done()
    if (desk.folder / "mlruns" / "mlflow.db").exists():
        raise NotMade("MLflow's database was made before it could be killed")
    before = desk.trials()
    desk.tuned("--workers", "1")
    list(check_intact(desk, before))
    yield "killed in the first start of MLflow's database: made anew, intact"


def full_disk(desk: Desk) -> Iterator[str]:
    """Fill a small disk before each kind of file is written."""
    yield from on_small_disk(MEGABYTES, __name__, "filled")


def filled(desk: Desk) -> Iterator[str]:
    """Fill this desk's disk before a file is written, make room, and run the study to its end; so for each file."""
    for (where, call), file in FULL.items():
        one = desk.another()
        ballast = one.folder / "ballast"
        fault = instead_of(one.folder / "injected", where, FILL.format(call=call, ballast=str(ballast)))
        done = one.run(NAME, "--workers", "1", more=fault)
        demand(ballast.exists(), f"the disk was not filled before {file} was written: {done.error}")
        demand("Traceback" not in done.error + done.out, f"{file}: a traceback")
        if done.code:
            check_refusal(done, "No space left on device")
        else:  # only MLflow lacks something
            demand("is missing" in done.out + done.error, f"{file}: nothing was said: {done.out}{done.error}")
        for process in one.processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        before = one.trials()
        ballast.unlink()
        one.tuned("--workers", "1")
        checked = list(check_intact(one, before))
        yield f"full before {file}: exit code {done.code}, {len(before)} trials kept, then intact"
        shutil.rmtree(one.folder)
    yield f"intact: {', '.join(checked[1:])}"
