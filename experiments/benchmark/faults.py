"""The fault table: each row's fault is made on a real study, and what must follow is checked."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Sequence

from rich.console import Console

from experiments.benchmark.fault_rows.desk import Room, opened_room
from experiments.benchmark.fault_rows.outcome import Broken, NotMade
from experiments.benchmark.fault_rows.record import Record, default_place
from experiments.benchmark.fault_rows.row import Row
from experiments.benchmark.fault_rows.table import chosen_rows
from experiments.benchmark.tabulate import Line, print_table

COLUMNS = {"row": "row", "what happens": "happens", "outcome": "outcome", "checked": "text", "seconds": "seconds:.0f"}
HELD, BROKEN, NOT_MADE = "held", "broken", "not made"


def run(options: Namespace) -> Iterator[Line]:
    """Yield the outcome of each row that `options.faults` names; what the record has of this program is not run again.

    A row that was not made is tried again: this machine may have by now what it takes.

    Of `options`: record, the file (None: the usual place), and again, True to run all rows.
    """
    rows, record = chosen_rows(options.faults), Record(options.record or default_place())
    with opened_room() as room:
        for row in rows:
            known = None if options.again else record.known(row.name)
            if known is None or known["outcome"] == NOT_MADE:
                known = record.add(outcome(row, room))
            yield known


def outcome(row: Row, room: Room) -> Line:
    """Make a row's fault at a desk of its own; return what came of it.

    Returns:
        the row's words; its `outcome`; a list of the sentences that were `checked` and held; `why`, if it is not
        held; its `seconds`.
    """
    checked: list[str] = []
    result, why, start = HELD, "", time.monotonic()
    try:
        checked += row.check(room.desk())
    except NotMade as reason:
        result, why = NOT_MADE, str(reason)
    except Broken as reason:
        result, why = BROKEN, str(reason)
    except Exception as error:
        result, why = BROKEN, f"the check failed: {type(error).__name__}: {error}"
    return {
        "row": row.name,
        "happens": row.happens,
        "follows": row.follows,
        "outcome": result,
        "checked": checked,
        "why": why,
        "seconds": round(time.monotonic() - start, 1),
    }


def line_of(line: Line) -> str:
    """Return a row's outcome as a line for people."""
    return f"{line['row']}: {line['outcome']}: {text_of(line)} ({line['seconds']:.0f} s)"


def text_of(line: Line) -> str:
    """Return what was checked, and what did not hold."""
    return "; ".join([*([line["why"]] if line["why"] else []), *line["checked"]])


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table, and how many rows held."""
    print_table(console, [{**line, "text": text_of(line)} for line in lines], COLUMNS)
    counts = [f"{sum(line['outcome'] == one for line in lines)} {one}" for one in (HELD, BROKEN, NOT_MADE)]
    console.print(f"{len(lines)} rows: {', '.join(counts)}.")


def exit_code(lines: Sequence[Line]) -> int:
    """Return 1 if a row is broken, else 0."""
    return int(any(line["outcome"] == BROKEN for line in lines))
