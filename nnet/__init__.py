"""A neural network in NumPy whose every array has a leading fold axis, so that all folds train as one."""
