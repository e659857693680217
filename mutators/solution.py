"""From a candidate to a trace: judge it, look at it, mend it, and write down what was really seen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from rpsdg.sandbox.contract import Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import mask, seal
from rpsdg.traces.kernel import Reason, Stopped
from rpsdg.traces.record import (
    Action,
    Answer,
    Checks,
    Confirmed,
    Evidence,
    Negative,
    Problem,
    Provenance,
    State,
    Step,
    Trace,
)

from .bytecode import same_bytecode
from .diffs import ends_alike, make_diff
from .functions import function_around
from .judging.actions import PYTEST, command_for, edit, read, run_tests
from .judging.confirming import FULL, Confirming
from .judging.coverage import lines_of
from .judging.judge import LINES, TestBench
from .judging.lattice import Bugs, Lattice, climb
from .judging.triage import TriagePool, dismissal
from .judging.unfinished import unfinished
from .measuring.difficulty import score, score_of
from .measuring.features import measured
from .measuring.siblings import Neighbourhood, Sibling, try_siblings
from .mutator import Mutator, inverse
from .statements import telling_tests
from .statements.rewrite import Endpoint
from .telling import WATCHED, Telling

__all__ = [
    "DOMAIN",
    "Origin",
    "Tried",
    "confirm",
    "partial_fixes",
    "pointless",
    "project_name",
    "state_of",
    "step_evidence",
]

DOMAIN = "code/bugfix"


@dataclass(frozen=True)
class Origin:
    """Where a candidate comes from, for its provenance."""

    generator: str
    """Version of rpsdg."""
    seed: int
    project: str
    """Name and version, as a statement calls them."""
    source: dict[str, Any]
    """Kind, name, version, commit and licence of the source."""
    endpoint: Endpoint | None = None
    """Who rewrites statements, if anyone."""


def project_name(name: str, version: object) -> str:
    """Return what statements call a program, such as `toolz 1.0.0`."""
    return f"{name} {version}" if version else name


@dataclass(frozen=True)
class Tried:
    """What became of a candidate, and who saw what of it."""

    result: Trace | Stopped
    triage: str | None = None
    """What a first look saw; None without one."""
    judged: Confirmed | None = None
    """Which tests judged it in clean runs; None without one."""
    outside: int | None = None
    """Tests that failed though by their coverage they do not reach the edits."""


def confirm(
    bench: TestBench,
    moves: Sequence[Mutator],
    index: int,
    origin: Origin,
    neighbourhood: Neighbourhood | None = None,
    triage: TriagePool | None = None,
    confirming: Confirming = FULL,
) -> Tried:
    """Inject a walk of one bug or several, and return its trace if the tests see every step of it.

    The complete suite, or those of its tests that can reach the edits, judges every combination of the
    bugs, each in a fresh sandbox; a single bug that the latter judge shares the sandbox of its first look,
    where each run is a process of its own. There, or in one more for a walk, the failing tests fail again
    by themselves; bug after bug is mended in the reverse order, the tree on the sandbox's disk must be the
    recorded state to the byte after each step, and the tests that the step repairs must pass. Whatever does
    not end so is returned with its reason.

    Args:
        bench: the program and its judge.
        moves: the bugs in the order of the walk, each aimed at the untouched program.
        index: of the candidate.
        origin: for the provenance.
        neighbourhood: where wrong patches are taken from; None tries none.
        triage: looks at single bugs first, and dismisses what a clean run would refuse.
        confirming: which tests judge.

    Raises:
        SandboxBrokeError: a sandbox ended or stopped answering; this says nothing about the candidate.
    """
    for move in moves:
        refused = pointless(bench, move)
        if refused is not None:
            return Tried(refused)
    glimpse = triage.look(moves) if triage is not None and len(moves) == 1 else None
    seen = None if glimpse is None else glimpse.outcome
    if glimpse is not None:
        dismissed = dismissal(glimpse, index)
        if dismissed is not None:
            return Tried(dismissed, seen)
    by = confirming.judges(origin.seed, index)
    edits = [edit for move in moves for edit in move.edits]
    runs = _CleanRuns(
        bench.covering(edits) if by == "covering" else bench, moves, index, origin, neighbourhood, seen, by
    )
    if len(moves) > 1:
        return runs.of_walk()
    if by == "covering" and triage is not None:
        tried = None
        with triage.shared() as session:
            tried = None if session is None else runs.in_shared(session)
        if tried is not None:
            return tried
    return runs.in_fresh()


@dataclass(frozen=True)
class _CleanRuns:
    """What judges and mends a candidate, and what is known of it before."""

    judge: TestBench
    moves: Sequence[Mutator]
    index: int
    origin: Origin
    neighbourhood: Neighbourhood | None
    seen: str | None
    by: Confirmed

    def of_walk(self) -> Tried:
        """Judge every combination of the bugs in a sandbox of its own, and walk back in one more."""
        return self._result(climb(self.judge, self.moves), None)

    def in_fresh(self) -> Tried:
        """Judge and mend a single bug in one fresh sandbox."""
        buggy = self.moves[0].apply(self.judge.tree)
        with self.judge.sandbox.open(self.judge.place, self.judge.limits) as session:
            session.load(buggy)
            lattice = climb(self.judge, self.moves, lambda _: self.judge.suite(session))
            if session.digest() == buggy.digest:  # tests that edit files must not do so in the solution
                return self._result(lattice, session)
        return self._result(lattice, None)

    def in_shared(self, session: Session) -> Tried | None:
        """Judge and mend a single bug where others were before; None where it needs a sandbox of its own."""
        buggy = self.moves[0].apply(self.judge.tree)
        with session.sharing():
            for path in self.judge.tree.changed(buggy):
                session.write(path, buggy[path].data)
            lattice = climb(self.judge, self.moves, lambda _: self.judge.suite(session))
            if session.digest() == buggy.digest:
                return self._result(lattice, session)
        return None

    def _result(self, lattice: Lattice | Stopped, session: Session | None) -> Tried:
        if isinstance(lattice, Stopped):
            return Tried(lattice, self.seen, self.by)
        everything: Bugs = frozenset(range(len(self.moves)))
        edits = [edit for move in self.moves for edit in move.edits]
        outside = lattice.failing[everything] - self.judge.reaching(edits)
        with ExitStack() as stack:
            if session is None:
                session = stack.enter_context(self.judge.sandbox.open(self.judge.place, self.judge.limits))
                session.load(lattice.trees[everything])
            solution = _Solution(self.judge, session, self.moves, lattice)
            trace = solution.trace(self.index, self.origin, self.neighbourhood)
        return Tried(trace, self.seen, self.by, len(outside))


def pointless(bench: TestBench, move: Mutator) -> Stopped | None:
    """Return why a bug need not be run: nothing reaches it, or nothing that runs differs."""
    buggy = move.apply(bench.tree)
    paths = sorted({edit.path for edit in move.edits})
    if all(same_bytecode(bench.tree[path].data, buggy[path].data) for path in paths):
        return Stopped(Reason.SAME_BYTECODE, "the edit changes nothing that runs")
    for path in paths:
        edits = [edit for edit in move.edits if edit.path == path]
        if bench.coverage.reaches(path, lines_of(bench.tree[path].data, edits)):
            return None
    return Stopped(Reason.NOT_COVERED, "no test runs the line")


@dataclass
class _Solution:
    """The walk back, as it is done in one session."""

    bench: TestBench
    session: Session
    moves: Sequence[Mutator]
    lattice: Lattice
    steps: list[Step] = field(default_factory=list)
    features: list[dict[str, float]] = field(default_factory=list)

    def trace(self, index: int, origin: Origin, neighbourhood: Neighbourhood | None) -> Trace | Stopped:
        everything: Bugs = frozenset(range(len(self.moves)))
        failing = sorted(self.lattice.failing[everything])
        telling = Telling(
            self.bench,
            origin.project,
            failing,
            self.lattice.reports[everything],
            self.lattice.trees[everything],
        )
        all_told = len(failing) == len(telling.told) and len(self.moves) == 1
        if not all_told:  # otherwise the first step runs them all
            refused = _steady(self.bench.only(self.session, failing), failing)
            if refused is not None:
                return refused
        for bug in reversed(range(len(self.moves))):
            refused = self._step(bug, telling)
            if refused is not None:
                return refused
        if not all_told:
            after = self.bench.only(self.session, failing)
            red = [node for node in failing if after.outcomes.get(node) != "passed"]
            if red:
                return Stopped(Reason.FIX_NOT_CONFIRMED, f"still not passing after the fix: {red[0]}")
        telling.watch(self.session)
        siblings: list[Sibling] = []
        if neighbourhood is not None and len(self.moves) == 1:
            siblings = try_siblings(self.bench, self.session, self.moves[0], failing, neighbourhood)
        return self._written(index, origin, telling, siblings)

    def _step(self, bug: int, telling: Telling) -> Stopped | None:
        """Mend one bug, and see that it mends what it should."""
        left: Bugs = frozenset(range(bug))
        here = left | {bug}
        move, seen = self.moves[bug], self.lattice.reports[here]
        buggy, mended = self.lattice.trees[here], self.lattice.trees.get(left, self.bench.tree)
        repaired = sorted(self.lattice.repaired(left, bug))
        told = telling_tests(repaired, seen)
        command = command_for(self.bench, told)
        first, last = len(here) == len(self.moves), not left
        # What a statement is made of is recorded in the run that is shown, where that runs the same tests.
        watching = WATCHED if told == telling.told else ()
        seen_failing, report = run_tests(self.bench, self.session, command, record=watching if first else ())
        if first and watching:
            telling.before = report
        refused = _steady(report, told)
        if refused is not None:
            return refused
        other = [node for node in told if _message(seen, node) != _message(report, node)]
        if other:
            return Stopped(Reason.UNSTEADY, f"fails in another way each time: {other[0]}")
        if telling.before is None:
            telling.watch(self.session)
        recorded = report if first and watching else self.bench.only(self.session, told, record=LINES)
        earlier = [edit for other in sorted(left) for edit in self.moves[other].edits]
        placed = move.rebased(earlier)
        self.features.append(
            measured(
                self.bench,
                buggy,
                planted=sorted([*earlier, *move.edits]),
                fixes=inverse(placed.edits),
                repaired=repaired,
                others=self.lattice.failing.get(left, frozenset()),
                told=told,
                report=report,
                recorded=recorded,
            )
        )
        edits = self._mend(placed)
        if self.session.digest() != mended.digest:
            return Stopped(Reason.TREE_CHANGED, "after the fix the tree is not the recorded one")
        seen_passing, report = run_tests(self.bench, self.session, command, record=watching if last else ())
        if last and watching:
            telling.after = report
        red = [node for node in told if report.outcomes.get(node) != "passed"]
        if red:
            return Stopped(Reason.FIX_NOT_CONFIRMED, f"still not passing after the fix: {red[0]}")
        self.steps.append(
            Step(
                rule=move.rule,
                aim=placed.aim(),
                before=state_of(self.bench.tree, buggy),
                after=state_of(self.bench.tree, mended),
                explanation=placed.explain(),
                evidence=(step_evidence(self.bench, self.lattice, bug),),
                actions=(seen_failing, *edits, seen_passing),
            )
        )
        return None

    def _mend(self, move: Mutator) -> list[Action]:
        """Take a bug out in the session, edit by edit from the back, so that offsets stay what they are."""
        actions: list[Action] = []
        looked_at: set[tuple[str, int, int]] = set()
        for back in reversed(inverse(move.edits)):
            data = self.session.fetch(back.path)
            region = _region(data, back.start)
            if (back.path, *region) not in looked_at:
                looked_at.add((back.path, *region))
                actions.append(read(self.session, back.path, *region))
            fixed = data[: back.start] + back.new + data[back.end :]
            actions.append(edit(self.session, back.path, *_lines_around(data, fixed)))
        return actions

    def _written(self, index: int, origin: Origin, telling: Telling, siblings: list[Sibling]) -> Trace:
        bench, buggy = self.bench, telling.buggy
        statement = telling.statement(self.moves, origin.seed, index, origin.endpoint)
        features = dict(self.features[0])
        if siblings:
            features["siblings"] = float(len(siblings))
            features["grader_strength"] = round(sum(s.failing > 0 for s in siblings) / len(siblings), 6)
        scores = [score(features), *(score(other) for other in self.features[1:])]
        if len(scores) > 1:
            features = {"steps": float(len(scores))}
            features |= {f"score_{number}": value for number, value in enumerate(scores, 1)}
        trace = Trace(
            id="",
            content_hash="",
            domain=DOMAIN,
            problem=Problem(statement=statement.text, style=statement.name, state=self.steps[0].before),
            steps=tuple(self.steps),
            answer=Answer(state=self.steps[-1].after, text=make_diff(buggy, bench.tree)),
            negatives=(*partial_fixes(bench, self.lattice), *_wrong_patches(bench, siblings)),
            checks=Checks(
                environment=bench.environment.id,
                command=(*PYTEST, *bench.environment.pytest_options()),
                fail_to_pass=tuple(telling.failing),
                pass_to_pass=bench.baseline.id,
                confirmed="full" if bench.asked is None else "covering",
            ),
            features=features,
            score=score_of(features),
            provenance=Provenance(
                generator=origin.generator,
                seed=origin.seed,
                index=index,
                source={**origin.source, "places": [_place(bench.tree, move) for move in self.moves]},
                environment={"python": bench.environment.python, "id": bench.environment.id},
            ),
        )
        return seal(trace)


def step_evidence(bench: TestBench, lattice: Lattice, bug: int) -> Evidence:
    """Return what the tests that judge saw around the step that mends `bug` after all later ones."""
    left: Bugs = frozenset(range(bug))
    saw = {
        "failing_before": len(lattice.failing[left | {bug}]),
        "failing_after": len(lattice.failing.get(left, ())),
    }
    if bench.asked is None:  # otherwise it is as many as a recorded run happens to show
        saw["suite"] = len(bench.baseline.steady)
    return Evidence(judge="tests", strength="executed", saw=saw)


def partial_fixes(bench: TestBench, lattice: Lattice) -> list[Negative]:
    """Return every patch that mends some bugs of a walk and leaves others, as the suite judged it."""
    count = max(map(len, lattice.failing))
    return [
        Negative(
            state=state_of(bench.tree, lattice.trees[bugs]),
            verdict={"failing": len(lattice.failing[bugs])},
            reason=f"mends {count - len(bugs)} of {count} bugs",
        )
        for bugs in sorted(lattice.failing, key=lambda bugs: (-len(bugs), sorted(bugs)))
        if len(bugs) < count
    ]


def _wrong_patches(bench: TestBench, siblings: Sequence[Sibling]) -> list[Negative]:
    return [
        Negative(
            state=state_of(bench.tree, sibling.move.apply(bench.tree)),
            verdict={"failing": sibling.failing},
            reason=f"near the fix, but wrong ({sibling.move.rule})",
        )
        for sibling in siblings
        if sibling.failing
    ]


def _place(tree: Tree, move: Mutator) -> dict[str, Any]:
    first = tree[move.path].data.count(b"\n", 0, move.start) + 1
    return {"path": move.path, "first_line": first, "last_line": first + move.old.count(b"\n")}


def state_of(base: Tree, tree: Tree) -> State:
    """Return how a trace writes a tree down: the base it comes from, and the diff."""
    return {"tree": base.digest, "diff": make_diff(base, tree)}


def _message(report: TestReport, node: str) -> str | None:
    failure = report.failures.get(node)
    return mask(failure.message) if failure else None


def _steady(report: TestReport, nodes: Sequence[str]) -> Stopped | None:
    """Return why tests that failed in the complete suite do not fail by themselves; None if they do."""
    if unfinished(report) and not _only_broken(report):
        return Stopped(Reason.UNSTEADY, "the failing tests could not be run by themselves")
    passed = [node for node in nodes if report.outcomes.get(node) == "passed"]
    if passed:
        return Stopped(Reason.UNSTEADY, f"failed in the complete suite, passed by itself: {passed[0]}")
    return None


def _only_broken(report: TestReport) -> bool:
    """Say whether a run of chosen tests ended early only because their file could not be collected."""
    return report.stopped is None and report.finished and "broken" in report.outcomes.values()


def _lines_around(buggy: bytes, fixed: bytes) -> tuple[str, str]:
    """Return the lines that differ, with as many lines before and after as make them the only such place."""
    old, new = buggy.decode().splitlines(keepends=True), fixed.decode().splitlines(keepends=True)
    head, tail = ends_alike(old, new)
    text = "".join(old)
    while True:
        before, after = "".join(old[head : len(old) - tail]), "".join(new[head : len(new) - tail])
        if (before and text.count(before) == 1) or not (head or tail):
            return before, after
        head, tail = max(0, head - 1), max(0, tail - 1)


def _region(buggy: bytes, start: int) -> tuple[int, int]:
    """Return first and last line of the function or class around a byte offset, 60 lines at most."""
    line = buggy.count(b"\n", 0, start) + 1
    around = function_around(buggy, start)
    first, last = around.first, around.last
    if not around.name:
        first, last = max(first, line - 10), min(last, line + 10)
    elif last - first > 60:
        first, last = max(first, line - 30), min(last, line + 30)
    return first, last
