"""Studies in a Python program, with rows that it may have in memory."""
