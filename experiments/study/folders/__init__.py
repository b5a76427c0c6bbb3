"""Studies on disk: the folder of one, the record in it, the list of all, and how one is found by its name."""
