"""Checking a data set from scratch: every claim of every trace, trusting none of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import groupby, zip_longest

from rpsdg.corpora.benches import BenchKey, bench_key, settled_again
from rpsdg.corpora.dataset import Dataset
from rpsdg.math_domains import checking as mathematics
from rpsdg.mutators.aims import moves_of
from rpsdg.mutators.diffs import DiffError, apply_diff
from rpsdg.mutators.judging.actions import repeat
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.lattice import Bugs, Lattice, climb, planted
from rpsdg.mutators.measuring.difficulty import score_of
from rpsdg.mutators.measuring.siblings import Grader
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.scope import is_mutable
from rpsdg.mutators.solution import partial_fixes, project_name, state_of, step_evidence
from rpsdg.mutators.statements import REWRITTEN, leaks, named, unnamed, write
from rpsdg.mutators.syntax import parse_tree
from rpsdg.mutators.telling import Telling, words_seed
from rpsdg.mutators.walks import LONGEST
from rpsdg.sandbox.contract import RefusedError, Sandbox, Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree, UnsafeTreeError
from rpsdg.traces.claims import FalseClaim
from rpsdg.traces.identity import content_hash, mask, seal
from rpsdg.traces.kernel import Judged, Reason, Stopped
from rpsdg.traces.record import Action, Negative, State, Trace

from .executor import in_order, side_by_side
from .progress import Reporter

__all__ = ["BenchKey", "Checked", "FalseClaim", "bench_again", "bench_key", "verify"]

_RUNS = 3
"""How often a run may be repeated until it shows what was recorded."""


@dataclass(frozen=True)
class Checked:
    """A trace and its false claims; none if all of it is true."""

    trace: Trace
    false: tuple[FalseClaim, ...]


def verify(
    data: Dataset,
    settings: Settings,
    sandbox: Callable[[], Sandbox],
    *,
    jobs: int,
    timeout: float,
    report: Reporter,
) -> Generator[Checked, None, None]:
    """Yield every trace of a data set with what is false about it, in order.

    For code, the environment is built from its recorded lock, the untouched tests are run again, and every
    command and edit of every trace is repeated in fresh sandboxes. For everything else, every step is made
    and judged again.

    Raises:
        RpsdgError: the data set is damaged, or an environment or baseline cannot be had again.
    """
    report.begin(0)
    for of_code, traces in groupby(data.traces(), lambda trace: trace.domain.startswith("code/")):
        if not of_code:
            report.stage("checking traces")
            for trace in traces:
                yield _told(trace, mathematics.check(trace), report)
        else:
            yield from _verify_code(data, traces, settings, sandbox, jobs, timeout, report)


def _told(trace: Trace, false: tuple[FalseClaim, ...], report: Reporter) -> Checked:
    about = {"trace": trace.id, "claims": [claim.claim for claim in false]}
    report.outcome("false" if false else "true", counts=True, about=about)
    return Checked(trace, false)


def _verify_code(
    data: Dataset,
    traces: Iterable[Trace],
    settings: Settings,
    sandbox: Callable[[], Sandbox],
    jobs: int,
    timeout: float,
    report: Reporter,
) -> Generator[Checked, None, None]:
    box: Sandbox | None = None
    # The traces of a data set come grouped by environment, so one bench at a time is enough.
    for key, group in groupby(traces, bench_key):
        box = box or sandbox()
        bench = bench_again(data, key, box, settings, jobs, timeout, report)
        report.stage("checking traces")
        with closing(in_order(partial(check, bench), group, jobs, box.aborting)) as results:
            for trace, false in results:
                yield _told(trace, false, report)


def check(bench: TestBench, trace: Trace) -> tuple[FalseClaim, ...]:
    """Return what is false about one trace."""
    false = list(_static(bench.tree, trace))
    buggy = _tree(bench.tree, trace.problem.state)
    if isinstance(buggy, Tree) and trace.checks is not None and 0 < len(trace.steps) <= LONGEST:
        try:
            false += list(_executed(bench, buggy, trace))
        except RefusedError as error:
            false.append(FalseClaim("steps", f"they cannot be repeated: {error}"))
    if content_hash(trace) != trace.content_hash:
        false.append(FalseClaim("content_hash", f"it is {content_hash(trace)}, not {trace.content_hash}"))
    return tuple(false)


def _static(base: Tree, trace: Trace) -> Iterator[FalseClaim]:
    """What can be refuted without running anything."""
    if seal(trace).id != trace.id:
        yield FalseClaim("id", f"it is {seal(trace).id}, not {trace.id}")
    if trace.checks is None or not trace.steps:
        yield FalseClaim("steps", "there are none, or no way to check them")
        return
    buggy = _tree(base, trace.problem.state)
    if not isinstance(buggy, Tree):
        yield FalseClaim("problem", f"its diff does not apply to the untouched tree: {buggy}")
        return
    if buggy == base:
        yield FalseClaim("problem", "its tree is the untouched one")
    try:
        fixed = apply_diff(buggy, trace.answer.text)
        if fixed != base:
            yield FalseClaim("fix", f"it leaves {', '.join(fixed.changed(base))} unlike the untouched tree")
    except (DiffError, UnsafeTreeError) as error:
        yield FalseClaim("fix", f"it does not apply to the problem: {error}")
    if len(trace.steps) > LONGEST:
        yield FalseClaim("steps", f"{len(trace.steps)} are more than a walk may have, which is {LONGEST}")
    if trace.score != score_of(trace.features):
        yield FalseClaim("score", f"its features make it {score_of(trace.features)}, not {trace.score}")
    chain = [trace.problem.state, *(step.after for step in trace.steps)]
    starts = [step.before for step in trace.steps]
    if chain[:-1] != starts or chain[-1] != trace.answer.state:
        yield FalseClaim("steps", "they do not lead from the problem to the answer")
    if trace.answer.state != {"tree": base.digest, "diff": ""}:
        yield FalseClaim("answer", "its state is not the untouched tree")


def _executed(bench: TestBench, buggy: Tree, trace: Trace) -> Iterator[FalseClaim]:
    """What only running it can refute."""
    assert trace.checks is not None
    yield from _told_moves(bench, trace)
    claimed = frozenset(trace.checks.fail_to_pass)
    moves = _planted_moves(bench, buggy, trace)
    if trace.checks.confirmed == "covering" and moves is not None:
        bench = bench.covering([edit for move in moves for edit in move.edits], claimed)
    lattice = _judged(bench, buggy, moves, trace)
    if isinstance(lattice, Stopped):
        claim = "steps" if lattice.reason is Reason.MASKED else "fail_to_pass"
        yield FalseClaim(claim, f"the tests say otherwise: {lattice.reason} ({lattice.detail})")
        return
    everything: Bugs = frozenset(range(len(trace.steps)))
    failing = lattice.failing[everything]
    if claimed - failing or not claimed:
        yield FalseClaim("fail_to_pass", f"not failing on the problem: {_listed(claimed - failing)}")
    if failing - claimed:
        yield FalseClaim("pass_to_pass", f"not passing on the problem: {_listed(failing - claimed)}")
    yield from _labels(bench, lattice, trace)
    source = trace.provenance.source
    project = project_name(str(source.get("name")), source.get("version"))
    telling = Telling(bench, project, sorted(failing), lattice.reports[everything], buggy)
    with bench.sandbox.open(bench.place, bench.limits) as session:
        session.load(buggy)
        telling.watch(session)
        for number, action in enumerate((a for step in trace.steps for a in step.actions), 1):
            try:
                seen = _seen_again(bench, session, action)
            except (RefusedError, KeyError, TypeError, ValueError) as error:
                yield FalseClaim("action", f"action {number} ({action.tool}) cannot be repeated: {error}")
                return
            if seen != mask(action.observation):
                difference = _first_difference(mask(action.observation), seen)
                yield FalseClaim("observation", f"action {number} ({action.tool}): {difference}")
        if session.digest() != bench.tree.digest:
            yield FalseClaim("fix", "after the last action the tree is not the untouched one")
            return
        after = bench.only(session, failing | (claimed & frozenset(bench.baseline.steady)))
        red = [node for node in sorted(failing) if after.outcomes.get(node) != "passed"]
        if red:
            yield FalseClaim("fix", f"still not passing after it: {_listed(red)}")
        telling.watch(session)
        yield from _told_problem(trace, telling)
        yield from _wrong_patches(bench, session, trace, failing)


def _seen_again(bench: TestBench, session: Session, action: Action) -> str:
    """Do an action again and return what is observed; a run that shows something else, a few times.

    What threads print comes in another order now and then, which makes no claim false.
    """
    claimed = mask(action.observation)
    seen = claimed
    for _ in range(_RUNS if action.tool == "run" else 1):
        seen = mask(repeat(bench, session, action)[0].observation)
        if seen == claimed or seen.splitlines()[-1:] != claimed.splitlines()[-1:]:
            break  # what pytest counts at the end is no matter of order
    return seen


def _judged(
    bench: TestBench, buggy: Tree, moves: Sequence[Mutator] | None, trace: Trace
) -> Lattice | Stopped:
    """Judge the problem, and every partial fix of it; without moves that lead there, the problem alone."""

    def patiently(tree: Tree) -> TestReport:
        report = bench.run_suite(tree)
        # a limit reached on a busy machine proves nothing
        return report if isinstance(bench.outcome(report), Judged) else bench.run_suite(tree)

    everything: Bugs = frozenset(range(len(trace.steps)))
    if moves is not None:
        return climb(bench, moves, patiently)
    report = patiently(buggy)
    outcome = bench.outcome(report)
    if isinstance(outcome, Stopped):
        return outcome
    return Lattice({everything: buggy}, {everything: report}, {everything: bench.failing(report)})


def _planted_moves(bench: TestBench, buggy: Tree, trace: Trace) -> list[Mutator] | None:
    """Return the bugs of a trace if, planted side by side in the untouched program, they make the problem."""
    try:
        moves = moves_of(trace)
        made = planted(bench.tree, moves, frozenset(range(len(moves))))
    except (LookupError, TypeError, ValueError):
        return None
    return moves if made == buggy else None


def _labels(bench: TestBench, lattice: Lattice, trace: Trace) -> Iterator[FalseClaim]:
    """What each step is said to mend, and each partial fix to leave."""
    count = len(trace.steps)
    if len(lattice.failing) < 2**count - 1:
        yield FalseClaim("steps", "its bugs, planted side by side, do not make the problem")
        return
    for bug, step in zip(reversed(range(count)), trace.steps, strict=True):
        expected = step_evidence(bench, lattice, bug)
        if step.evidence != (expected,) or step.label != "correct":
            said = [evidence.saw for evidence in step.evidence]
            yield FalseClaim("evidence", f"the step is {expected.saw}, not {step.label} with {said}")
    partial = partial_fixes(bench, lattice)
    if list(trace.negatives[: len(partial)]) != partial:
        yield FalseClaim("negatives", f"the {len(partial)} partial fixes do not fail as recorded")


def _wrong_patches(
    bench: TestBench, session: Session, trace: Trace, failing: frozenset[str]
) -> Iterator[FalseClaim]:
    """What is recorded of patches that are near the right one."""
    wrong = trace.negatives[2 ** len(trace.steps) - 2 :]
    if not wrong:
        return
    if len(trace.steps) > 1:
        yield FalseClaim("negatives", "a walk has no other wrong patches than its partial fixes")
        return
    try:
        grader = Grader.of(bench, session, moves_of(trace)[0], failing)
    except (LookupError, TypeError, ValueError):
        return  # said already: its move is none
    for number, negative in enumerate(wrong, 1):
        count = _failing_on(bench, session, negative, grader)
        if not isinstance(count, int) or count < 1 or negative.verdict != {"failing": count}:
            yield FalseClaim("negatives", f"wrong patch {number}: {count} tests fail, not {negative.verdict}")


def _failing_on(bench: TestBench, session: Session, negative: Negative, grader: Grader) -> int | str | None:
    wrong = _tree(bench.tree, negative.state)
    if not isinstance(wrong, Tree):
        return wrong
    paths = wrong.changed(bench.tree)
    if len(paths) != 1:
        return f"it changes {len(paths)} files"
    (path,) = paths
    if not is_mutable(path) or path not in wrong or path not in bench.tree:
        return f"{path} is no file of the program"
    try:
        parse_tree(wrong[path].data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{path} is not Python: {error}"
    return grader.failing(session, path, wrong[path].data)


def _told_moves(bench: TestBench, trace: Trace) -> Iterator[FalseClaim]:
    """What a trace tells of its moves."""
    tree = bench.tree
    for step in reversed(trace.steps):
        try:
            move = all_mutators()[step.rule].aimed(step.aim)
            tree = move.apply(tree)
        except (LookupError, TypeError, ValueError) as error:
            yield FalseClaim("move", f"{step.rule} cannot be aimed there: {error}")
            return
        if step.before != state_of(bench.tree, tree):
            yield FalseClaim("move", f"{step.rule}, aimed there, leads to another state")
        if step.explanation != move.explain():
            yield FalseClaim("explanation", f"the rule says: {move.explain()}")


def _told_problem(trace: Trace, telling: Telling) -> Iterator[FalseClaim]:
    """What the statement tells, which must come from such runs as were just made, and give nothing away."""
    text, facts = trace.problem.statement, telling.facts()
    try:
        style, level = named(trace.problem.style)
        moves = moves_of(trace)
        expected = write(facts, style, level, words_seed(moves)).text
    except (LookupError, TypeError, ValueError) as error:
        yield FalseClaim("statement", f"no statement of style {trace.problem.style} can be written: {error}")
        return
    if not trace.problem.style.endswith(REWRITTEN) and mask(text) != mask(expected):
        difference = _first_difference(mask(text), mask(expected))
        yield FalseClaim("statement", f"a failing run says otherwise: {difference}")
    for found in leaks(text, moves, telling.buggy, telling.bench.tree, facts.needed):
        yield FalseClaim("statement", f"it gives the fix away: {found}")
    for name in unnamed(text, facts.needed):
        yield FalseClaim("statement", f"it does not name `{name}`, which the tests need")


def bench_again(
    data: Dataset,
    key: BenchKey,
    box: Sandbox,
    settings: Settings,
    jobs: int,
    timeout: float,
    report: Reporter,
) -> TestBench:
    """Return the bench that traces of a data set were made on, built and calibrated anew.

    Raises:
        RpsdgError: the data set is damaged, or its environment or baseline cannot be had again.
    """
    settled = settled_again(data, key, box, settings, report.stage)
    bench = calibrated(
        box,
        settled.place,
        settled.environment,
        settled.tree,
        settings.limits,
        timeout=timeout,
        run_all=partial(side_by_side, jobs=jobs, stopping=box.aborting),
        progress=report.stage,
    )
    return bench.relying_on(settled.baseline)


def _tree(base: Tree, state: State) -> Tree | str:
    if state.get("tree") != base.digest:
        return f"it starts from the tree {state.get('tree')}"
    try:
        return apply_diff(base, str(state.get("diff", "")))
    except (DiffError, UnsafeTreeError) as error:
        return str(error)


def _first_difference(claimed: str, found: str) -> str:
    pairs = zip_longest(claimed.split("\n"), found.split("\n"))
    number, (before, after) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return f"line {number} was {before!r} and is {after!r} now"


def _listed(nodes: frozenset[str] | list[str]) -> str:
    names = sorted(nodes)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") or "none"
