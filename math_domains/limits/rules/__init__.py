"""The rules of limits, a few of one kind to a file. The folder is the registry."""
