"""Integral calculus, from derivatives."""
