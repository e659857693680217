"""The families of integration, one of a kind to a file. The folder is the registry."""
