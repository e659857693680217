"""Mistakes that people make with differential equations. The folder is the registry."""
