"""What is measured, and against whom: one file an idea. The command is `python -m experiments.benchmark`."""
