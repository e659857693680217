"""A program repair search without a model: how many patches until the tests pass?

It knows the buggy program, its failing tests and the lines that they run, and tries one patch after another;
`repair_templates` says which there are. Breadth first: all patches of cheap templates come before any of dear
ones. Among those of one cost the order is random, each statement getting its turn: nothing ranks statements
by how suspicious they are, since such a rank is part of the difficulty score. One fault is looked for, so
statements that every failing test runs come before others.

A patch is plausible when all failing tests pass and so do the tests that run what differs from the untouched
program. The cost is the number of patches tried until one is. How many patches come before the one that
restores the untouched program can be told without running any: `place_of`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import and_, or_
from pathlib import Path
from random import Random

import msgspec

from rpsdg.mutators.judging.coverage import LineMask, lines_of
from rpsdg.mutators.judging.judge import LINES, TestBench
from rpsdg.mutators.mutator import difference
from rpsdg.mutators.scope import is_mutable
from rpsdg.mutators.statements import telling_tests
from rpsdg.mutators.syntax import parse_tree
from rpsdg.sandbox.contract import RefusedError, SandboxBrokeError, Session
from rpsdg.sandbox.tree import Tree

from . import inside_tries
from .repair_program import File, Statement
from .repair_templates import TEMPLATES, Patch, Template

__all__ = ["CAP", "HORIZON", "SEARCH", "Found", "Spectrum", "executed", "patches", "place_of", "repair"]

SEARCH = 1
"""Version of the search: results of another one are not comparable."""
CAP = 500
"""How many patches are tried on one program."""
HORIZON = 5000
"""How many are looked through for the one that restores the untouched program."""
_CHUNK = 100
_ALONE = ("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Options of tries in forks: nothing is kept, and plugins may be loaded before pytest is."""
_SLACK = 60
"""By how many bytes of white space and parentheses two texts of one program may differ."""
_REST = 2
"""How much dearer a patch is of a statement that only some failing tests run, or that runs at import."""

Spectrum = Mapping[str, Mapping[str, LineMask]]
"""By failing test and path, the lines it runs in the buggy program."""
Group = list[tuple[File, Statement]]


@dataclass(frozen=True)
class Found:
    """How a search ended."""

    tried: int
    """Patches tried, the plausible one included."""
    patch: Patch | None
    """The plausible one."""
    broke: int = 0
    """How many patches broke the sandbox; they count as tried."""


def patches(buggy: Tree, spectrum: Spectrum, seed: int | str) -> Iterator[Patch]:
    """Yield patches in the order in which they are tried: each text once, each a program that parses."""
    known: dict[str, set[bytes]] = {}
    for patch in _patches(buggy, spectrum, seed):
        data = buggy[patch.path].data
        texts = known.setdefault(patch.path, {data})
        new = patch.apply(data)
        if new not in texts:
            texts.add(new)
            if _parses(new):
                yield patch


def _patches(buggy: Tree, spectrum: Spectrum, seed: int | str) -> Iterator[Patch]:
    """Yield patches in their order; some do not parse, and some are there twice."""
    first, rest = _statements(buggy, spectrum)
    by_cost: dict[int, list[tuple[Template, Group]]] = {}
    for template in TEMPLATES:
        for later, group in ((0, first), (_REST, rest)):
            by_cost.setdefault(template.cost + later, []).append((template, group))
    for cost, pool in sorted(by_cost.items(), key=lambda pair: pair[0]):
        yield from _shuffled(pool, Random(f"{seed}/{cost}"))


def _shuffled(pool: Sequence[tuple[Template, Group]], random: Random) -> Iterator[Patch]:
    """Yield the patches of templates of one cost, each statement getting its turn."""
    by_statement: dict[Statement, list[Patch]] = {}
    for template, group in pool:
        for file, statement in group:
            by_statement.setdefault(statement, []).extend(template.patches(file, statement))
    left = [found for found in by_statement.values() if found]
    for found in left:
        random.shuffle(found)
    while left:
        random.shuffle(left)
        for found in left:
            yield found.pop()
        left = [found for found in left if found]


