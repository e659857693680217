"""Mutators of others, found through the entry point group `rpsdg.mutators`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from rpsdg.traces.errors import ExitCode, RpsdgError

from .families import Family
from .mutator import Mutator

__all__ = ["GROUP", "BrokenMutatorError", "third_party_mutators"]

GROUP = "rpsdg.mutators"


class BrokenMutatorError(RpsdgError):
    """An entry point that should be a mutator, or a module with some, and is not."""

    code = ExitCode.INTERNAL


def third_party_mutators(taken: dict[str, type[Mutator]]) -> Iterator[tuple[type[Mutator], str]]:
    """Yield every mutator that an installed distribution offers, with the distribution's name.

    Args:
        taken: the mutators there are already, by id.

    Raises:
        BrokenMutatorError: what is offered cannot be loaded, is no mutator, or has an id or a family that
            will not do; the message names the distribution.
    """
    known: dict[str, tuple[type[Mutator], str]] = {rule: (found, "rpsdg") for rule, found in taken.items()}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        distribution = entry.dist.name if entry.dist is not None else "an unnamed distribution"
        for mutator in _load(entry, distribution):
            earlier, owner = known.get(mutator.rule, (mutator, ""))
            if earlier is not mutator:
                raise _broken(
                    distribution, f"has a mutator `{mutator.rule}`, and {owner} has one of that id already"
                )
            if getattr(mutator, "family", None) not in set(Family):
                families = ", ".join(Family)
                raise _broken(
                    distribution, f"`{mutator.rule}` has no family that is known; there are {families}"
                )
            if not owner:
                known[mutator.rule] = mutator, distribution
                yield mutator, distribution


def _load(entry: EntryPoint, distribution: str) -> list[type[Mutator]]:
    try:
        found = entry.load()
    except Exception as error:  # whatever a third party's module raises when imported
        raise _broken(distribution, f"`{entry.value}` cannot be loaded: {error}") from error
    if isinstance(found, ModuleType):
        mutators = [
            value for _, value in inspect.getmembers(found, _is_mutator) if value.__module__ == found.__name__
        ]
        if not mutators:
            raise _broken(distribution, f"there is no mutator in the module `{entry.value}`")
        return mutators
    if not _is_mutator(found):
        raise _broken(distribution, f"`{entry.value}` is neither a mutator nor a module with some")
    return [found]


def _is_mutator(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, Mutator) and not inspect.isabstract(value)


def _broken(distribution: str, what: str) -> BrokenMutatorError:
    return BrokenMutatorError(
        f"the distribution `{distribution}` offers mutators that cannot be used: {what}",
        hint=f"Correct its entry points in the group `{GROUP}`, or uninstall it.",
    )
