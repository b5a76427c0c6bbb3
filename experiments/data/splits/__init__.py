"""The splits of the rows: the sealed test set, the development rows, folds, and rows that stay together."""
