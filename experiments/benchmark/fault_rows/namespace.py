"""A small disk of one's own: a file system in memory that only one process and its children see."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from experiments.benchmark.fault_rows.desk import SOURCES, Room
from experiments.benchmark.fault_rows.outcome import Broken, NotMade
from experiments.benchmark.fault_rows.processes import end_all_in

ENTER = ("unshare", "--user", "--map-root-user", "--mount")
PROGRAM = "from experiments.benchmark.fault_rows.namespace import serve; serve()"


def on_small_disk(megabytes: int, module: str, function: str) -> Iterator[str]:
    """Call function(desk) of a module in a process of its own, whose desks lie on a small disk; yield what it yields.

    Raises:
        NotMade: this machine does not let a user mount a file system.
        Broken:  the function raises it.
    """
    if shutil.which(ENTER[0]) is None or subprocess.run([*ENTER, "true"], capture_output=True, check=False).returncode:
        raise NotMade("a user may not make a file system of his own here (unshare --user --mount)")
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        mount = f"mount -t tmpfs -o size={megabytes}m tmpfs {place} && exec "
        words = [sys.executable, "-c", PROGRAM, place, module, function]
        shell = ["sh", "-c", mount + '"$@"', "sh", *words]
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        done = subprocess.run([*ENTER, *shell], env=environment, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for line in lines:
        if "broken" in line:
            raise Broken(line["broken"])
        yield line["held"]
    if done.returncode:
        raise NotMade(f"the small disk could not be used: {(done.stderr.strip().splitlines() or ['no reason'])[-1]}")


def serve() -> None:
    """Be the process on the small disk: print each sentence as a line of JSON."""
    from importlib import import_module

    place, module, function = sys.argv[1:]
    room = Room(Path(place))
    try:
        for sentence in getattr(import_module(module), function)(room.desk()):
            print(json.dumps({"held": sentence}), flush=True)
    except Broken as error:
        print(json.dumps({"broken": str(error)}), flush=True)
    finally:
        with suppress(OSError):
            end_all_in(room.folder)
