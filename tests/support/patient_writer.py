"""Run the writer to MLflow without its time limits, and without yielding: python -m support.patient_writer NICE.

Tests of what it writes start it in place of the real one, so that they hold on a busy machine too.
"""

from __future__ import annotations

import sys

from experiments.tracking import process as tracking_process
from support.waiting import PATIENCE

if __name__ == "__main__":
    sys.argv[1] = "0"
    tracking_process.GRACE, tracking_process.LIMIT = PATIENCE, 2 * PATIENCE
    tracking_process.main()
