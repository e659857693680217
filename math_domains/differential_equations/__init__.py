"""Differential equations, from their solutions."""
