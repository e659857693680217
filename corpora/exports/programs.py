"""The programs of code traces: with the bug, without it, and with wrong fixes."""

from __future__ import annotations

from functools import lru_cache

from rpsdg.corpora.dataset import Dataset
from rpsdg.mutators.diffs import DiffError, apply_diff
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.record import State

from .unfit import UnfitError

__all__ = ["Programs"]


class Programs:
    """Makes programs of states; the source trees, of which many traces have the same, are kept at hand."""

    def __init__(self, dataset: Dataset) -> None:
        """Read from a data set."""
        self._tree = lru_cache(maxsize=4)(dataset.tree)

    def untouched(self, state: State) -> Tree:
        """Return the source tree that a state starts from.

        Raises:
            DatasetError: the data set lacks it.
        """
        return self._tree(str(state.get("tree")))

    def of(self, state: State) -> Tree:
        """Return the program of a state.

        Raises:
            DatasetError: the data set lacks the source tree.
            UnfitError: the state's diff does not fit the tree.
        """
        try:
            return apply_diff(self.untouched(state), str(state.get("diff", "")))
        except DiffError as error:
            raise UnfitError("a diff that does not fit its tree") from error
