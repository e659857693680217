"""Benches for the commits of one history, on which nothing is known yet but the environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.mutators.judging.coverage import Coverage
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.sandbox.contract import EnvironmentFailedError, Place, Sandbox
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree

__all__ = ["Benches", "blank"]


@dataclass
class Benches:
    """Makes benches one after another; the environment of one commit serves the next."""

    source: str
    """Public address of the history."""
    sandbox: Sandbox
    settings: Settings
    timeout: float
    """Seconds that one run of the tests may take."""
    progress: Callable[[str], None] = lambda _: None
    _environment: Environment | None = field(default=None, init=False)

    def bench(self, tree: Tree, time: int, *, anew: bool = False) -> TestBench:
        """Return a bench for a commit.

        Args:
            tree: its files.
            time: when it was made, in seconds since 1970.
            anew: whether it gets an environment of its own time, and not that of the last commit.

        Raises:
            EnvironmentFailedError: it cannot be made.
        """
        recorded = None if anew else self._environment
        # What is newest, and comes first, is tested with what is newest; later ones with that of their time.
        released = None if self._environment is None else datetime.fromtimestamp(time, UTC)
        try:
            environment, place = self._prepared(tree, recorded, released)
        except EnvironmentFailedError:
            if recorded is None:
                raise
            environment, place = self._prepared(tree, None, released)
        self._environment = environment
        return blank(self.sandbox, place, environment, tree, self.settings, self.timeout)

    def _prepared(
        self, tree: Tree, recorded: Environment | None, released: datetime | None
    ) -> tuple[Environment, Place]:
        make = partial(prepare, tree, self.sandbox, self.settings, version="0", source=self.source)
        return make(recorded=recorded, released=released, timeout=self.timeout, progress=self.progress)


def blank(
    sandbox: Sandbox, place: Place, environment: Environment, tree: Tree, settings: Settings, timeout: float
) -> TestBench:
    """Return a bench on which no test is known; a test may take as long as all of them."""
    known = Baseline("", (), {}), Coverage({}, {})
    return TestBench(sandbox, place, environment, tree, settings.limits, *known, timeout, timeout)
