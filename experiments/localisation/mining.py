"""Real bugs: commits of a history that tests tell from the program before them.

At the commit all steady tests pass; with the changed files of the program taken back, and the tests kept,
some of these fail, each time. The cheapest questions are asked first: what the texts say costs nothing, a
run of the tests on the program before the fix tells most of what is left, and only what fails there is put
on the bench, with a baseline and the proof that green is green.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from rpsdg.mutators.classifying.classify import classify
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.coverage import bits
from rpsdg.mutators.judging.judge import TestBench, UntrustedJudgeError
from rpsdg.mutators.judging.recalibration import Before
from rpsdg.sandbox.contract import EnvironmentFailedError, Sandbox, SandboxBrokeError
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree, UnsafeTreeError
from rpsdg.traces.errors import ExitCode, RpsdgError

from .benches import Benches
from .histories import History
from .observing import observed, spectrum_of
from .records import Commit, Looked, MinedBug, masks, save
from .truth import changed_lines, is_python

__all__ = ["Miner", "NotABugError", "taken_back"]

MOST_FILES, MOST_LINES = 4, 60
"""Of the program, in one fix: larger changes are new features or another shape of the same thing."""
MOST_FAILING = 0.5
"""Share of the steady tests above which it is not a bug that fails but the program."""
PATIENCE = 3
"""Commits in a row whose tests do not run, after which an environment of their own time is made."""
_MISSING = re.compile(
    r"unexpected keyword argument|has no attribute|cannot import name|No module named|is not defined"
    r"|takes (?:from )?\d+ (?:to \d+ )?positional arguments? but|missing \d+ required"
)


class NotABugError(RpsdgError):
    """A commit that this experiment cannot use; its first argument says in a word why."""

    code = ExitCode.SOURCE

    def __init__(self, outcome: str, detail: str = "") -> None:
        super().__init__(detail or outcome)
        self.outcome = outcome
        self.detail = detail


@dataclass
class Miner:
    """Looks at the commits of one history one after another; the environment of one serves the next."""

    history: History
    sandbox: Sandbox
    settings: Settings
    spectra: Path
    """Where the spectra of bugs are kept."""
    timeout: float = 60.0
    """Seconds that one run of the tests may take: histories whose tests take longer would cost days."""
    progress: Callable[[str], None] = lambda _: None
    _before: Before | None = field(default=None, init=False)
    _misses: int = field(default=0, init=False)

    @cached_property
    def _benches(self) -> Benches:
        return Benches(self.history.url, self.sandbox, self.settings, self.timeout, self.progress)

    def look(self, commits: Iterable[Commit]) -> Iterator[Looked]:
        """Yield what becomes of each commit.

        Raises:
            SandboxAbortedError: interrupted.
        """
        for commit in commits:
            started = time.monotonic()
            looked = Looked(repository=self.history.url, commit=commit.commit, outcome="bug")
            try:
                looked = msgspec.structs.replace(looked, bug=self._bug(commit))
            except NotABugError as why:
                looked = msgspec.structs.replace(looked, outcome=why.outcome, detail=_first_line(why.detail))
            except (UnsafeTreeError, EnvironmentFailedError, SandboxBrokeError, UntrustedJudgeError) as error:
                looked = msgspec.structs.replace(looked, outcome="broken", detail=_first_line(str(error)))
            yield msgspec.structs.replace(looked, seconds=round(time.monotonic() - started, 1))

    def _bug(self, commit: Commit) -> MinedBug:
        fixed, before = self.history.tree(commit.commit), self.history.tree(commit.parent)
        buggy = taken_back(commit, fixed, before)
        changed = buggy.changed(fixed)
        old, new = ({path: tree[path].data for path in changed} for tree in (buggy, fixed))
        lines = sum(changed_lines(old[path], new[path]) for path in changed)
        if not lines:
            raise NotABugError("idle", "nothing that runs is changed")
        if lines > MOST_LINES:
            raise NotABugError("large", f"{lines} lines")
        added = sorted(_public(new.values()) - _public(old.values()))
        if added:
            raise NotABugError("feature", f"adds {', '.join(added[:5])}")
        bench = self._benches.bench(fixed, commit.time, anew=self._misses >= PATIENCE)
        if self._misses >= PATIENCE:
            self._misses = 0
        failing = self._failing(bench, buggy)
        bench = self._calibrated(bench)
        failing &= set(bench.baseline.steady)
        report = observed(bench, buggy)
        failing &= bench.failing(report) - {node for node in failing if node not in report.outcomes}
        if not failing or not report.complete:
            raise NotABugError("unsteady", "what failed passes at another time")
        if len(failing) > MOST_FAILING * len(bench.baseline.steady):
            raise NotABugError("wreck", f"{len(failing)} of {len(bench.baseline.steady)} tests fail")
        if all(_MISSING.search(f.message) for node in failing if (f := report.failures.get(node))):
            raise NotABugError("feature", "all that fails is that something is not there yet")
        family = str(classify(old, new))
        bug = MinedBug(
            repository=self.history.url,
            commit=commit.commit,
            parent=commit.parent,
            files=tuple(changed),
            failing=tuple(sorted(failing)),
            steady=len(bench.baseline.steady),
            faulty={},
            changed=lines,
            family=family,
            says_fix=commit.says_fix,
            unsteady=tuple(sorted(set(report.with_outcome("passed")) - set(bench.baseline.steady))),
        )
        spectrum = spectrum_of(
            *(report, buggy, fixed, failing, bench.baseline.steady),
            bug=bug.id,
            group=self.history.url,
            family=family,
        )
        if spectrum is None:
            raise NotABugError("elsewhere", "failing tests run no statement that the fix points at")
        save(spectrum, self.spectra)
        faulty = {path: tuple(bits(mask)) for path, mask in masks(spectrum.faulty).items()}
        return msgspec.structs.replace(bug, faulty=faulty)

    def _failing(self, bench: TestBench, buggy: Tree) -> set[str]:
        """Return the tests that fail on the program before the fix and pass on the one after it."""
        without = bench.run_suite(buggy)
        if without.complete and not _red(without):
            raise NotABugError("unseen", "no test fails without the change")
        fixed = bench.run_suite(bench.tree)
        green = set(fixed.with_outcome("passed"))
        if not green or not fixed.complete:
            self._misses += 1
            raise NotABugError("baseline", fixed.stopped or fixed.output.strip().rpartition("\n")[2])
        if any(without.outcomes.get(node) == "broken" for node in without.outcomes):
            raise NotABugError("feature", "tests cannot be collected without the change")
        failing = _red(without) & green
        if not without.complete or not failing:
            raise NotABugError(
                "unseen", without.stopped or "no test that passes with the change fails without"
            )
        return failing

    def _calibrated(self, bench: TestBench) -> TestBench:
        try:
            known = calibrated(
                *(bench.sandbox, bench.place, bench.environment, bench.tree, bench.limits),
                timeout=self.timeout,
                before=self._before,
                progress=self.progress,
            )
        except (UntrustedJudgeError, SandboxBrokeError):
            raise
        except RpsdgError as error:
            self._misses += 1
            raise NotABugError("baseline", str(error)) from error
        self._misses = 0
        self._before = Before(known.environment, known.tree, known.baseline)
        return known


def taken_back(commit: Commit, fixed: Tree, before: Tree) -> Tree:
    """Return the program of the parent beside the tests of the commit.

    Raises:
        NotABugError: more, or something else, is changed than lines of a few files of Python.
    """
    paths = [path for path in commit.program if fixed.get(path) != before.get(path)]
    if not paths or len(paths) > MOST_FILES:
        raise NotABugError("large", f"{len(paths)} files")
    for path in paths:
        one, other = before.get(path), fixed.get(path)
        if one is None or other is None or "link" in {one.kind, other.kind}:
            raise NotABugError("large", f"`{path}` is added or removed")
        if not is_python(one.data) or not is_python(other.data):
            raise NotABugError("unreadable", f"`{path}` is no Python of today")
        fixed = fixed.replace(path, one.data)
    return fixed


def _public(files: Iterable[bytes]) -> set[str]:
    """Return the names that some files offer to others: of functions, classes and their methods."""
    found = set()
    for data in files:
        scopes: list[tuple[str, ast.AST]] = [("", ast.parse(data))]
        for prefix, scope in scopes:
            for node in getattr(scope, "body", ()):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    if not node.name.startswith("_"):
                        found.add(prefix + node.name)
                    if isinstance(node, ast.ClassDef):
                        scopes.append((f"{prefix}{node.name}.", node))
    return found


def _red(report: TestReport) -> set[str]:
    return set(report.with_outcome("failed", "error", "broken"))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200]
