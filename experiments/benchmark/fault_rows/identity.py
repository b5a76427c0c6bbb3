"""Rows about a study whose file or data changed before it was resumed."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import refused
from experiments.benchmark.fault_rows.studies import ALONE, MOONS

OF_TABLE = MOONS.replace("trials = 14", "trials = 6").replace(
    'source = "moons"', 'source = "../rows.csv"\ntarget = "y"'
)
OFFERED = "--out .*--fresh"

CHANGES = (  # what changes in the file, from what, to what, and what is shown
    ("batch size", "batch_size = 32", "batch_size = 16", r"training\.batch_size was 32 and is 16"),
    ("epochs", "epochs = 12", "epochs = 13", r"training\.epochs was 12 and is 13"),
    ("seed", 'name = "moons"', 'name = "moons"\nseed = 1', r"study\.seed was 0 and is 1"),
    ("folds", "n_splits = 3", "n_splits = 4", r"cv\.n_splits was 3 and is 4"),
    ("metric", "n_splits = 3", 'n_splits = 3\nmetric = "f1_macro"', r"cv\.metric was .* and is .f1_macro."),
    ("range", "low = 1e-3, high = 1e-1", "low = 1e-3, high = 0.2", r"learning_rate\.high was 0\.1"),
    ("a hyperparameter less", "l2 = { low = 1e-6, high = 1e-1, log = true }\n", "", r"space\.l2"),
    ("sampler", "lookahead = 4", 'lookahead = 4\nsampler = "random"', r"search\.sampler was .* and is .random."),
    ("lookahead", "lookahead = 4", "lookahead = 5", r"search\.lookahead was 4 and is 5"),
    ("networks of the final model", "members = 1", "members = 2", r"final\.members was 1 and is 2"),
)
SAME = (  # what changes in the file, and leaves the study what it is
    ("a comment", "[cv]", "# a comment\n[cv]"),
    ("the order of keys", "epochs = 12\nbatch_size = 32", "batch_size = 32\nepochs = 12"),
    ("a default that is written out", "[search]", "[search]\npruner_options = {}"),
)


def changed(desk: Desk) -> Iterator[str]:
    """Change the study file, then the data, of an interrupted study, and resume it."""
    desk = desk.another(OF_TABLE)
    source, table = desk.folder / "rows.csv", made_rows()
    source.write_text(table)
    desk.succeed(*ALONE, "--trials", "3")
    demand(desk.told() == 3, "the study did not begin")
    for name, old, new, words in CHANGES:
        demand(desk.text.count(old) == 1, f"{name}: the study file holds {old!r} another number of times than once")
        desk.file.write_text(desk.text.replace(old, new))
        refused(desk, f"{words}.*{OFFERED}", *ALONE)
    yield f"refused with the difference, and with --out and --fresh offered: {', '.join(one[0] for one in CHANGES)}"
    desk.file.write_text(desk.text)
    lines = table.splitlines(keepends=True)
    for name, other in {
        "one digit of a row": table.replace(lines[7], lines[7].replace(".", ".1", 1)),
        "a label": table.replace(lines[7], lines[7].replace("no", "yes")),
        "a row more": f"{table}0.5,0.5,yes\n",
        "a row less": "".join(lines[:-1]),
        "the order of rows": "".join([lines[0], *lines[:0:-1]]),
    }.items():
        demand(other != table, f"{name}: nothing was changed")
        source.write_text(other)
        refused(desk, f"holds another study: .*{OFFERED}", *ALONE)
        yield f"refused: the data with {name} changed"
    desk.succeed(*ALONE, "--fresh", "--trials", "2")
    demand(desk.told() == 2, "--fresh does not start anew")
    desk.succeed(*ALONE, "--trials", "2", "--out", "studies/other")
    yield "--fresh and --out do what the message says"
    yield from _unchanged(desk.another(OF_TABLE), table)


def _unchanged(desk: Desk, table: str) -> Iterator[str]:
    """Check that a file that says the same in other words is the same study, to the digest."""
    (desk.folder / "rows.csv").write_text(table)
    renamed = table.replace("a,b,y", "a,c,y", 1)  # rows are known by their values
    whole = desk.another(desk.text)
    (whole.folder / "rows.csv").write_text(renamed)
    expected = whole.tuned(*ALONE[1:])["digest"]
    desk.succeed(*ALONE, "--trials", "3")
    text = desk.text
    for name, old, new in SAME:
        demand(text.count(old) == 1, f"{name}: the study file holds {old!r} another number of times than once")
        text = text.replace(old, new)
    desk.file.write_text(text)
    (desk.folder / "rows.csv").write_text(renamed)
    demand(
        desk.tuned(*ALONE[1:])["digest"] == expected, "the resumed study has another digest than the undisturbed one"
    )
    names = ("the name of a column", *(one[0] for one in SAME))
    yield f"resumed to the digest of an undisturbed study with the same change: {', '.join(names)}"


def made_rows() -> str:
    """Return a table of 90 rows, two numbers and a class, as CSV."""
    rows = "".join(
        f"{(row * 37 % 90) / 90 + (row % 2) / 3:.4f},{(row * 53 % 90) / 90:.4f},{'yes' if row % 2 else 'no'}\n"
        for row in range(90)
    )
    return f"a,b,y\n{rows}"
