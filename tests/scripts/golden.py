"""Compute the golden digests of tests/support/golden.py, and write them, or with --check compare them.

python tests/scripts/golden.py [--check] [NAME ...]
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))  # before tests, which has a folder `experiments` too

import scripts.portable  # noqa: F401
from support.golden import DIGESTS, STUDIES, digest_of, other_versions, result_of


def main() -> int:
    """Run the script; return its exit code."""
    check, names = "--check" in sys.argv, [word for word in sys.argv[1:] if word != "--check"] or list(STUDIES)
    known = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    if others := other_versions():
        raise SystemExit(f"the golden digests need the versions of constraints.txt: {'; '.join(others)}")
    different = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            digest = digest_of(result_of(name, Path(folder)))
        same = known.get(name) == digest
        different += not same
        print(f"{digest}  {'the same' if same else 'another'}  {name}", flush=True)
        known[name] = digest
    if not check:
        DIGESTS.write_text(json.dumps({name: known[name] for name in STUDIES}, indent=2, ensure_ascii=False) + "\n")
    return int(check and different > 0)


if __name__ == "__main__":
    sys.exit(main())
