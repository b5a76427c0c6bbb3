"""The comparison of studies: what is read from their folders, their pairs, and the files that are written."""
