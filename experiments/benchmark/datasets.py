"""Ten tables of different kinds, as a user has them: CSV files, of data bundled with scikit-learn or made here.

The folder of them has a list, as every other folder of tables has; see `listed_tables`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.benchmark.listed_tables import HEADINGS, LIST

OF_NUMBERS = ("diabetes", "friedman", "rents")


def write_tables(folder: Path) -> None:
    """Write the tables as CSV files, and the list of them."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|"]
    for number, (name, make) in enumerate(TABLES.items(), 1):
        make().to_csv(folder / f"{name}.csv", index=False)
        task = "regression" if name in OF_NUMBERS else "classification"
        lines.append(f"| {number} | {name}.csv | {task} | target | | |")
    (folder / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _bundled(name: str) -> pd.DataFrame:
    """Return a table of scikit-learn's, its classes by their names."""
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    if name == "diabetes":
        return bunch.frame
    return bunch.frame.assign(target=bunch.target_names[bunch.target])


def _people() -> pd.DataFrame:
    """Return 1,000 rows of mixed columns, some cells unknown, two classes."""
    rng = np.random.default_rng(1)
    rows = 1000
    age, hours = rng.integers(18, 80, rows).astype(float), rng.normal(38, 9, rows).round(1)
    job = rng.choice(["clerk", "cook", "driver", "nurse", "smith", "teacher"], rows, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])
    town = rng.choice([f"town {number}" for number in range(20)], rows)
    worth = 0.05 * (age - 45) + 0.08 * (hours - 38) + np.where(np.isin(job, ["nurse", "teacher"]), 1.5, -0.3)
    frame = pd.DataFrame({"age": age, "hours": hours, "job": job, "town": town})
    frame["target"] = np.where(worth + rng.logistic(0, 0.7, rows) > 0, "yes", "no")
    for column, share in (("age", 0.1), ("job", 0.08), ("hours", 0.05)):
        frame[column] = frame[column].astype(object)
        frame.loc[rng.random(rows) < share, column] = "?"
    return frame


def _credit() -> pd.DataFrame:
    """Return 2,000 rows with classes of unequal size that a product of columns decides."""
    rng = np.random.default_rng(2)
    rows = 2000
    amount, months = rng.lognormal(8, 0.6, rows).round(2), rng.integers(3, 72, rows)
    purpose = rng.choice(["car", "house", "other", "study"], rows)
    score = np.log(amount) - 8 + 0.02 * (months - 36) * np.where(purpose == "car", 2, -1) + rng.normal(0, 0.7, rows)
    frame = pd.DataFrame({"amount": amount, "months": months, "purpose": purpose, "junk": rng.normal(size=rows)})
    return frame.assign(target=np.where(score > 0.7, "bad", "good"))


def _rings() -> pd.DataFrame:
    """Return 600 points on three rings."""
    rng = np.random.default_rng(3)
    label = rng.integers(0, 3, 600)
    angle, radius = rng.uniform(0, 2 * np.pi, 600), 1 + label + rng.normal(0, 0.25, 600)
    return pd.DataFrame({"x": radius * np.cos(angle), "y": radius * np.sin(angle), "target": label})


def _classes() -> pd.DataFrame:
    """Return 5,000 rows of 12 numbers and five classes."""
    from sklearn.datasets import make_classification

    x, y = make_classification(
        5000, 12, n_informative=8, n_classes=5, n_clusters_per_class=2, flip_y=0.05, random_state=4
    )
    return pd.DataFrame(x, columns=[f"x{number}" for number in range(12)]).assign(target=y)


def _friedman() -> pd.DataFrame:
    """Return 800 rows of Friedman's first regression problem."""
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(800, 10, noise=1.0, random_state=5)
    return pd.DataFrame(x, columns=[f"x{number}" for number in range(10)]).assign(target=y)


def _rents() -> pd.DataFrame:
    """Return 1,500 rows of mixed columns, some unknown, and a price."""
    rng = np.random.default_rng(6)
    rows = 1500
    area, floor = rng.uniform(20, 140, rows).round(1), rng.integers(0, 8, rows).astype(object)
    quarter = rng.choice(["centre", "east", "north", "south", "west"], rows)
    level = pd.Series(quarter).map({"centre": 16.0, "east": 9.0, "north": 11.0, "south": 12.0, "west": 10.0}).to_numpy()
    price = 120 + area * level * (1 - 0.0015 * area) + rng.normal(0, 60, rows)
    floor[rng.random(rows) < 0.1] = None
    return pd.DataFrame({"area": area, "floor": floor, "quarter": quarter, "target": price.round(2)})


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "iris": partial(_bundled, "iris"),
    "wine": partial(_bundled, "wine"),
    "breast_cancer": partial(_bundled, "breast_cancer"),
    "diabetes": partial(_bundled, "diabetes"),
    "rings": _rings,
    "friedman": _friedman,
    "people": _people,
    "rents": _rents,
    "credit": _credit,
    "classes": _classes,
}
