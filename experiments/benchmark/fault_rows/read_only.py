"""A command to which a folder is read-only: python -m experiments.benchmark.fault_rows.read_only FOLDER MODULE [words].

The folder is mounted read-only in a name space of the command's own: root, too, cannot write to it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from experiments.benchmark.fault_rows.command import Done
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.namespace import ENTER
from experiments.benchmark.fault_rows.outcome import NotMade

IMPOSSIBLE = 77  # exit code
MOUNT = f'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit {IMPOSSIBLE}; shift; exec "$@"'


def run_read_only(desk: Desk, folder: Path, *arguments: str, module: str = "experiments.tune") -> Done:
    """Run a command to which a folder is read-only.

    Raises:
        NotMade: this machine has no name spaces of mounts for this user.
    """
    done = desk.run(str(folder), module, *arguments, module=__name__)
    if done.code == IMPOSSIBLE:
        raise NotMade("a folder cannot be made read-only: this user may not mount in a name space of their own")
    return done


def main() -> int:
    """Be that process; return the command's exit code."""
    folder, *words = sys.argv[1:]
    start = [*ENTER, "sh", "-c", MOUNT, "sh", folder]
    try:
        if subprocess.call([*start, "true"], stderr=subprocess.DEVNULL):
            return IMPOSSIBLE
        return subprocess.call([*start, sys.executable, "-m", *words])
    except OSError:
        return IMPOSSIBLE


if __name__ == "__main__":
    sys.exit(main())
