"""Loss of power at many points of a study's life, by hand: python tests/scripts/power.py POINTS [SEED [LIFE]].

At each point the power fails, and a part of what was not flushed reaches the disk; the study is then resumed. At a
quarter of the points nothing but what was flushed is there. LIFE is once, anew or nested.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

import scripts.portable  # noqa: F401
from support.powered_study import check_resumed, check_what_is_left, in_this_process, recorded


def main() -> int:
    """Check so many points; return 1 if something was lost."""
    points, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    life = sys.argv[3] if len(sys.argv) > 3 else "once"
    chance, start, failures = random.Random(seed), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as name, in_this_process():
        folder = Path(name)
        (folder / "recorded").mkdir()
        study = recorded(folder / "recorded", life)
        print(f"a life of {study.steps} steps; the first test row is read after step {study.looked}")
        for count in range(points):
            at, of = chance.randint(study.before, study.steps), None if count % 4 == 0 else chance.randrange(1 << 30)
            try:
                check_what_is_left(study, at, of, folder / "left")
                check_resumed(study, folder / "left")
            except Exception as error:
                failures += 1
                print(f"step {at}, seed {of}: {type(error).__name__}: {str(error)[:300]}")
    print(f"{points - failures} of {points} points held, in {time.monotonic() - start:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
