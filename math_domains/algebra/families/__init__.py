"""The families of algebra, one of a kind to a file. The folder is the registry."""
