"""Which Python a project is tried with: the sandbox's own if it fits, else one that the project names."""

from __future__ import annotations

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from .contract import EnvironmentFailedError, Sandbox
from .metadata import Recipe
from .settings import Settings

__all__ = ["MINORS", "fitting", "fitting_minors", "require_python"]

MINORS = tuple(f"3.{minor}" for minor in range(14, 7, -1))
"""Versions that targets may have, newest first."""
_LATE = 2
"""Minor versions by which classifiers lag behind what a project runs on."""


def fitting_minors(recipe: Recipe) -> list[str]:
    """Return the minor versions that a project is meant for, the most likely to work first.

    Those that its classifiers name come first, newest first; then the others within its bounds, the nearest
    to what is named first.

    >>> fitting_minors(Recipe(requires_python=">=3.9,<3.12", pythons=("3.9", "3.10")))
    ['3.10', '3.9', '3.11']
    """
    bounds = _bounds(recipe)
    allowed = [minor for minor in MINORS if any(bounds.contains(f"{minor}.{patch}") for patch in (0, 99))]
    newest = _number(recipe.pythons[-1]) if recipe.pythons else _number(MINORS[0])
    return sorted(allowed, key=lambda minor: (minor not in recipe.pythons, abs(newest - _number(minor))))


def fitting(sandbox: Sandbox, recipe: Recipe, settings: Settings) -> Sandbox:
    """Return a sandbox with a Python that a project is meant for; the one given where that is as good.

    A version within the bounds that is a little newer than all that the classifiers name is as good as those:
    projects add them late. What the user chose stays.
    """
    if settings.python is not None:
        return sandbox
    minor = _minor(sandbox.python())
    named = [_number(known) for known in recipe.pythons]
    is_known = not named or min(named) <= _number(minor) <= max(named) + _LATE
    if is_known and _bounds(recipe).contains(sandbox.python(), prereleases=True):
        return sandbox
    for other in fitting_minors(recipe):
        if other != minor and (found := sandbox.with_python(other)) is not None:
            return found
    return sandbox


def require_python(recipe: Recipe, version: str) -> None:
    """Raise EnvironmentFailedError unless a project may run on a version of Python."""
    bounds = _bounds(recipe)
    if not bounds.contains(version, prereleases=True):
        fits = fitting_minors(recipe)
        raise EnvironmentFailedError(
            f"the project needs Python {bounds}; this sandbox has {version}",
            hint=f"Choose another with `--python {fits[0] if fits else '3.N'}` (or RPSDG_PYTHON), "
            "or a base image that has it.",
        )


def _bounds(recipe: Recipe) -> SpecifierSet:
    try:
        return SpecifierSet(recipe.requires_python or "")
    except InvalidSpecifier:
        return SpecifierSet()  # the installer will have its own opinion


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])
