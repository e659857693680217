"""What a task depends on: the units that its failing tests run, those tests themselves, and what it edits.

What is recorded of a run says which lines of the program a test ran, so which functions. Of test files it
says nothing; there, whatever a test names is followed: helpers, fixtures of its file and of the conftest.py
files on the way, and fixtures that are used without being named. Data files and modules that only tests
import are not seen. A task whose ground moved unseen is out of date, not false: it stays at the tree it was
confirmed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

from rpsdg.mutators.mutator import Edit
from rpsdg.sandbox.tree import Tree

from .coverage import Coverage
from .units import UnitId, enclosing, unit_at, units_in

__all__ = ["Reaches", "touched"]

_SET_UPS = frozenset(
    {
        "=pytestmark",
        "=pytest_plugins",
        *("setup_module", "teardown_module", "setup_function", "teardown_function", "setUpModule"),
        *("setUp", "tearDown", "setUpClass", "tearDownClass", "setup_method", "teardown_method"),
        *("setup_class", "teardown_class", "setup", "teardown", "tearDownModule", "asyncSetUp"),
    }
)
"""What pytest and unittest run around a test that does not name it."""
_UNNAMED = frozenset({"autouse", "pytest_runtest_setup", "pytest_configure", "pytest_collection_modifyitems"})


class Reaches:
    """What the tests of one program reach."""

    def __init__(self, tree: Tree, coverage: Coverage) -> None:
        """Look at a program.

        Args:
            tree: the untouched program with its tests.
            coverage: what each test ran of it.
        """
        self._tree, self._coverage = tree, coverage
        self._of_test = cache(self._reached)

    def of(self, tests: Iterable[str], edits: Iterable[Edit]) -> dict[UnitId, str]:
        """Return the units that a task depends on, with their hashes.

        Args:
            tests: that fail because of its bugs.
            edits: of its bugs, in the untouched program.
        """
        found: set[UnitId] = set()
        for test in tests:
            found |= self._of_test(test)
        for edit in edits:
            found |= self._around(edit.path, unit_at(self._tree[edit.path].data, edit.start))
        return {
            (path, name): unit.hash
            for path, name in sorted(found)
            if (unit := units_in(self._tree, path).get(name)) is not None
        }

    def of_test(self, test: str) -> frozenset[UnitId]:
        """Return the units that a test runs of the program, and those that it consists of."""
        return self._of_test(test)

    def _reached(self, test: str) -> frozenset[UnitId]:
        found = set(self._of_tests_own(test))
        known = self._coverage.by_test.get(test)
        unsure = known is None or test in self._coverage.unsure | self._coverage.untraced
        for path, mask in (self._coverage.anywhere if unsure or known is None else known).items():
            for name, unit in units_in(self._tree, path).items():
                if unit.body & mask:
                    found |= self._around(path, name)
        return frozenset(found)

    def _around(self, path: str, name: str) -> set[UnitId]:
        """Return a unit with what makes it what it is: classes around it, and names of its module it uses."""
        units = units_in(self._tree, path)
        if name not in units:
            return set()
        whole = {name, *enclosing(name, units)}
        used = {f"={word}" for one in whole for word in units[one].uses}
        return {(path, one) for one in whole | (used & units.keys())}

    def _of_tests_own(self, test: str) -> Iterator[UnitId]:
        """Yield the units of test files that a test consists of."""
        path, _, names = test.partition("::")
        name = names.partition("[")[0].replace("::", ".")
        folders = PurePosixPath(path).parents
        files = [path, *(str(folder / "conftest.py") for folder in folders)]
        by_word: dict[str, list[UnitId]] = {}
        seen: set[UnitId] = set()
        classes = name.split(".")[:-1]
        todo: list[UnitId] = [(path, ".".join(classes[:length])) for length in range(1, len(classes) + 1)]
        for file in files:
            for one, unit in units_in(self._tree, file).items():
                last = one.rpartition(".")[2]
                by_word.setdefault(last.removeprefix("="), []).append((file, one))
                if last in _SET_UPS or last in _UNNAMED or unit.uses & _UNNAMED:
                    todo.append((file, one))
        todo += by_word.get(name.rpartition(".")[2], ())  # it may be inherited from another class
        while todo:
            file, one = todo.pop()
            units = units_in(self._tree, file)
            if (file, one) in seen or one not in units:
                continue
            seen.add((file, one))
            todo += [(file, outer) for outer in enclosing(one, units)]
            todo += [found for word in units[one].uses for found in by_word.get(word, ())]
        yield from seen


def touched(reach: Mapping[UnitId, str], tree: Tree) -> list[UnitId]:
    """Return the units of a reach that another tree does not have, or has with another content."""
    return [
        (path, name)
        for (path, name), known in reach.items()
        if (unit := units_in(tree, path).get(name)) is None or unit.hash != known
    ]
