"""Algebra: equations, simplification and identities."""
