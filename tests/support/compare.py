"""The compare command in this process, and what it wrote."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from experiments import compare
from support.desk import STUDY, Done

SMALL = STUDY.replace("trials = 14", "trials = 6").replace("epochs = 12", "epochs = 8")


def compared(*arguments: str) -> Done:
    out, error = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        code = compare.main(arguments)
    return Done(code, out.getvalue(), error.getvalue())


def document(*arguments: str) -> dict[str, Any]:
    done = compared(*arguments, "--out", "found")
    assert (done.code, done.error) == (0, ""), done
    found: dict[str, Any] = json.loads(Path("found/compare.json").read_text())
    return found


def reasons(found: dict[str, Any]) -> list[str]:
    assert len(found["pairs"]) == 1
    return [reason["code"] for reason in found["pairs"][0]["no_test"]]
