"""Code bugs as a domain: programs, mutators, and the original tests as the judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.kernel import Domain, Example, Judge, Move, Verdict

from .judging.benching import calibrated
from .judging.judge import TestVerdict
from .mutator import Mutator
from .rules import all_mutators
from .solution import DOMAIN

__all__ = ["BugFix"]

# A bug after which no test passes at all is not accepted, so one has nothing to do with it.
_TESTS = "from program import *\n\n\n{test}\n\ndef test_the_program_can_be_loaded():\n    pass\n"


class BugFix(Domain[Tree]):
    """Bugs in Python programs, judged by the programs' own tests."""

    name = DOMAIN

    def __init__(self, sandbox: Sandbox | None = None, settings: Settings | None = None) -> None:
        """Create the domain.

        Args:
            sandbox: where tests run; None chooses as `--sandbox auto` does, when first needed.
            settings: of environments and sandboxes; None reads them from the environment.
        """
        self._sandbox = sandbox
        self._settings = settings or Settings.from_environment()

    def rules(self) -> Mapping[str, type[Move[Tree]]]:
        """Return every mutator by its id."""
        return all_mutators()

    def example(self, rule: type[Move[Tree]]) -> Example[Tree]:
        """Return a mutator's sample as a whole project, and the move that makes its `after`."""
        if not issubclass(rule, Mutator):
            raise TypeError(f"{rule.__name__} is not a mutator")
        state = Tree(
            {
                "program.py": Entry(rule.sample.before.encode()),
                "test_program.py": Entry(_TESTS.format(test=rule.sample.test).encode()),
            }
        )
        after = rule.sample.after.encode()
        for move in rule.find(state):
            if move.apply(state)["program.py"].data == after:
                return Example(state, move)
        raise LookupError(f"{rule.rule}: none of its moves turns its sample's `before` into its `after`")

    @contextmanager
    def judging(self, solved: Tree) -> Iterator[Judge[Tree]]:
        """Build the environment, take the baseline, and yield the judge that runs the tests."""
        if self._sandbox is None:
            self._sandbox = choose_sandbox("auto", self._settings)
        environment, place = prepare(solved, self._sandbox, self._settings)
        bench = calibrated(self._sandbox, place, environment, solved, self._settings.limits, timeout=300.0)
        yield bench.judge

    def visible(self, near: Verdict, far: Verdict) -> bool:
        """A bug is visible when tests fail that did not fail before it, and none is hidden by it."""
        if not isinstance(near, TestVerdict) or not isinstance(far, TestVerdict):
            raise TypeError("verdicts of another domain")
        return near.failing < far.failing
