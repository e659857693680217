"""The domains there are: this package's own and those of others, found through entry points."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from .errors import ExitCode, RpsdgError
from .kernel import Domain

__all__ = ["BrokenDomainError", "domains"]

GROUP = "rpsdg.domains"


class BrokenDomainError(RpsdgError):
    """An entry point that should be a domain and is not."""

    code = ExitCode.INTERNAL


def domains() -> dict[str, type[Domain[Any]]]:
    """Return every registered domain by name.

    Raises:
        BrokenDomainError: an entry point cannot be loaded, is no `Domain`, or has another name.
    """
    found: dict[str, type[Domain[Any]]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            domain = entry.load()
        except Exception as error:  # whatever a third party's module raises when imported
            raise BrokenDomainError(
                f"the domain `{entry.name}` ({entry.value}) cannot be loaded: {error}"
            ) from error
        if not (isinstance(domain, type) and issubclass(domain, Domain)) or domain.name != entry.name:
            raise BrokenDomainError(f"`{entry.value}` is not a Domain named `{entry.name}`")
        found[entry.name] = domain
    return found
