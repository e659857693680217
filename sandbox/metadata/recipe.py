"""The recipe of an environment: what is put into it, where each part of that came from, and every repair."""

from __future__ import annotations

import shlex

import msgspec

__all__ = ["Change", "Recipe", "Repair", "Stated"]


class Stated(msgspec.Struct, frozen=True):
    """One ingredient and who asked for it."""

    text: str
    origin: str
    """A place in the project's files, or `repair` with the message that made it necessary."""


class Change(msgspec.Struct, frozen=True):
    """One change of a recipe."""

    field: str
    """The field of `Recipe` that changes."""
    text: str
    """What is added to it; with `-` in front, what is taken out; empty to clear it."""


class Repair(msgspec.Struct, frozen=True):
    """A change that a failure made necessary."""

    change: Change
    because: str
    """The line of the installer's or of pytest's output that it answers."""
    helped: int | None = None
    """By how many more tests passed after the round of repairs it belongs to; None: before there were any."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """All that an environment is made from, besides the tree itself and the interpreter."""

    project: str | None = None
    """Distribution name; None when the files do not say (a computed setup.py)."""
    requires_python: str | None = None
    """The PEP 440 bounds that the project sets."""
    pythons: tuple[str, ...] = ()
    """Minor versions that its classifiers name, such as `3.12`, oldest first."""
    installable: bool = False
    """Whether there is a build to run: its requirements are then what the build says, in the sandbox."""
    extras: tuple[Stated, ...] = ()
    """Extras of the project that its tests need."""
    dependencies: tuple[Stated, ...] = ()
    """Requirements of the program itself as far as files state them; what a build says is what counts."""
    test_dependencies: tuple[Stated, ...] = ()
    spare: tuple[Stated, ...] = ()
    """Requirements that the project lists for other ends: where a repair looks for a version first."""
    constraints: tuple[Stated, ...] = ()
    build_dependencies: tuple[Stated, ...] = ()
    """What the build needs and does not ask for."""
    build_constraints: tuple[Stated, ...] = ()
    system_packages: tuple[Stated, ...] = ()
    """Debian packages."""
    pytest_arguments: tuple[Stated, ...] = ()
    """Each an option with its value, quoted as for a shell."""
    exclude_newer: str | None = None
    """Releases after this moment (RFC 3339) do not exist while resolving and building."""
    unread: tuple[str, ...] = ()
    """What the project's files say and no reader understood, in words."""
    repairs: tuple[Repair, ...] = ()

    def arguments(self) -> list[str]:
        """Return the arguments for pytest."""
        return [part for stated in self.pytest_arguments for part in shlex.split(stated.text)]

    def repaired(self, repair: Repair) -> Recipe:
        """Return the recipe with a repair made and noted.

        >>> change = Change("test_dependencies", "pytest-mock")
        >>> Recipe().repaired(Repair(change, "fixture 'mocker' not found")).test_dependencies[0].text
        'pytest-mock'
        """
        field, text = repair.change.field, repair.change.text
        changed: object
        if field in {"exclude_newer", "installable"}:
            changed = text or (None if field == "exclude_newer" else False)
        elif text.startswith("-") and field != "pytest_arguments":
            changed = tuple(stated for stated in getattr(self, field) if stated.text != text[1:])
        elif text:
            changed = (*getattr(self, field), Stated(text, f"repair: {repair.because}"))
        else:
            changed = ()
        return msgspec.structs.replace(self, **{field: changed, "repairs": (*self.repairs, repair)})
