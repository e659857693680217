"""A first look at a candidate in a warm process: is it worth a clean run of the complete suite?"""

from __future__ import annotations

import ast
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from rpsdg.mutators.functions import Function, function_around
from rpsdg.mutators.mutator import Edit, Mutator
from rpsdg.mutators.syntax import parse_tree
from rpsdg.sandbox.contract import RefusedError, SandboxBrokeError, Session
from rpsdg.sandbox.glimpse import Glimpse, Swap
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Reason, Stopped

from .coverage import Coverage, first_line
from .judge import TestBench
from .lattice import planted

__all__ = ["Triage", "TriagePool", "dismissal", "swap_for"]

SLACK = 0.5
"""Seconds a test may compute besides."""
_FIRST = 0.1
"""The share of the time of all tests that may be spent on the most telling ones before the others."""
_FIRST_ALONE = 0.02
"""The same where the others are left to a clean run, which comes whatever the most telling ones say."""
_BRIEF_SWAPPED, _BRIEF_IMPORTED = 0.004, 0.03
"""Tests that take less seconds together all run at once: to begin with the most telling would save less than
it costs to look again, with a function exchanged or with a module imported anew."""
_NEARLY, _LONG = 0.8, 2.0
"""What is reached by tests that take this share of the suite's time, and so many seconds, gets its clean run
if the most telling of them find nothing: to run the others here would take as long."""
_ROUNDS = 8
"""Of leaving out tests that do not pass in a fork, before triage is given up."""
_STARTS = 3
"""Zygotes that may fail to start before triage is given up."""
AUDITED = 20
"""One in so many candidates that triage would dismiss is judged all the same."""
FACTOR = 10.0
"""Times what it took on the untouched program."""
_IDENTITY = re.compile(rb"\bis\b(?!\s+(?:not\s+)?(?:None|True|False)\b)")


def dismissal(seen: Glimpse, index: int) -> Stopped | None:
    """Return why a candidate that was looked at is not worth a clean run, or None if it may be.

    One in AUDITED gets its clean run all the same.
    """
    if index % AUDITED == 0:
        return None
    match seen.outcome:
        case "hang":
            return Stopped(Reason.HANG, "time limit reached in a test that runs the line")
        case "memory":
            return Stopped(Reason.OUT_OF_MEMORY, "MemoryError in a test that runs the line")
        case "green":
            return Stopped(Reason.UNDETECTED, "no test that runs the line fails")
    return None


