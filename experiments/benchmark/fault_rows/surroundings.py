"""Rows about clocks, two commands at once, and numbers of workers."""

from __future__ import annotations

from experiments.benchmark.fault_rows.row import Row

ROWS: tuple[Row, ...] = ()
