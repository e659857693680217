"""Repairs of recipes: from what the installer or pytest said to a change that may help.

Nothing here knows a package by name as a patient: rules read messages, and `known.py` lists what modules,
fixtures, programs and headers are in.
"""

from .installer import installer_repairs
from .modules import foreign_imports
from .suite import suite_repairs

__all__ = ["foreign_imports", "installer_repairs", "suite_repairs"]
