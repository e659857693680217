"""Mistakes that people make with limits, a few of one kind to a file. The folder is the registry."""
