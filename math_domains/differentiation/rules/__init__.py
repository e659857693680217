"""The rules of differentiation, a few of one kind to a file. The folder is the registry."""
