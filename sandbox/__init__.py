"""Runs someone else's tests safely: one contract, Docker and local runners behind it."""
