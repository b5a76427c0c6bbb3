"""New data for a model: rows and pictures that are read like those it learnt from."""
