"""Run the writer to MLflow without its time limits: python -m support.patient_writer.

Tests of what it writes start it in place of the real one, so that they hold on a busy machine too.
"""

from __future__ import annotations

from experiments.tracking import process as tracking_process
from support.waiting import PATIENCE

if __name__ == "__main__":
    tracking_process.NICE = 0
    tracking_process.GRACE, tracking_process.LIMIT = PATIENCE, 2 * PATIENCE
    tracking_process.main()
