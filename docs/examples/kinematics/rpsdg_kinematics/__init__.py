"""Uniformly accelerated motion along a line: how far, how fast, and when two movers meet."""
