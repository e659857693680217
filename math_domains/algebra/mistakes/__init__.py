"""Mistakes that people make in algebra, a few of one kind to a file. The folder is the registry."""
