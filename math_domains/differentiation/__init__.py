"""Differential calculus: finding derivatives."""
