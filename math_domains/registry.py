"""Which rules and families there are. The folders are the registry; nothing is listed by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from typing import Any

from .family import Family
from .mistake import Mistake
from .rewriting import Rewrite

__all__ = ["TOPICS", "all_families", "all_mistakes", "all_rules", "classes_in"]

TOPICS = ("algebra", "differential_equations", "differentiation", "integrals", "limits")
"""The folders of this one that hold `rules`, `families` and `mistakes`."""


def classes_in(folder: str, kind: Any) -> list[Any]:
    """Return the finished classes of a kind that the modules of a folder define, by name of module."""
    package = importlib.import_module(f"{__package__}.{folder}")
    found = []
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        for name, value in inspect.getmembers(module, inspect.isclass):
            here = issubclass(value, kind) and value.__module__ == module.__name__
            if here and not inspect.isabstract(value) and not name.startswith("_"):
                found.append(value)
    return found


@cache
def all_rules(topic: str | None = None) -> dict[str, type[Rewrite]]:
    """Return every rule, or every rule of one topic, by its id, sorted."""
    topics = TOPICS if topic is None else (topic,)
    rules = [rule for t in topics for rule in classes_in(f"{t}.rules", Rewrite)]
    return dict(sorted((rule.rule, rule) for rule in rules))


@cache
def all_families() -> dict[str, Family]:
    """Return every family by its name, in the order of topics and then of names."""
    families = [(topic, kind()) for topic in TOPICS for kind in classes_in(f"{topic}.families", Family)]
    return {family.name: family for _, family in sorted(families, key=lambda pair: (pair[0], pair[1].name))}


@cache
def all_mistakes() -> dict[str, Mistake]:
    """Return every mistake by its name, sorted."""
    mistakes = [kind() for topic in TOPICS for kind in classes_in(f"{topic}.mistakes", Mistake)]
    return {mistake.name: mistake for mistake in sorted(mistakes, key=lambda mistake: mistake.name)}
