"""Turns a plan into results: runs over sources, verification, progress."""