@dataclass
class Triage:
    """A session with a zygote in it. Not for use by two threads at once."""

    bench: TestBench
    session: Session
    nodes: frozenset[str]
    """The tests that pass in the zygote, too."""
    usual: Sequence[str]
    """All tests in the suite's own order."""
    killers: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By file and function: the tests that found bugs there, and how many."""
    ran: tuple[str, ...] = ()
    """The tests of the last attempt, up to the one that ended it."""
    passing: set[tuple[str, ...]] = field(default_factory=set)
    """Tests that pass in an order of which that had to be seen."""

    @cached_property
    def leaking(self) -> bool:
        """Whether some of the suite's tests leave something behind that others fail of."""
        return "order-dependent" in self.bench.baseline.kinds()

    @classmethod
    def started(cls, bench: TestBench, session: Session) -> Triage:
        """Start a zygote in a session that holds the untouched tree.

        Raises:
            RefusedError: the tests cannot be collected there.
        """
        warmth = session.warm(
            bench.environment.pytest_options(), roots=bench.environment.roots, timeout=bench.suite_timeout
        )
        if warmth.threads > 1:
            raise RefusedError("what the tests import starts threads, which a fork does not have")
        triage = cls(bench, session, frozenset(bench.baseline.steady) & frozenset(warmth.items), warmth.items)
        # Tests that need others before them, or a process of their own, cannot be asked here.
        for _ in range(_ROUNDS):
            seen = triage._tried({}, triage._in_order(triage.nodes, Counter()), None, through=True)
            if seen.outcome == "green":
                return triage
            left = triage.nodes - {*seen.failing, seen.node}
            if left == triage.nodes or not left:
                break
            triage.nodes = left
        raise RefusedError("the untouched tests do not pass in a fork")

    def look(self, moves: Sequence[Mutator]) -> Glimpse | None:
        """Run the tests that reach some bugs, up to the first that does not pass; None if it cannot be done.

        Args:
            moves: aimed at the untouched program, where they do not meet.
        """
        base = self.bench.tree
        tree = planted(base, moves, frozenset(range(len(moves))))
        edits = [edit for move in moves for edit in move.edits]
        paths = sorted({edit.path for edit in edits})
        reaching = self.bench.reaching(edits)
        asked = reaching & self.nodes
        if not asked:
            return None
        function = function_around(base[paths[0]].data, edits[0].start)
        place = paths[0], function.name
        swap = swap_for(base, edits, self.bench.coverage)
        usual = [node for node in self.usual if node in asked]
        tests = self._in_order(asked, self.killers[place], self._running(paths[0], function))
        files = {path: tree[path].data for path in paths}
        # A test may pass because of what one that came before it left in the program. So what is green is so
        # in the suite's own order, and any other is for a part of the tests only.
        too_long = self._seconds(asked) > max(_LONG, _NEARLY * self._seconds(self.nodes))
        brief = _BRIEF_IMPORTED if swap is None else _BRIEF_SWAPPED
        first = self._first(tests, brief, _FIRST_ALONE if too_long else _FIRST)
        seen = self._tried(files, first or usual, swap)
        if first and too_long and seen.outcome in {"green", "hang", "memory"}:
            return None
        if seen.outcome == "green" and first and first != usual:
            seen = self._tried(files, usual, swap)
        if seen.outcome in {"hang", "memory"}:
            # Whether another test fails must not depend on which of them came first.
            others = [node for node in tests if node != seen.node]
            second = self._tried(files, others, swap) if others else seen
            seen = second if second.outcome == "red" else seen
        if seen.outcome == "red" and seen.node is not None:
            if self.leaking and not self._passed_before({path: base[path].data for path in paths}, swap):
                return None
            self.killers[place][seen.node] += 1
        return None if seen.outcome == "green" and asked != reaching else seen

    def _running(self, path: str, function: Function) -> frozenset[str]:
        """Return the tests that run the body of a function: all tests reach what runs at import."""
        coverage = self.bench.coverage
        lines = (1 << (function.last + 1)) - (1 << function.first)
        return coverage.tests(path, lines & ~coverage.at_import.get(path, 0))

    def _seconds(self, nodes: Iterable[str]) -> float:
        return sum(self.bench.durations.get(node, 0.0) for node in nodes)

    def _first(self, tests: Sequence[str], brief: float, share: float) -> list[str]:
        """Return the first of some tests, of one file and for a share of the time; none if it is short."""
        room = self._seconds(tests)
        if room < brief:
            return []
        file, room = tests[0].partition("::")[0], share * room
        kept = []
        for node in tests:
            if node.partition("::")[0] == file:  # other files may not even have to be imported
                kept.append(node)
                room -= self.bench.durations.get(node, 0.0)
                if room < 0:
                    break
        return kept

    def _in_order(
        self, nodes: Iterable[str], killers: Counter[str], telling: Collection[str] = ()
    ) -> list[str]:
        seconds = self.bench.durations
        return sorted(
            nodes, key=lambda node: (-killers[node], node not in telling, seconds.get(node, 0.0), node)
        )

    def _passed_before(self, files: dict[str, bytes], swap: Swap | None) -> bool:
        """Say whether the tests of the last attempt pass in that order without the bug.

        Args:
            files: those of the candidate, untouched.
            swap: what it exchanged.
        """
        tests = self.ran
        if tests not in self.passing:
            same = swap and replace(swap, source=files[swap.path])
            if self._tried(files, tests, same).outcome != "green":
                return False
            self.passing.add(tests)
        return True

    def _tried(
        self, files: dict[str, bytes], tests: Sequence[str], swap: Swap | None, *, through: bool = False
    ) -> Glimpse:
        limits = [(node, SLACK + FACTOR * self.bench.durations.get(node, 0.0)) for node in tests]
        seen = self.session.attempt(files, limits, swap, through=through)
        self.ran = tuple(tests[: tests.index(seen.node) + 1] if seen.node in tests else tests)
        return seen