def place_of(
    buggy: Tree, fixed: Tree, spectrum: Spectrum, seed: int | str, limit: int = HORIZON
) -> int | None:
    """Return when the search would restore the untouched program, from 1; None if not by `limit`.

    Nothing is run. Counted are patches that differ, whether they parse or not.
    """
    paths = buggy.changed(fixed)
    if len(paths) != 1:
        return None
    (path,) = paths
    before, after = buggy[path].data, fixed[path].data
    wanted, tree = _squeezed(after), ast.dump(parse_tree(after))
    known: set[tuple[str, int, int, bytes]] = set()
    for patch in _patches(buggy, spectrum, seed):
        known.add((patch.path, patch.start, patch.end, patch.new))
        if len(known) > limit:
            return None
        if (
            patch.path == path
            and abs(len(patch.new) - patch.end + patch.start + len(before) - len(after)) < 60
        ):
            new = patch.apply(before)
            if _squeezed(new) == wanted and _parses(new) and ast.dump(parse_tree(new)) == tree:
                return len(known)
    return None


def _squeezed(data: bytes) -> bytes:
    return data.translate(None, b" \t\r\n(),")


def executed(bench: TestBench, session: Session, failing: Sequence[str]) -> tuple[Spectrum, str]:
    """Return what failing tests run, and which of them says most. The session holds the buggy tree."""
    report = bench.only(session, failing, record=LINES)
    at_import = report.lines.get("", {})
    ran = {node: report.lines[node] for node in failing if report.lines.get(node)}
    return ran or {"": at_import}, telling_tests(failing, report)[0]


def repair(
    bench: TestBench,
    buggy: Tree,
    failing: Sequence[str],
    spectrum: Spectrum,
    telling: str,
    *,
    seed: int | str,
    cap: int = CAP,
) -> Found:
    """Search for a patch that passes the tests.

    Args:
        bench: of the program.
        buggy: the program with the bug.
        failing: the tests that must pass in the end.
        spectrum, telling: what `executed` returns.
        seed: of the order.
        cap: how many patches are tried at most.
    """
    stream = patches(buggy, spectrum, seed)
    tried = 0
    with closing(_Tries(bench, buggy, failing, telling)) as tries:
        while chunk := list(islice(stream, min(_CHUNK, cap - tried))):
            while chunk:
                number = tries.first(chunk)
                if number is None:
                    tried += len(chunk)
                    break
                tried += number + 1
                if tries.plausible(chunk[number]):
                    return Found(tried, chunk[number], tries.broke)
                chunk = chunk[number + 1 :]
        return Found(tried, None, tries.broke)


