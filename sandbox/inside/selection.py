"""Runs some tests of a suite and no others, with everything else as it is in a run of all.

Not by arguments of pytest's: a file on the command line moves the root that ids are written from, is
collected whatever `python_files` says, and stands beside what `addopts` names.
"""

from __future__ import annotations

import os
from typing import Any, FrozenSet, Iterator, List, Optional, Set

import pytest


class Plugin:
    """Drops tests that were not asked for, and does not even look into files that hold none of the others."""

    def __init__(self, channel: Any, only: List[str]) -> None:
        self.only = frozenset(only)
        self.files: Optional[FrozenSet[str]] = None
        self.looked = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: List[pytest.Item]) -> None:
        """Drop the tests that were not asked for."""
        dropped = [item for item in items if plain(item.nodeid) not in self.only]
        items[:] = [item for item in items if plain(item.nodeid) in self.only]
        if dropped:
            config.hook.pytest_deselected(items=dropped)

    def ignored(self, path: str, config: Any) -> Optional[bool]:
        """Say True of a file or folder that can be left out."""
        if not self.looked:
            self.looked = True
            self.files = self.found(str(config.rootdir))
        if self.files is None or os.path.basename(path) == "__init__.py":
            return None  # a package is what its tests' fixtures may belong to
        name = plain(os.path.relpath(path, str(config.rootdir)))
        return None if name in self.files or name.split(os.sep)[0] in (os.curdir, os.pardir) else True

    def found(self, root: str) -> Optional[FrozenSet[str]]:
        """Return the files that the tests are in, and the folders above; None where some are in no file.

        Then a plugin or conftest of the project made up ids of its own, and only a complete collection can
        tell what they belong to.
        """
        kept: Set[str] = set()
        for node in self.only:
            file = next((path for path in beginnings(node) if os.path.isfile(os.path.join(root, path))), None)
            if file is None:
                return None
            while file:
                kept.add(file)
                file = os.path.dirname(file)
        return frozenset(kept)


if int(pytest.__version__.split(".")[0]) >= 7:

    def _ignore(self: Plugin, collection_path: Any, config: pytest.Config) -> Optional[bool]:
        """Leave out what holds no test that was asked for."""
        return self.ignored(str(collection_path), config)

else:

    def _ignore(self: Plugin, path: Any, config: pytest.Config) -> Optional[bool]:  # type: ignore[misc,unused-ignore] # as older ones spell it
        """Leave out what holds no test that was asked for."""
        return self.ignored(str(path), config)


Plugin.pytest_ignore_collect = pytest.hookimpl(tryfirst=True)(_ignore)  # type: ignore[attr-defined] # whose arguments pytest counts


def beginnings(node: str) -> Iterator[str]:
    """Yield what may be the path in an id, the shortest first: a file's name may hold `::`, too."""
    end = node.find("::")
    while end >= 0:
        yield node[:end]
        end = node.find("::", end + 1)
    yield node


def plain(node: str) -> str:
    """Return an id as the host knows it: without half surrogate pairs."""
    return node.encode("utf-8", "replace").decode("utf-8")
