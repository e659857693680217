"""The rules of algebra, a few of one kind to a file. The folder is the registry."""
