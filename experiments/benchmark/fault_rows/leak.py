"""Rows about the sealed rows."""

from __future__ import annotations

from experiments.benchmark.fault_rows.row import Row

ROWS: tuple[Row, ...] = ()
