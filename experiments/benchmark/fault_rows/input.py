"""Rows about bad input: names, study files, tables, arrays, classes and models."""

from __future__ import annotations

from experiments.benchmark.fault_rows import arrays, class_counts, foreign_models, names, study_files, tables
from experiments.benchmark.fault_rows.row import Row

ROWS: tuple[Row, ...] = (
    *names.ROWS,
    *study_files.ROWS,
    *tables.ROWS,
    *arrays.ROWS,
    *class_counts.ROWS,
    *foreign_models.ROWS,
)
