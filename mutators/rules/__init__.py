"""The catalogue: one mutator a file. The folder is the registry; nothing is listed by hand.

Other distributions add theirs through the entry point group `rpsdg.mutators`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.third_party import third_party_mutators

__all__ = ["all_mutators", "distribution_of"]


@cache
def all_mutators() -> dict[str, type[Mutator]]:
    """Return every mutator of this folder and of installed distributions by its id, sorted.

    Raises:
        BrokenMutatorError: a distribution offers one that cannot be used.
    """
    return {mutator.rule: mutator for mutator in _distributions()}


def distribution_of(mutator: type[Mutator]) -> str:
    """Return the name of the distribution that a mutator of the catalogue comes with."""
    return _distributions()[mutator]


@cache
def _distributions() -> dict[type[Mutator], str]:
    found: dict[str, type[Mutator]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, Mutator) and value.__module__ == module.__name__:
                found[value.rule] = value
    known = dict.fromkeys(found.values(), "rpsdg") | dict(third_party_mutators(found))
    return dict(sorted(known.items(), key=lambda item: item[0].rule))
