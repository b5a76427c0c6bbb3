"""The readers of sources: each makes a raw table or a table of one sort of file."""
