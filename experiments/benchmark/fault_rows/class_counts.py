"""The row about classes that are too small, and folds that are too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import refused

CASES = (  # what is wrong, labels and their counts, options, and the counts that the refusal must name
    (
        "a class with fewer rows than folds",
        {"no": 40, "yes": 37, "rare": 3},
        ("--set", "cv.n_splits=5"),
        "n_splits=5 development rows, but class 'rare' has 2 ",
    ),
    (
        "a class of one row, which test set and folds both need",
        {"no": 40, "yes": 37, "rare": 1},
        (),
        "needs 3 rows, .* class 'rare' has 1 ",
    ),
    (
        "k > n, in classes",
        {"no": 4, "yes": 4},
        ("--set", "cv.n_splits=20"),
        r"n_splits=20 development rows, but class 'no' has 3 \(its rows, from 0: .*\); set n_splits = 3",
    ),
    (
        "k > n, whatever the classes",
        {"no": 4, "yes": 4},
        ("--set", "cv.n_splits=20", "--set", "cv.splitter=KFold"),
        "n_splits=20, rows=6",
    ),
    ("one class", {"no": 40}, (), "'y' is the target, but all 40 rows have 'no'"),
    (
        "a class only in the test file",
        {"no": 40, "yes": 37},
        ("--test", "test.csv"),
        "class 'new' is only in 2 of the source's own test rows",
    ),
    (
        "a class only in the rows to learn from, with a test file",
        {"no": 40, "yes": 37, "old": 9, "new": 9},
        ("--test", "test.csv"),
        "class 'old' has 0 test rows",
    ),
)


def few_rows(desk: Desk) -> Iterator[str]:
    """Give the command tables whose classes do not suffice."""
    (desk.folder / "test.csv").write_text(_table({"no": 10, "yes": 10, "new": 2}))
    for what, labels, options, words in CASES:
        (desk.folder / "rows.csv").write_text(_table(labels))
        command: Sequence[str] = ("--data", "rows.csv", "--target", "y", *options, "--tracking-uri", "none")
        line = refused(desk, words, *command, "--out", "studies/few")
        demand(not (desk.folder / "studies" / "few").exists(), f"{what}: the study's folder was made")
        yield f"{what}: {line.removeprefix('error: ')}"
    yield "before the first trial: no journal, no folder, no entry in the ledger"


def _table(labels: dict[str, int]) -> str:
    """Return a table as CSV, with so many rows of each label."""
    names = [name for name, count in labels.items() for _ in range(count)]
    rows = "".join(f"{at * 37 % 101},{at * 53 % 103},{name}\n" for at, name in enumerate(names))
    return f"a,b,y\n{rows}"
