"""The inputs of the network: features as numbers, with what is learnt from training rows alone."""
