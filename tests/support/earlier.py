"""Predictions with the models in a folder of studies, as committed for the folder of an earlier version."""

from __future__ import annotations

import json
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path

from experiments import predict

NEW = "studies/new.csv"


def predictions(folder: Path) -> dict[str, str]:
    """Return what `predict` writes for the new rows, by the name of each study with a model."""
    written = {}
    with chdir(folder):
        for path in sorted(Path("studies").glob("*/model")):
            name, level = path.parent.name, ["--set-coverage", "0.8"]
            if json.loads((path.parent / "results.json").read_bytes())["data"]["task"] == "regression":
                level = ["--interval", "0.8"]
            with redirect_stdout(StringIO()) as said:
                code = predict.main([name, NEW, *level])
            assert code == 0, (name, said.getvalue())
            written[name] = said.getvalue()
    return written
