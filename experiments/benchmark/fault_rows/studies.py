"""The small studies to which things happen."""

from __future__ import annotations

NAME = "moons"
ALONE = (NAME, "--workers", "1", "--tracking-uri", "none")  # words of a command: one worker and no MLflow
MOONS = """\
[study]
name = "moons"

[data]
source = "moons"

[cv]
n_splits = 3

[training]
epochs = 12
batch_size = 32
patience = 0

[search]
trials = 14
lookahead = 4

[space]
learning_rate = { low = 1e-3, high = 1e-1, log = true }
hidden_layers = { low = 1, high = 2 }
hidden_units = { low = 4, high = 32, log = true }
l2 = { low = 1e-6, high = 1e-1, log = true }

[final]
members = 1
"""
LONGER = MOONS.replace("epochs = 12", "epochs = 150").replace("[search]", '[search]\npruner = "none"')  # some seconds
MANY = LONGER.replace("trials = 14", "trials = 60")
