"""Import this first in a script that computes: the script starts again with portable arithmetic if it has other."""

from __future__ import annotations

import os
import sys

from experiments.search.arithmetic import PORTABLE, in_force, lacking, processor

if not in_force(PORTABLE):
    if (reason := lacking(processor())) is not None:
        raise SystemExit(f"this script needs portable arithmetic: {reason}")
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **PORTABLE})
