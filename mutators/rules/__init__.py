"""The catalogue: one mutator a file. The folder is the registry; nothing is listed by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from rpsdg.mutators.mutator import Mutator

__all__ = ["all_mutators"]


@cache
def all_mutators() -> dict[str, type[Mutator]]:
    """Return every mutator of this folder by its id, sorted."""
    found: dict[str, type[Mutator]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, Mutator) and value.__module__ == module.__name__:
                found[value.rule] = value
    return dict(sorted(found.items()))
