"""Predictions of a study's model for new rows: python -m experiments.predict MODEL FILE [options]."""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from experiments.config.readable import count, first_few
from experiments.errors import DataError, StudyStateError
from experiments.study.command.cli import a_path, add_layout_argument, command_parser, run_command

if TYPE_CHECKING:
    import pandas as pd

    from experiments.config.target import Target
    from experiments.data.new_data.new_rows import NewRows


NAMED = 5  # ignored columns
NO_CSV = (".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".json", ".jsonl", ".gz", ".zip", ".npy", ".npz")
WRITTEN = ("prediction", "interval_low", "interval_high", "prediction_set")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "predict", "Predict new rows with a study's model, as CSV: the prediction, and each class's probability."
    )
    it.add_argument("model", metavar="MODEL", help="a study's name, its folder, or the model/ in it")
    it.add_argument(
        "file", type=a_path, metavar="FILE", help="new rows: a file like a study's, a picture, or a folder of pictures"
    )
    it.add_argument(
        "--interval",
        type=float,
        metavar="LEVEL",
        help="add an interval that should hold the true number in this share of the rows, such as 0.9",
    )
    it.add_argument(
        "--set-coverage",
        type=float,
        metavar="LEVEL",
        help="add a set of classes that should hold the true one in this share of the rows, such as 0.9",
    )
    it.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="of two classes, predict the second from this probability on, such as 0.2 (default: the more probable "
        "class, and the first where both are equally probable)",
    )
    it.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="COLUMN",
        help="copy a column of the new rows, such as an identifier, before the predictions; may be given several times",
    )
    add_layout_argument(it)
    it.add_argument("--out", type=a_path, metavar="FILE", help="file to write (default: standard output)")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _predict, arguments, computes=True)


def _predict(chosen: argparse.Namespace) -> int:
    from experiments.data.new_data.new_rows import read_rows
    from experiments.evaluation.final_model.model import ROWS, predicted, read_model
    from experiments.evaluation.uncertainty.levels import asked_level, caution
    from experiments.evaluation.uncertainty.threshold import asked_threshold, meaning
    from experiments.study.folders.lookup import model_folder
    from experiments.study.request.new_rows_file import check_out, is_stream, layout_keys
    from nnet.durable import replacing

    file, out = chosen.file, chosen.out
    if out is not None and out.suffix.lower() in NO_CSV:
        raise StudyStateError(
            f"--out: predictions are written as CSV, but {out} ends in {out.suffix}; name a .csv file."
        )
    model = read_model(model_folder(chosen.model))
    level = asked_level(model.uncertainty, model.target, chosen.interval, chosen.set_coverage)
    threshold = asked_threshold(model.target, chosen.threshold, level)
    layout = layout_keys(file, chosen.overrides)
    rows = read_rows(file, model.rows, ROWS, _free(chosen.keep, model.target), layout)
    notes = _notes(rows, file)
    if level is not None and model.uncertainty is not None:
        notes.append(caution(model.uncertainty, model.target, level))
    if threshold is not None:
        notes.append(meaning(model.target, threshold))
    if model.target.classes and model.uncertainty is not None and not model.probabilities:  # 0.1 did not record it
        notes.append("the loss was no cross-entropy: probability columns are shares of outputs alone")
    _say(notes)
    computed = ((predicted(model, chunk, level, threshold), chunk.index) for chunk in rows.chunks)
    predictions = (_named(chunk, index, rows.unreadable) for chunk, index in computed)
    if out is not None:
        check_out(out, file)
    if out is None or is_stream(out):
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as whole:
            _write(whole, predictions)
            _note_cells(rows)
            whole.seek(0)
            _send(whole, out)
        return 0
    try:
        with replacing(out) as part:
            with part.open("x", encoding="utf-8", newline="") as whole:
                _write(whole, predictions)
            _note_cells(rows)
    except OSError as error:
        raise StudyStateError(f"{out}: cannot be written: {error.strerror}.") from None
    return 0


def _notes(rows: NewRows, file: Path) -> list[str]:
    """List what is to be said of a file's columns, a line each."""
    from experiments.data.new_data.new_rows import ARRAYS

    if not rows.ignored:
        return [*rows.notes]
    named = first_few(rows.ignored, NAMED)
    advice = "" if file.suffix.lower() in ARRAYS else "; --keep NAME copies one beside the predictions"
    return [f"columns that the model does not use: {named}{advice}", *rows.notes]


def _say(notes: Sequence[str]) -> None:
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def _send(whole: IO[str], out: Path | None) -> None:
    """Copy predictions to a stream; None is standard output.

    Raises:
        StudyStateError: the stream cannot be written.
    """
    if out is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as in a file: names of classes must not change
        shutil.copyfileobj(whole, sys.stdout)
        sys.stdout.flush()
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as stream:
            shutil.copyfileobj(whole, stream)
    except OSError as error:
        raise StudyStateError(f"{out}: cannot be written: {error.strerror}.") from None


def _free(keep: Sequence[str], target: Target) -> Sequence[str]:
    """Return the columns to keep, none of which has the name of a column that is written.

    Raises:
        DataError: one has.
    """
    written = {*WRITTEN, *(f"probability_{name}" for name in target.classes)}
    for name in keep:
        if name in written:
            raise DataError(f"--keep: {name!r} is a column of the predictions; rename it in the file.")
    return keep


def _named(predictions: pd.DataFrame, names: pd.Index, unreadable: Mapping[str, str]) -> pd.DataFrame:
    """Put the names of rows before their predictions, if rows have names; an unreadable row has no prediction."""
    if unreadable:
        predictions.loc[names.isin(list(unreadable))] = None
    written = set(predictions)
    for name in reversed([name for name in names.names if name is not None]):
        shown = f"{name} of the file" if name in written else str(name)
        predictions.insert(0, shown, names.get_level_values(name))
    return predictions


def _note_cells(rows: NewRows) -> None:
    notes = [*rows.cells.lines()]
    if rows.unreadable:
        from experiments.data.readers.pictures.image_folder import name_unreadable

        pictures = count(len(rows.unreadable), "picture")
        notes.append(f"no prediction for {pictures} that cannot be read: {name_unreadable(rows.unreadable)}")
    _say(notes)


def _write(file: IO[str], predictions: Iterator[pd.DataFrame]) -> None:
    for number, chunk in enumerate(predictions):
        chunk.to_csv(file, index=False, header=number == 0, lineterminator="\n")


if __name__ == "__main__":
    sys.exit(main())
