"""The families of limits, one of a kind to a file. The folder is the registry."""
