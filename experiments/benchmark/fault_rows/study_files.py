"""The row about study files that say nonsense."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import refused, refused_within, run_measured
from experiments.benchmark.fault_rows.studies import NAME

MUCH = 64.0  # MiB more than for a small file
CASES = (  # what is wrong, what is replaced, by what, and what the line must name
    ("unknown key", "epochs = 12", "epoch = 12", r"training\.epoch: .*epochs"),
    ("unknown section", "[cv]", "[vc]", r"vc: there is no such key"),
    ("wrong type: text", "epochs = 12", 'epochs = "twelve"', r"training\.epochs: .*'twelve'"),
    ("wrong type: fraction", "n_splits = 3", "n_splits = 3.5", r"cv\.n_splits: .*3\.5"),
    ("wrong type: list", 'source = "moons"', 'source = ["moons"]', r"data\.source: .*moons"),
    ("wrong type: a section that is a number", "[cv]\nn_splits = 3", "", r"cv: "),
    ("inverted range", "low = 1e-3, high = 1e-1", "low = 1e-1, high = 1e-3", r"space\.learning_rate: .*0\.1.*0\.001"),
    ("inverted range of integers", "low = 1, high = 2", "low = 2, high = 1", r"space\.hidden_layers: .*2.*1"),
    ("log range from 0", "low = 1e-3, high = 1e-1", "low = 0, high = 1e-1", r"space\.learning_rate: .*low=0"),
    ("log range from below 0", "low = 1e-6", "low = -1.0", r"space\.l2: .*-1"),
    ("duplicate key", "epochs = 12", "epochs = 12\nepochs = 13", r"epochs.*line 12|line 12"),
    ("duplicate section", "[search]", "[cv]\n[search]", r"cv.*line 15|line 15"),
    ("no TOML", "n_splits = 3", "n_splits 3", r"line 8"),
    ("infinite", "low = 1e-3, high = 1e-1", "low = 1e-3, high = inf", r"space\.learning_rate\.high: "),
)


def bad_toml(desk: Desk) -> Iterator[str]:
    """Give the command study files that say nonsense."""
    for what, old, new, words in CASES:
        demand(old in desk.text, f"{what}: the study file does not hold {old!r}")
        text = desk.text.replace(old, new, 1)
        desk.file.write_text(text if new else f"cv = 3\n{text}")
        line = refused(desk, rf"moons\.toml: .*({words})", NAME)
        yield f"{what}: {line.removeprefix('error: ')}"
    for encoding, start in (("utf-16", "position 0"), ("latin-1", r"position \d+")):
        desk.file.write_bytes(desk.text.replace("[cv]", "# größe\n[cv]").encode(encoding))
        yield f"not UTF-8 ({encoding}): {refused(desk, rf'moons.toml: .*UTF-8, but .*{start}', NAME)}"
    yield _large(desk)


def _large(desk: Desk) -> str:
    """Check that a file of 10 MB, which would be a right study file, is refused without its memory."""
    desk.file.write_text(desk.text.replace("epochs = 12", "epoch = 12"))
    _, usual = run_measured(desk, NAME)
    filler = "# 10 MB\n" + "#".ljust(10_000_000, "x") + "\n"
    desk.file.write_text(desk.text + filler)
    words = r"moons\.toml: .*at most \d+ bytes.* 100\d{5}"
    line, peak = refused_within(desk, words, usual + MUCH, NAME)
    return f"10 MB: {line.removeprefix('error: ')} ({peak:.0f} MiB; a small file takes {usual:.0f})"
