"""Trying one candidate: here, or wherever a run has its candidates tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from rpsdg.corpora import Source
from rpsdg.mutators.judging.benching import TRIES
from rpsdg.mutators.judging.confirming import Confirming
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.triage import TriagePool
from rpsdg.mutators.measuring.siblings import Neighbourhood
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.solution import Origin, Tried, confirm, project_name
from rpsdg.sandbox.contract import SandboxBrokeError
from rpsdg.traces.kernel import Reason, Stopped

from .bug_run import BugRun
from .version import VERSION

__all__ = ["LocalTrier", "Manner", "Trier", "Triers"]


class Trier(Protocol):
    """Whoever tries the candidates of one source. Safe for use by several threads."""

    def attempt(self, moves: Sequence[Mutator], index: int) -> Tried:
        """Try a candidate: a bug, or a walk of several.

        Raises:
            SandboxBrokeError: nothing works any more, whatever is tried.
            SandboxAbortedError: the run was interrupted.
        """

    def aborting(self) -> AbstractContextManager[None]:
        """End what is being tried, and try nothing for as long as the context lasts."""

    def close(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True)
class Manner:
    """How all candidates of one source are tried."""

    origin: Origin
    neighbourhood: Neighbourhood
    confirming: Confirming
    expected: frozenset[Mutator] = frozenset()
    """Bugs that tests are known to see: a first look would hardly ever spare the clean run."""

    @classmethod
    def of(cls, run: BugRun, source: Source, moves: Sequence[Mutator]) -> Manner:
        """Return how a run tries the candidates of a source.

        Args:
            run: on what terms candidates are tried.
            source: of the program, for the provenance.
            moves: every bug that can be put into the program; wrong patches are taken from these.
        """
        origin = Origin(
            VERSION,
            run.seed,
            project_name(source.name, source.version),
            source.provenance(),
            run.endpoint,
        )
        return cls(origin, Neighbourhood(source.tree, moves), run.confirming)


Triers = Callable[[TestBench, Manner, Callable[[str], None]], Trier]
"""Makes who tries the candidates of one source; the last argument is told what the user should know."""


class LocalTrier:
    """Tries candidates in the sandbox of this process."""

    def __init__(
        self, bench: TestBench, manner: Manner, note: Callable[[str], None] = lambda _: None
    ) -> None:
        """Prepare; zygotes are started when they are needed.

        Args:
            bench: of the program.
            manner: the same for all candidates.
            note: told what the user should know.
        """
        self._bench, self._manner = bench, manner
        self._triage = TriagePool(bench, note)

    def attempt(self, moves: Sequence[Mutator], index: int) -> Tried:
        """Try a candidate; one whose sandbox broke is tried again, and then it is found out who is to blame.

        Raises:
            SandboxBrokeError: the sandbox does not work any more, whatever runs in it.
            SandboxAbortedError: the run was interrupted.
        """
        for _ in range(TRIES - 1):
            try:
                return self._once(moves, index)
            except SandboxBrokeError:
                pass  # an engine that is restarted, or whoever ends containers, says nothing of the candidate
        try:
            return self._once(moves, index)
        except SandboxBrokeError as error:
            with self._bench.sandbox.open(self._bench.place, self._bench.limits) as session:
                session.execute(["true"], timeout=30)
            return Tried(Stopped(Reason.SANDBOX_FAILED, str(error)))

    def _once(self, moves: Sequence[Mutator], index: int) -> Tried:
        manner = self._manner
        # The other ways to confirm need a zygote anyhow.
        is_looked_at = manner.expected.isdisjoint(moves) or manner.confirming.mode != "full"
        return confirm(
            self._bench,
            moves,
            index,
            manner.origin,
            manner.neighbourhood,
            self._triage if is_looked_at else None,
            manner.confirming,
        )

    def aborting(self) -> AbstractContextManager[None]:
        """End what is being tried."""
        return self._bench.sandbox.aborting()

    def close(self) -> None:
        """End all zygotes."""
        self._triage.close()
