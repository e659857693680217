"""Limits, as rules, families and mistakes."""