class TriagePool:
    """Zygotes of one program, as many as there are candidates in work. Safe for use by several threads."""

    def __init__(self, bench: TestBench, note: Callable[[str], None] = lambda _: None) -> None:
        """Prepare; a zygote is started when it is needed.

        Args:
            bench: of the program.
            note: told why there is no triage, if there is none.
        """
        self._bench = bench
        self._note = note
        self._guard = threading.Lock()
        self._free: list[tuple[Triage, ExitStack]] = []
        self._failures = 0

    def look(self, moves: Sequence[Mutator]) -> Glimpse | None:
        """Look at a candidate; None where a clean run has to say everything.

        Raises:
            SandboxAbortedError: the run was interrupted.
        """
        taken = self._take()
        if taken is None:
            return None
        triage, stack = taken
        try:
            seen = triage.look(moves)
        except SandboxBrokeError:  # this candidate's doing, as likely as not: the next gets a fresh zygote
            with suppress(SandboxBrokeError):  # it is to end, and has ended
                stack.close()
            return None
        except BaseException:
            stack.close()
            raise
        with self._guard:
            self._free.append((triage, stack))
        return seen

    @contextmanager
    def shared(self) -> Iterator[Session | None]:
        """Lend the session of a zygote, for runs that share it; None where there is none.

        One that breaks is ended, and so is the context: its user has to find another way.
        """
        taken = self._take()
        if taken is None:
            yield None
            return
        triage, stack = taken
        try:
            yield triage.session
        except SandboxBrokeError:
            with suppress(SandboxBrokeError):  # it is to end, and has ended
                stack.close()
        except BaseException:
            stack.close()
            raise
        else:
            with self._guard:
                self._free.append((triage, stack))

    def close(self) -> None:
        """End all zygotes."""
        with self._guard:
            free, self._free = self._free, []
        for _, stack in free:
            with suppress(SandboxBrokeError):  # it is to end, and has ended
                stack.close()

    def _take(self) -> tuple[Triage, ExitStack] | None:
        with self._guard:
            if self._free:
                return self._free.pop()
            if self._failures >= _STARTS:
                return None
        bench, stack = self._bench, ExitStack()
        try:
            session = stack.enter_context(bench.sandbox.open(bench.place, bench.limits))
            session.load(bench.tree)
            return Triage.started(bench, session), stack
        except SandboxBrokeError as error:
            with suppress(SandboxBrokeError):  # it is to end, and has ended
                stack.close()
            with self._guard:
                self._failures += 1
                if self._failures == _STARTS:
                    self._note(
                        f"every candidate gets a clean run, because triage does not work here: {error}"
                    )
            return None
        except BaseException:
            stack.close()
            raise


def swap_for(base: Tree, edits: Sequence[Edit], coverage: Coverage) -> Swap | None:
    """Return the one function that some edits change, if they can be tried by exchanging it alone.

    They can if they lie in the body of one function, the outermost one where functions are nested, and no
    line of that body runs at import: what was imported is then the same with the edits as without. Nor may
    they ask for the first time whether two values are the same object.
    """
    path = edits[0].path
    if any(edit.path != path for edit in edits):
        return None
    if any(_IDENTITY.search(edit.new) and not _IDENTITY.search(edit.old) for edit in edits):
        return None  # equal constants are one object only where they were compiled together
    data = base[path].data
    starts = [data.count(b"\n", 0, edit.start) + 1 for edit in edits]
    first, last = (
        min(starts),
        max(line + edit.old.count(b"\n") for line, edit in zip(starts, edits, strict=True)),
    )
    for statement in _outline(data):
        if first_line(statement) <= first and last <= (statement.end_lineno or 0):
            function = _function_around(statement, first, last)
            break
    else:
        return None
    if function is None or function.end_lineno is None:
        return None
    body = (1 << (function.end_lineno + 1)) - (1 << function.body[0].lineno)
    if coverage.at_import.get(path, 0) & body:
        return None
    changed = data
    for edit in sorted(edits, reverse=True):
        changed = changed[: edit.start] + edit.new + changed[edit.end :]
    longer = changed.count(b"\n") - data.count(b"\n")
    kept = _only(data, changed, first_line(statement), (statement.end_lineno or 0) + longer)
    return Swap(path, first_line(function), function.name, kept)


def _only(data: bytes, changed: bytes, first: int, last: int) -> bytes:
    """Return the lines of one statement of a file, on the lines where they are; the rest is left blank.

    What is imported from `__future__` stays: it changes what the statement compiles to.
    """
    lines = changed.splitlines(keepends=True)
    kept = [b"\n"] * (first - 1) + lines[first - 1 : last]
    for statement in _outline(data):
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for number in range(statement.lineno, (statement.end_lineno or 0) + 1):
                kept[number - 1] = lines[number - 1]
    return b"".join(kept)


@lru_cache(maxsize=64)  # it would be the greater part of what a look costs the host
def _outline(data: bytes) -> list[ast.stmt]:
    """Return the statements of a file of the untouched program."""
    return parse_tree(data).body


def _function_around(
    statement: ast.stmt, first: int, last: int
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the outermost function whose body holds some lines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        inside = statement.body[0].lineno <= first and last <= (statement.end_lineno or 0)
        return statement if inside else None
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt) and first_line(child) <= first and last <= (child.end_lineno or 0):
            return _function_around(child, first, last)
    return None
