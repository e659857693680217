"""An environment as it is recorded: enough to build it again anywhere, without the search that led to it."""

from __future__ import annotations

import re

import msgspec

from .metadata import Recipe

__all__ = ["Environment"]

_SWITCHED_OFF = {
    "pytest-cov": ["--no-cov"],
    "pytest-random-order": ["--random-order-seed=0"],
    "pytest-randomly": ["--randomly-dont-reorganize", "--randomly-dont-reset-seed"],
    "pytest-xdist": ["-n0", "--dist=no"],
}
"""What keeps plugins from running tests in other processes, in an order of their own, or traced."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """An environment as it is recorded beside the traces."""

    id: str
    """Digest of what it is built from; equal in every sandbox."""
    python: str
    """Minor version, such as `3.12`."""
    tree: str
    """Digest of what a build of the source tree can depend on; projects with nothing to build share one."""
    project: str | None
    """Distribution name of the project; None when it is not installed, only put on the search path."""
    roots: tuple[str, ...]
    """Folders of the tree that are put on the module search path."""
    lock: str
    """Exact versions with hashes, in the format of a requirements file."""
    recipe: Recipe | None = None
    """What the lock was resolved from, with every repair; None in records of before there were recipes."""

    def has(self, package: str) -> bool:
        """Say whether the lock holds a package."""
        return version_in(self.lock, package) is not None

    def pytest_options(self) -> list[str]:
        """Return the options every run gets, so that runs can be compared and read the same everywhere."""
        options = ["-q", "--no-header", "--tb=short", "--color=no"]
        # A plugin that is switched off altogether would leave the project's own options for it unknown.
        for plugin, off in _SWITCHED_OFF.items():
            if self.has(plugin):
                options += off
        if self.has("hypothesis"):
            options += ["--hypothesis-seed=0"]
        return [*options, *(self.recipe.arguments() if self.recipe is not None else ())]


def version_in(lock: str, package: str) -> str | None:
    """Return the version of a package in a lock, None if it is not there."""
    found = re.search(rf"^{re.escape(package)}==([^\s;\\]+)", lock, re.MULTILINE)
    return found[1] if found is not None else None
