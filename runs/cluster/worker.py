"""What runs on the nodes: a process with a sandbox of its own, which tries the candidates it is handed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any

from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.solution import Tried
from rpsdg.runs.trying import LocalTrier, Manner
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import EnvironmentFailedError, Sandbox, SandboxAbortedError
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.keeping import on_shelf
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import RpsdgError

from .calls import Failure
from .identity import Identity, differences, identity

__all__ = ["Answer", "Assignment", "Worker", "environments_here", "settings_here"]

_HERE = {"sandbox", "place", "recorded"}
"""What of a bench belongs to one machine, or is only needed where a run begins."""


@dataclass(frozen=True)
class Assignment:
    """All that workers have to know of one source: one object for all of them, put into the store once."""

    manner: Manner
    settings: Settings
    """The driver's; what a node says of itself goes before."""
    sandbox: str
    """Which kind; the driver's."""
    bench: dict[str, Any]
    """What the driver calibrated: tree, environment, baseline, coverage, time limits."""

    @classmethod
    def of(cls, bench: TestBench, manner: Manner, settings: Settings) -> Assignment:
        """Take along what is not of the driver's machine."""
        calibrated = {f.name: getattr(bench, f.name) for f in fields(bench) if f.name not in _HERE}
        return cls(manner, settings, bench.sandbox.name, calibrated)

    @property
    def environment(self) -> Environment:
        """The environment that the tests run in."""
        environment: Environment = self.bench["environment"]
        return environment

    def bench_in(self, sandbox: Sandbox, settings: Settings) -> TestBench:
        """Make the bench in a sandbox of this machine, its environment found or built.

        Raises:
            EnvironmentFailedError: it cannot be built, or is another one.
        """
        wanted = self.environment
        if not sandbox.python().startswith(f"{wanted.python}."):
            sandbox = sandbox.with_python(wanted.python) or sandbox
        environment, place = prepare(
            self.bench["tree"],
            sandbox,
            settings,
            version=self.manner.origin.source.get("version"),
            source=self.manner.origin.project,
            recorded=wanted,
        )
        if environment.id != wanted.id:
            raise EnvironmentFailedError(
                f"the environment that was built again is {environment.id[:12]}, not {wanted.id[:12]}",
                hint="Do all nodes have the same base image and Python?",
            )
        return TestBench(sandbox=sandbox, place=place, **self.bench)


@dataclass(frozen=True)
class Answer:
    """What became of a candidate, and what the user should know besides."""

    tried: Tried
    notes: tuple[str, ...] = ()


class Worker:
    """One of the processes on a node. Tries one candidate at a time; `abort` may come in between."""

    def __init__(self) -> None:
        """Start with nothing: `begin` makes the sandbox and the environment."""
        self._sandbox: Sandbox | None = None
        self._at: Sandbox | None = None
        self._trier: LocalTrier | None = None
        self._notes: list[str] = []

    def greet(self, expected: Identity) -> tuple[str, list[str]]:
        """Return on which node this is, and in what it differs from the driver."""
        import ray  # only ever called by it

        return ray.get_runtime_context().get_node_id(), differences(expected, identity(expected))

    def begin(self, assignment: Assignment) -> Failure | None:
        """Make ready for the candidates of a source; returns why that cannot be."""
        try:
            settings = settings_here(assignment.settings)
            settings.require_cache()
            self._sandbox = choose_sandbox(assignment.sandbox, settings)  # type: ignore[arg-type] # of a sandbox
            bench = assignment.bench_in(self._sandbox, settings)
        except RpsdgError as error:
            return Failure.of(error)
        self._at = bench.sandbox
        self._trier = LocalTrier(bench, assignment.manner, self._notes.append)
        return None

    def attempt(self, index: int, aims: Sequence[tuple[str, dict[str, Any]]]) -> Answer | Failure | None:
        """Try a candidate; None if it was aborted.

        Args:
            index: of the candidate.
            aims: rule and aim of each of its bugs.
        """
        assert self._trier is not None
        moves = [all_mutators()[rule].aimed(aim) for rule, aim in aims]
        try:
            tried = self._trier.attempt(moves, index)
        except SandboxAbortedError:
            return None
        except RpsdgError as error:
            return Failure.of(error)
        notes = tuple(self._notes)
        self._notes.clear()
        return Answer(tried, notes)

    def abort(self) -> None:
        """End the attempt that goes on, and refuse others until `resume`."""
        if self._at is not None:
            self._at.abort()

    def resume(self) -> None:
        """Allow attempts again."""
        if self._at is not None:
            self._at.resume()

    def stop(self) -> None:
        """Leave nothing behind on this node."""
        if self._at is not None:
            self._at.abort()
        if self._trier is not None:
            self._trier.close()
        if self._sandbox is not None:
            with suppress(Exception):  # an engine that is gone has nothing left to close
                self._sandbox.close()


def settings_here(given: Settings) -> Settings:
    """Return the driver's settings with this machine's folders, certificates and engine in their place."""
    own = Settings.from_environment()
    return replace(
        given,
        cache=own.cache,
        ca_bundle=own.ca_bundle,
        bubblewrap=own.bubblewrap,
        build_network=own.build_network,
        disk=own.disk,
        index_url=own.index_url or given.index_url,
    )


def environments_here(runner: str) -> list[str]:
    """Return the ids of the environments that this machine keeps for a kind of sandbox."""
    kept = on_shelf(Settings.from_environment())
    return sorted({one.about.environment.id for one in kept if one.about.runner == runner})
