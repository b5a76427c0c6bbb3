"""The final models scored once on the test rows, beside the baselines, and the ledger that counts every look."""
