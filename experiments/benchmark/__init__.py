"""Benchmarks: how fast the network and the studies are, how good, and how honest."""
