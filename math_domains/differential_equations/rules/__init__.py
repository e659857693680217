"""The rules for differential equations, a few of one kind to a file. The folder is the registry."""
