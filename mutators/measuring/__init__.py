"""How hard a bug is, from what was measured while it was confirmed."""
