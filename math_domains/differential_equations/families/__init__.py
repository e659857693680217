"""The families of differential equations, one of a kind to a file. The folder is the registry."""
