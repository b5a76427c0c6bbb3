"""Predictions of a study's model for new rows: python -m experiments.predict MODEL FILE [--out FILE]."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from experiments.errors import StudyStateError
from experiments.study.cli import command_parser, run_command

if TYPE_CHECKING:
    import pandas as pd


NAMED = 5  # ignored columns


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "predict", "Predict new rows with a study's model, as CSV: the prediction, and each class's probability."
    )
    it.add_argument("model", metavar="MODEL", help="a study's name, its folder, or the model/ in it")
    it.add_argument("file", type=Path, metavar="FILE", help="new rows: a file in any format of a study's table")
    it.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: standard output)")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _predict, arguments, computes=True)


def _predict(chosen: argparse.Namespace) -> int:
    from experiments.data.new_rows import read_rows
    from experiments.evaluation.model import ROWS, predicted, read_model
    from experiments.study.lookup import model_folder

    file, out = chosen.file, chosen.out
    model = read_model(model_folder(chosen.model))
    rows = read_rows(file, model.rows, ROWS)
    if rows.ignored:
        more = len(rows.ignored) - NAMED
        named = ", ".join(rows.ignored[:NAMED]) + (f" and {more} more" if more > 0 else "")
        print(f"note: ignored columns that the model does not know: {named}", file=sys.stderr)
    for note in rows.notes:
        print(f"note: {note}", file=sys.stderr)
    predictions = _beside(rows.identifiers, (predicted(model, chunk) for chunk in rows.chunks))
    if out is None:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as whole:
            _write(whole, predictions)
            _note_unread(sum(rows.unread))
            whole.seek(0)
            shutil.copyfileobj(whole, sys.stdout)
            sys.stdout.flush()
        return 0
    if os.path.isdir(out) or not out.name:  # noqa: PTH112 - never raises, whatever the name
        raise StudyStateError(f"--out: must be a file to write, but {out} is a folder.")
    if os.path.exists(out) and out.samefile(file):  # noqa: PTH110
        raise StudyStateError(f"--out: {out} is the file of the new rows, which would be lost.")
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as whole:
            _write(whole, predictions)
        _note_unread(sum(rows.unread))
        part.replace(out)
    except OSError as error:
        raise StudyStateError(f"{out}: cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return 0


def _beside(identifiers: pd.DataFrame, predictions: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Put the columns that name each row before its prediction."""
    start = 0
    for chunk in predictions:
        beside = identifiers.iloc[start : start + len(chunk)]
        for at, name in enumerate(column for column in beside if column not in chunk):
            chunk.insert(at, name, beside[name].to_numpy())
        start += len(chunk)
        yield chunk


def _note_unread(cells: int) -> None:
    if cells:
        print(f"note: {cells} cells taken for missing, as they hold no number in a column of numbers", file=sys.stderr)


def _write(file: IO[str], predictions: Iterator[pd.DataFrame]) -> None:
    for number, chunk in enumerate(predictions):
        chunk.to_csv(file, index=False, header=number == 0, lineterminator="\n")


if __name__ == "__main__":
    sys.exit(main())
