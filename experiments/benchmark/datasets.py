"""Four tables that come with scikit-learn, as a user has them: a folder of CSV files and the list of them."""

from __future__ import annotations

from pathlib import Path

from experiments.benchmark.listed_tables import HEADINGS, LIST
from experiments.config.target import Task

TABLES: dict[str, Task] = {
    "iris": "classification",
    "wine": "classification",
    "breast_cancer": "classification",
    "diabetes": "regression",
}


def write_tables(folder: Path) -> None:
    """Write the tables, their classes by names, and the list (see `listed_tables`)."""
    from sklearn import datasets

    lines = [f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|"]
    for number, (name, task) in enumerate(TABLES.items(), 1):
        bunch = getattr(datasets, f"load_{name}")(as_frame=True)
        target = bunch.target if task == "regression" else bunch.target_names[bunch.target]
        bunch.frame.assign(target=target).to_csv(folder / f"{name}.csv", index=False)
        lines.append(f"| {number} | {name}.csv | {task} | target | | |")
    (folder / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")
