"""Experiments that answer questions about the data: each is a package with a command of its own."""
