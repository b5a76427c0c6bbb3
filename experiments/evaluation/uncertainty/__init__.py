"""The uncertainty of single predictions: temperature, intervals, sets and thresholds, from out-of-fold outputs."""
