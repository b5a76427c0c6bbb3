"""Kills at random moments over the whole life of a study."""

from __future__ import annotations

from experiments.benchmark.fault_rows.row import Row

ROWS: tuple[Row, ...] = ()
