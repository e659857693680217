"""The families of differentiation, one of a kind to a file. The folder is the registry."""