class _Tries:
    """Test runs on patches of one program, in one session as long as it lasts."""

    def __init__(self, bench: TestBench, buggy: Tree, failing: Sequence[str], telling: str) -> None:
        self._bench = bench
        self._buggy = buggy
        self._failing = frozenset(failing)
        self._telling = telling
        self._stack = ExitStack()
        self._session: Session | None = None
        self._forks = True
        self.broke = 0

    def first(self, chunk: Sequence[Patch]) -> int | None:
        """Return the first patch on which the most telling test passes: all others need no further run."""
        at = 0
        while self._forks and at < len(chunk):
            try:
                found, ended = self._forked(chunk[at:])
            except RefusedError:
                raise
            except SandboxBrokeError:
                found, ended = None, 0
            if found is not None:
                return at + found
            if ended is None:
                return None
            if self._forks:  # the patch that was being tried ended them all
                self._reopen()
                at += ended + 1
        for number in range(at, len(chunk)):
            if self._passes(chunk[number], frozenset({self._telling})):
                return number
        return None

    def plausible(self, patch: Patch) -> bool:
        """Say whether all failing tests pass, and those that run what differs from the untouched program."""
        tree = self._buggy.replace(patch.path, patch.apply(self._buggy[patch.path].data))
        nodes = set(self._failing)
        for path in self._bench.tree.changed(tree):
            right = self._bench.tree[path].data
            edit = difference(path, right, tree[path].data)
            nodes |= self._bench.coverage.tests(path, lines_of(right, [edit]))
        return self._passes(patch, frozenset(nodes))

    def _passes(self, patch: Patch, nodes: frozenset[str]) -> bool:
        data = self._buggy[patch.path].data
        try:
            session = self._opened()
            session.write(patch.path, patch.apply(data))
            report = self._bench.only(session, nodes)
            session.write(patch.path, data)
        except RefusedError:
            raise
        except SandboxBrokeError:
            self._reopen()
            return False
        return all(report.outcomes.get(node) == "passed" for node in nodes)

    def _forked(self, chunk: Sequence[Patch]) -> tuple[int | None, int | None]:
        """Try patches in forks of one process; return which passed, or at which the process itself ended."""
        session, bench = self._opened(), self._bench
        fixed = [
            difference(path, self._buggy[path].data, bench.tree[path].data)
            for path in bench.tree.changed(self._buggy)
        ]
        job = {
            "arguments": [*bench.environment.pytest_options(), *_ALONE, self._telling],
            "limit": 3 * bench.test_timeout,
            "fixed": [(edit.path, edit.start, edit.end, edit.new.decode("latin-1")) for edit in fixed],
            "patches": [[(p.path, p.start, p.end, p.new.decode("latin-1"))] for p in chunk],
        }
        program, about = f"{session.home}/inside_tries.py", f"{session.home}/job.json"
        session.write(program, Path(inside_tries.__file__).read_bytes())
        session.write(about, msgspec.json.encode(job))
        roots = [
            session.tree if root == "." else f"{session.tree}/{root}" for root in bench.environment.roots
        ]
        done = session.execute(
            [f"{session.prefix}/env/bin/python", program, about],
            timeout=60 + 3 * bench.test_timeout * (len(chunk) + 3),
            env={"PYTHONPATH": ":".join(roots)},
        )
        lines = done.output.splitlines()
        answer = next((line for line in reversed(lines) if line.startswith(inside_tries.ANSWER)), None)
        if answer is None:
            started = [line for line in lines if line.startswith(inside_tries.STARTED)]
            self._forks = bool(started)
            return None, len(started) - 1 if started else 0
        told = msgspec.json.decode(answer.removeprefix(inside_tries.ANSWER))
        self._forks = told["trusted"]
        return told["found"], None if told["trusted"] else 0

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._stack.enter_context(
                self._bench.sandbox.open(self._bench.place, self._bench.limits)
            )
            self._session.load(self._buggy)
        return self._session

    def _reopen(self) -> None:
        self.broke += 1
        self.close()

    def close(self) -> None:
        """End the session."""
        self._session = None
        with suppress(SandboxBrokeError):  # one that broke has nothing left to close
            self._stack.close()


def _statements(buggy: Tree, spectrum: Spectrum) -> tuple[Group, Group]:
    """Return the statements that all failing tests run, and others that may have to do with the failures.

    The others are those that only some failing tests run, and the heads of functions and the class bodies
    around what they run.
    """
    first: Group = []
    rest: Group = []
    for path in sorted({path for ran in spectrum.values() for path in ran}):
        if not is_mutable(path) or path not in buggy:
            continue
        try:
            file = File(path, buggy[path].data)
        except (SyntaxError, ValueError, RecursionError):
            continue
        masks = [ran.get(path, 0) for ran in spectrum.values()]
        shared, some = reduce(and_, masks), reduce(or_, masks)
        for statement in file.statements:
            if isinstance(statement.node, ast.Import | ast.ImportFrom):
                continue
            own = file.lines(statement.node)
            if own & shared:
                first.append((file, statement))
            elif own & some or _around(statement) & some:
                rest.append((file, statement))
    return (first, rest) if first else (rest, [])


def _around(statement: Statement) -> LineMask:
    """Return the lines of the body of a function, if the statement is its head, or of its class body."""
    node = statement.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _mask(node)
    if isinstance(statement.parent, ast.ClassDef):
        return _mask(statement.parent)
    return 0


def _mask(node: ast.stmt) -> LineMask:
    return (1 << ((node.end_lineno or node.lineno) + 1)) - (1 << node.lineno)


def _parses(data: bytes) -> bool:
    try:
        parse_tree(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
