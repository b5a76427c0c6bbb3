"""Statistics of scores: intervals, differences of two models, and the samples that they are made of."""
