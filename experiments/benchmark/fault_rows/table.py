"""The fault table: what happens to a study, what must follow, and the function that makes it happen and checks it."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.benchmark.fault_rows import (
    arrays,
    class_counts,
    deaths,
    foreign_models,
    identity,
    kills,
    leak,
    names,
    places,
    ray_cluster,
    storage,
    study_files,
    surroundings,
    tables,
    tracking,
    training,
)
from experiments.benchmark.fault_rows.row import Check, Row
from experiments.errors import SpecError

KILLS = "kills"
TABLE: dict[int, tuple[str, str, Check]] = {  # what happens, what must follow, and the function for both
    1: (
        "a worker is killed in a trial",
        "the trial runs again; after 3 deaths it is FAIL, an intervention, and the study goes on",
        deaths.killed_workers,
    ),
    2: (
        "the whole command is killed at a random moment, many times",
        "the next call resumes; intact",
        deaths.killed_at_random,
    ),
    3: ("Ctrl-C or SIGTERM", "exit 130 within 5 s, KILLED in MLflow, one line says how to resume", deaths.interrupted),
    4: (
        "killed between tell and the MLflow write, in refit, scoring, or the writing of the report",
        "resumed; scored once; no half-written file",
        deaths.killed_at_moments,
    ),
    5: (
        "torn tail of the journal; leftover lock; killed in the first start of the MLflow database",
        "repaired with a copy kept, or waits a bounded time; intact",
        storage.torn_journal,
    ),
    6: (
        "disk full while writing journal, database, model or report",
        "a clear error; what was told is intact; resumes when there is room",
        storage.full_disk,
    ),
    7: (
        "MLflow server away, dying in the middle, silent, answering 500 or half a JSON",
        "the study runs at full speed, warns once, and everything is there after the replay",
        tracking.server_in_trouble,
    ),
    8: (
        "MLflow database locked by another program for 30 s",
        "waits or replays; nothing lost",
        tracking.locked_database,
    ),
    9: (
        "a learning rate that makes the loss NaN or inf",
        "the trial is pruned as diverged with its epoch; never the best; no NumPy warning reaches the user; 1.8e308 "
        "appears nowhere",
        training.diverged,
    ),
    10: ("every trial diverges", "exit 2 with the reason and a hint, test set unread", training.all_diverged),
    11: (
        "a worker that gives no sign of life",
        "replaced and the trial run again; the third time FAIL, an intervention",
        deaths.silent_workers,
    ),
    12: (
        "the study file changed in a way that matters, or the data changed, and then resumed",
        "refused with the difference shown; --fresh or a new name offered",
        identity.changed,
    ),
    13: ("two commands on one study at once", "the second is refused while the first lives", surroundings.two_commands),
    14: (
        "names with emoji, right-to-left text, `../`, quotes, `<script>`, 600 characters",
        "accepted safely or refused in one line; escaped in every page",
        names.hostile_names,
    ),
    15: (
        "TOML: unknown key, wrong type, inverted range, log range from 0, duplicate key, not UTF-8, 10 MB",
        "one line that names the key (and line where known)",
        study_files.bad_toml,
    ),
    16: (
        "CSV: ragged, empty, header only, BOM, wrong encoding, NaN, inf, constant column, duplicate names, 1 row, "
        "target missing, target constant, 10,000 columns",
        "one line that names the row and column, or a correct run",
        tables.odd_tables,
    ),
    17: (
        "npz with objects, lying headers, bombs; IDX with bad magic, short, giant dimensions, gzip bomb",
        "refused before the memory is taken",
        arrays.lying_arrays,
    ),
    18: (
        "a class with fewer rows than folds; k > n; a class only in the test set; one class",
        "an error before the first trial, with the counts",
        class_counts.few_rows,
    ),
    19: ("a tampered or foreign model file", "refused; nothing in it is executed", foreign_models.foreign_models),
    20: (
        "results folder read-only, missing parent, a file in its place",
        "an error before any computing",
        places.unwritable,
    ),
    21: (
        "the sealed rows replaced by garbage after the split",
        "nothing changes but `test` and the data fingerprints (the leak test)",
        leak.garbage,
    ),
    22: (
        "Ray node killed, Ray head killed",
        "tasks run again; or exit with how to resume; intact",
        ray_cluster.lost_nodes,
    ),
    23: ("clock jumps an hour either way", "nothing depends on it", surroundings.jumping),
    24: ("workers 1, 2, 4, local, Ray", "one digest", surroundings.numbers_of_workers),
}
ROWS = [Row(str(number), *row) for number, row in TABLE.items()]


def chosen_rows(words: str) -> Sequence[Row]:
    """Return the rows that words name: numbers between commas, "kills", or nothing for the whole table.

    Raises:
        SpecError: there is no such row.
    """
    if not words:
        return ROWS
    chosen: list[Row] = []
    for word in words.split(","):
        found = kills.ROWS if word == KILLS else [row for row in ROWS if row.name == word]
        if not found:
            known = ", ".join(row.name for row in ROWS)
            raise SpecError(f"--faults: must name rows of {known} or {KILLS}, but got {word!r}.")
        chosen += found
    return chosen
