"""Runs the tests in another order: of files, of classes in a file, of functions in a class.

The order comes from a digest of the seed and of each id, so it is the same in every sandbox, under every
Python and hash seed, and whichever other tests there are.
"""

from __future__ import annotations

import hashlib
from typing import Any, Generator, List

import pytest


class Plugin:
    """Has the last word on the order of the tests, after every other plugin and conftest."""

    def __init__(self, channel: Any, seed: int) -> None:
        self.seed = seed

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: List[pytest.Item]) -> Generator[None, Any, None]:
        """Sort by digests; tests of one file and of one class stay together, as their fixtures want it."""
        yield
        items.sort(key=self.place)
        if self.seed < 0:
            items.reverse()

    def place(self, item: pytest.Item) -> List[str]:
        """Return what a test is sorted by: one digest for every folder, file and class that it lies in."""
        return [self.digest(node.nodeid) for node in item.listchain()[1:]]

    def digest(self, node: str) -> str:
        """Return a number that has nothing to do with the id it is made of."""
        return hashlib.sha256(("%d %s" % (abs(self.seed), node)).encode("utf-8", "replace")).hexdigest()
