"""The rows' identity: hashes by which the ledger knows rows again, and rows that equal others."""
