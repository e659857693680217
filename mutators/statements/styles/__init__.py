"""The styles: a few close ones a file. The folder is the registry; nothing is listed by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from rpsdg.mutators.statements.writing import Style

__all__ = ["styles"]


@cache
def styles() -> dict[str, type[Style]]:
    """Return every style by its name, sorted."""
    found: dict[str, type[Style]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if (
                issubclass(value, Style)
                and value.__module__ == module.__name__
                and not inspect.isabstract(value)
            ):
                found[value.name] = value
    return dict(sorted(found.items()))
