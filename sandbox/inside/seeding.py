"""Random numbers that start over, so that tests that draw them can be compared."""

from __future__ import annotations

import os
import random
import sys


def seed() -> None:
    """Start random numbers over at the run's hash seed."""
    number = int(os.environ.get("PYTHONHASHSEED", "0"))
    random.seed(number)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(number)
