"""The formats there are: those of the folder `formats`, and those of other distributions."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from . import formats
from .base import Export

__all__ = ["GROUP", "BrokenExportError", "all_exports", "distribution_of", "find_export"]

GROUP = "rpsdg.exports"


class BrokenExportError(RpsdgError):
    """An entry point that should be a format, or a module with some, and is not."""

    code = ExitCode.INTERNAL


def all_exports() -> dict[str, type[Export]]:
    """Return every format by its name, sorted.

    Raises:
        BrokenExportError: a distribution offers one that cannot be used; the message names it.
    """
    return {export.name: export for export in _distributions()}


def distribution_of(export: type[Export]) -> str:
    """Return the name of the distribution that a format comes with."""
    return _distributions()[export]


def find_export(name: str) -> type[Export]:
    """Return the format of a name.

    Raises:
        UsageError: there is none; the hint lists those there are.
    """
    known = all_exports()
    if name not in known:
        raise UsageError(f"there is no format `{name}`", hint="There are " + ", ".join(known) + ".")
    return known[name]


@cache
def _distributions() -> dict[type[Export], str]:
    found: dict[str, tuple[type[Export], str]] = {}
    for module_info in pkgutil.iter_modules(formats.__path__):
        for export in _exports_in(importlib.import_module(f"{formats.__name__}.{module_info.name}")):
            found[export.name] = export, "rpsdg"
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        owner = entry.dist.name if entry.dist is not None else "an unnamed distribution"
        try:
            value = entry.load()
        except Exception as error:  # whatever a third party's module raises when imported
            raise _broken(owner, f"`{entry.value}` cannot be loaded: {error}") from error
        offered = list(_exports_in(value) if isinstance(value, ModuleType) else filter(_is_export, [value]))
        if not offered:
            raise _broken(owner, f"`{entry.value}` is neither a format nor a module with some")
        for export in offered:
            if export.name in found:
                raise _broken(owner, f"`{export.name}` is a format of {found[export.name][1]} already")
            found[export.name] = export, owner
    return {export: owner for _, (export, owner) in sorted(found.items())}


def _exports_in(module: ModuleType) -> Iterable[type[Export]]:
    for _, value in inspect.getmembers(module, _is_export):
        if value.__module__ == module.__name__:
            yield value


def _is_export(value: object) -> bool:
    if not (inspect.isclass(value) and issubclass(value, Export)) or inspect.isabstract(value):
        return False
    return not value.__name__.startswith("_")  # what formats have in common is none itself


def _broken(distribution: str, what: str) -> BrokenExportError:
    return BrokenExportError(
        f"the distribution `{distribution}` offers formats that cannot be used: {what}",
        hint=f"Correct its entry points in the group `{GROUP}`, or uninstall it.",
    )
