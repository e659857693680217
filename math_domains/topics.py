"""A topic: a package whose subpackages `families`, `rules` and `mistakes` hold what there is, a module each.

The folders are the registry; nothing is listed by hand.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Self

from .family import Family
from .mistake import Mistake
from .rewriting import Rewrite

__all__ = ["Topic"]


@dataclass(frozen=True)
class Topic:
    """The families of a package, the rules of their solutions, and the mistakes made with those."""

    name: str
    distribution: str
    """What it comes with."""
    package: str
    families: Mapping[str, Family]
    rules: Mapping[str, type[Rewrite]]
    mistakes: Mapping[str, Mistake]

    @classmethod
    def load(cls, name: str, distribution: str, package: str) -> Self:
        """Import a package and return what is in it, by name and sorted.

        Raises:
            Exception: whatever importing it raises.
        """
        return cls(
            name,
            distribution,
            package,
            _by_name((kind() for kind in _classes(f"{package}.families", Family)), "name"),
            _by_name(_classes(f"{package}.rules", Rewrite), "rule"),
            _by_name((kind() for kind in _classes(f"{package}.mistakes", Mistake)), "name"),
        )


def _by_name(found: Any, name: str) -> dict[str, Any]:
    return {getattr(one, name): one for one in sorted(found, key=lambda one: str(getattr(one, name)))}


def _classes(package_name: str, kind: Any) -> list[Any]:
    """Return the finished classes of a kind that the modules of a package define; none if there is none."""
    if find_spec(package_name) is None:
        return []
    package = importlib.import_module(package_name)
    found = []
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package_name}.{module_info.name}")
        for name, value in inspect.getmembers(module, inspect.isclass):
            here = issubclass(value, kind) and value.__module__ == module.__name__
            if here and not inspect.isabstract(value) and not name.startswith("_"):
                found.append(value)
    return found
