"""Marking what solvers answer: patches by the tests of the program, formulas by the grader of mathematics.

For reward loops::

    from rpsdg.runs.grading import load_tasks, score

    tasks = load_tasks("data")
    reward = score(tasks[0], "diff --git ...")

`score` is safe for use by many threads, and no text that a model writes makes it raise: what cannot be read
or does not fit is worth 0. Where the machinery gives way it does raise, as that is nobody's answer.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock

from rpsdg.corpora.benches import BenchKey, bench_key, settled_again
from rpsdg.corpora.dataset import Dataset
from rpsdg.math_domains.grading.grader import grade as grade_formula
from rpsdg.math_domains.grading.problem import Problem
from rpsdg.mutators.grading.bench import GradingBench, handed_out
from rpsdg.mutators.grading.marking import Mark, refuse
from rpsdg.mutators.grading.patches import BadPatchError, read_patch
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.record import Trace

__all__ = ["Grader", "Task", "grade", "load_tasks", "score"]

PATIENCE = 1800.0
"""Seconds that the tests of an untouched program may take."""


@dataclass(frozen=True, eq=False)
class Task:
    """A problem that answers can be marked to."""

    trace: Trace
    grader: Grader = field(repr=False)

    @property
    def id(self) -> str:
        """The trace's id."""
        return self.trace.id

    @property
    def statement(self) -> str:
        """What a solver reads."""
        return self.trace.problem.statement


class Grader:
    """Marks answers to the tasks of one data set. Environments are built when they are first needed, and
    kept."""

    def __init__(
        self,
        dataset: Dataset,
        settings: Settings | None = None,
        sandbox: SandboxName | Sandbox = "auto",
        *,
        progress: Callable[[str], None] = lambda _: None,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Open nothing yet.

        Args:
            dataset: where the tasks are.
            settings: of sandboxes; by default what the environment says.
            sandbox: where tests run; one that is given stays open when the grader is closed.
            progress: told in a few words what is being done.
            note: told what the sandbox does not protect from.
        """
        self._dataset = dataset
        self._settings = settings or Settings.from_environment()
        self._given = sandbox
        self._progress, self._note = progress, note
        self._benches: dict[BenchKey, GradingBench] = {}
        self._locks: dict[BenchKey, Lock] = {}
        self._guard = Lock()
        self._opened: Sandbox | None = None

    def grade(self, trace: Trace, answer: object) -> Mark:
        """Mark an answer.

        Args:
            trace: the task, of this grader's data set.
            answer: what a solver said: a patch, or of mathematics the text that has the formula.

        Raises:
            RpsdgError: the machinery gave way; never for what the answer is.
        """
        if not isinstance(answer, str) or not answer.strip():
            return refuse("no-patch" if trace.domain.startswith("code/") else "no-answer", "there is no text")
        if not trace.domain.startswith("code/"):
            found = grade_formula(Problem.of(trace), answer)
            detail = f"it was read as {found.read}" if found.read else ""
            return Mark(float(found.right), reason="" if found.right else found.reason.value, detail=detail)
        bench = self.bench(trace)
        try:
            offered = read_patch(handed_out(bench.tree, trace), answer)
        except (BadPatchError, ValueError) as error:
            return refuse("bad-patch", str(error))
        return bench.mark(trace, offered)

    def bench(self, trace: Trace) -> GradingBench:
        """Return what the answers to a code task are marked with.

        Raises:
            RpsdgError: it cannot be had.
        """
        key = bench_key(trace)
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:  # the others wait until it is proven, those of other benches do not
            if key not in self._benches:
                sandbox = self.sandbox
                settled = settled_again(self._dataset, key, sandbox, self._settings, self._progress)
                self._progress("checking that the untouched program is green")
                self._benches[key] = GradingBench.proven(
                    sandbox,
                    settled.place,
                    settled.environment,
                    settled.tree,
                    self._settings.limits,
                    settled.baseline,
                    timeout=PATIENCE,
                )
            return self._benches[key]

    @property
    def sandbox(self) -> Sandbox:
        """Where tests run; opened when it is first needed."""
        if isinstance(self._given, Sandbox):
            return self._given
        with self._guard:
            if self._opened is None:
                self._settings.require_cache()
                self._opened = choose_sandbox(self._given, self._settings, self._note)
            return self._opened

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks of the data set, in its order."""
        return [Task(trace, self) for trace in self._dataset.traces()]

    def close(self) -> None:
        """Give back what was opened."""
        with self._guard:
            opened, self._opened = self._opened, None
            self._benches.clear()
        if opened is not None:
            with suppress(Exception):  # an engine that is gone has nothing left to close
                opened.close()


def load_tasks(
    folder: str | Path, *, settings: Settings | None = None, sandbox: SandboxName = "auto"
) -> list[Task]:
    """Return the tasks of a data set; what they are marked with is closed when the program ends.

    Raises:
        DatasetError: there is no data set in the folder, or it is damaged.
    """
    grader = Grader(Dataset(Path(folder)), settings, sandbox)
    atexit.register(grader.close)
    return grader.tasks


def grade(task: Task, answer: object) -> Mark:
    """Mark an answer to a task; see `Grader.grade`."""
    return task.grader.grade(task.trace, answer)


def score(task: Task, patch: object) -> float:
    """Return what an answer to a task is worth, from 0 to 1; see `Grader.grade`."""
    return grade(task, patch).score
