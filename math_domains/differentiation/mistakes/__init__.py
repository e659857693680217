"""Mistakes that people make when differentiating, a few of one kind to a file. The folder is the registry."""
