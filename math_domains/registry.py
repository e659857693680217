"""Which rules and families there are. The folders are the registry; nothing is listed by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from typing import TypeVar

from .rewriting import Rewrite

__all__ = ["TOPICS", "all_rules", "classes_in"]

TOPICS = ("algebra", "integrals")
"""The folders of this one that hold `rules` and `families`."""

T = TypeVar("T")


def classes_in(folder: str, kind: type[T]) -> list[type[T]]:
    """Return the finished classes of a kind that the modules of a folder define, by name of module."""
    package = importlib.import_module(f"{__package__}.{folder}")
    found = []
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, kind) and value.__module__ == module.__name__ and hasattr(value, "sample"):
                found.append(value)
    return found


@cache
def all_rules(topic: str | None = None) -> dict[str, type[Rewrite]]:
    """Return every rule, or every rule of one topic, by its id, sorted."""
    topics = TOPICS if topic is None else (topic,)
    rules = [rule for t in topics for rule in classes_in(f"{t}.rules", Rewrite)]  # type: ignore[type-abstract]
    return dict(sorted((rule.rule, rule) for rule in rules))
