"""Mistakes that people make when integrating, a few of one kind to a file. The folder is the registry."""
