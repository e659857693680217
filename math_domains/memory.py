"""Remembering what was worked out: by the tree itself, so that equal parts of different problems share it.

Most parts of a state were there in the state before, and most small parts, such as 3x or sin x, in some
problem before. A tree is hashed in a fraction of the time that anything else takes to look at it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["Memory", "Remembering", "keep"]

V = TypeVar("V")

_MOST = 1 << 15
"""How many values are kept. When there are more all are forgotten, which costs less than finding out which of
them are still of use; so the memory stays flat however many problems are made. A quarter of it would save 20
MiB and cost a tenth of the speed: most of what is forgotten is small, and will be asked for again."""


def keep(known: dict[Any, Any], key: Any, value: Any, most: int = _MOST) -> None:
    """Remember a value, and nothing else if there are too many."""
    if len(known) >= most:
        known.clear()
    known[key] = value


class Remembering(dict[Any, V], Generic[V]):
    """Values of trees: `self[tree]` is looked up, or worked out if it is not known."""

    most = _MOST

    @abstractmethod
    def work(self, tree: Any) -> V:
        """Return the value, which depends on the tree alone. What this raises is not remembered."""

    def __missing__(self, tree: Any) -> V:
        value = self.work(tree)
        if len(self) >= self.most:
            self.clear()
        self[tree] = value
        return value


class Memory(Remembering[V]):
    """The values of a function of trees."""

    def __init__(self, function: Callable[[Any], V], most: int = _MOST) -> None:
        """Remember what `function` returns, which depends on its argument alone; `most` values at a time."""
        super().__init__()
        self._function, self.most = function, most

    def work(self, tree: Any) -> V:
        """Return the value of the function."""
        return self._function(tree)

    def __missing__(self, tree: Any) -> V:
        value = self._function(tree)
        if len(self) >= self.most:
            self.clear()
        self[tree] = value
        return value
