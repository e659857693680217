"""Auditing a sample of the mathematics in a data set by SymPy, in processes that are killed if they hang."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from heapq import nsmallest
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import sympy
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from rpsdg.corpora.dataset import Dataset, DatasetError, OutputError
from rpsdg.math_domains.audit import Case, Outcome, Verdict, solvers
from rpsdg.math_domains.audit.looking import CHEAP, limit_memory, timed
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.text import sympy_text
from rpsdg.traces import jsonl
from rpsdg.traces.record import Trace

from .progress import Reporter
from .version import VERSION

__all__ = [
    "FILE",
    "AuditPlan",
    "Entry",
    "audit",
    "auditable",
    "case_of",
    "new_audit",
    "read_audit",
    "sample",
]

FILE = "audit.jsonl"
"""What an audit writes into the folder: its plan, then an entry a line. Until it ends, `.part` is added."""

_SECONDS = 30.0
"""How long one check may take."""
_MEMORY = 2 << 30
"""Bytes of address space that a process may have."""
_RECYCLED = 200
"""After so many checks a process is replaced, as SymPy's caches only grow."""
_AHEAD = 100
"""So many checks per process are begun before the first of them has ended; results come in order."""


class AuditPlan(msgspec.Struct, frozen=True):
    """What an audit looks at."""

    generator: str
    """Version of rpsdg."""
    sympy: str
    """Version of SymPy."""
    seed: int
    cheap: int
    """Traces that get the cheap check."""
    solver: int
    """Traces whose problems SymPy answers."""


class Entry(msgspec.Struct, frozen=True):
    """One check of one trace."""

    trace: str
    content_hash: str
    family: str
    check: str
    """`cheap`, or which of SymPy's functions answered."""
    outcome: Outcome
    detail: str
    seconds: float


class Check(NamedTuple):
    """A check that is to be made."""

    trace: Trace
    name: str
    case: Case
    last: bool
    """Whether it is the last of its kind for the trace."""


def new_audit(cheap: int, solver: int, seed: int) -> AuditPlan:
    """Return the plan for an audit of so many traces."""
    return AuditPlan(VERSION, sympy.__version__, seed, cheap, solver)


def sample(ids: Iterable[str], count: int, seed: int) -> frozenset[str]:
    """Return `count` of the ids, or all if there are fewer; which, depends on the ids and the seed alone."""
    return frozenset(nsmallest(count, ids, key=lambda name: sha256(f"{seed}:{name}".encode()).digest()))


def audit(
    data: Dataset, plan: AuditPlan, *, jobs: int, report: Reporter, seconds: float = _SECONDS
) -> Generator[Entry, None, None]:
    """Yield what SymPy says of a sample of the mathematics in a data set, in the order of the data set.

    Everything is written to `audit.jsonl`. An interrupted audit of the same plan goes on where it stopped;
    one that ended starts anew.

    Args:
        data: its other traces are left alone.
        plan: what to look at.
        jobs: processes.
        report: is told of every check.
        seconds: how long one check may take.

    Raises:
        OutputError: the folder cannot be written.
    """
    with ExitStack() as stack:
        try:
            file, earlier = _opened(data.folder, plan)
            stack.enter_context(file)
        except OSError as error:
            raise OutputError(
                f"`{data.folder / FILE}` cannot be written: {error.strerror or error}"
            ) from error
        report.begin(0)
        report.stage("asking SymPy")
        results = stack.enter_context(closing(_made(_checks(data, plan), earlier, jobs, seconds)))
        for check, entry in results:
            if _key(entry) not in earlier:
                file.write(jsonl.encode(entry))
                file.flush()
            about = {"trace": entry.trace, "check": entry.check, "detail": entry.detail}
            report.outcome(entry.outcome.value, counts=check.last, about=about)
            yield entry
    (data.folder / f"{FILE}.part").replace(data.folder / FILE)


def read_audit(folder: Path) -> tuple[AuditPlan, list[Entry]]:
    """Return the plan of an audit that ended, and its entries.

    Raises:
        DatasetError: there is none in the folder, or its file is damaged.
    """
    path = folder / FILE
    if not path.exists():
        raise DatasetError(
            f"there is no finished audit in `{folder}`", hint=f"`rpsdg verify {folder} --audit N` makes one."
        )
    with path.open("rb") as file:
        try:
            return jsonl.decode(file.readline(), AuditPlan), list(jsonl.read(file, Entry))
        except jsonl.BadRecordError as error:
            raise DatasetError(f"`{path}`: {error}") from error


def auditable(trace: Trace) -> bool:
    """Say whether a trace is one of mathematics, whoever's topic it is of."""
    return not trace.domain.startswith("code/")


def case_of(trace: Trace) -> Case:
    """Return what an audit gets to see of a trace of mathematics."""
    family = all_families().get(str(trace.provenance.source.get("family")))
    return Case(
        problem=str(trace.problem.state["sympy"]),
        answer=str(trace.answer.state["sympy"]),
        steps=tuple((str(step.after["sympy"]), step.label != "first-error") for step in trace.steps),
        assuming=() if family is None else tuple(map(sympy_text, family.assuming)),
        form="any" if family is None else family.form.value,
    )


def _checks(data: Dataset, plan: AuditPlan) -> Iterator[Check]:
    ids = [trace.id for trace in data.traces() if auditable(trace)]
    beside, solved = (sample(ids, count, plan.seed) for count in (plan.cheap, plan.solver))
    for trace in data.traces():
        if trace.id in beside or trace.id in solved:
            case = case_of(trace)
            if trace.id in beside:
                yield Check(trace, CHEAP, case, last=True)
            if trace.id in solved:
                names = solvers(case)
                for name in names:
                    yield Check(trace, name, case, last=name == names[-1])


def _made(
    checks: Iterator[Check], earlier: dict[tuple[str, str, str], Entry], jobs: int, seconds: float
) -> Generator[tuple[Check, Entry], None, None]:
    """Yield checks with what came of them, in order."""
    pool = ProcessPool(
        max_workers=jobs,
        max_tasks=_RECYCLED,
        initializer=limit_memory,
        initargs=(_MEMORY,),
        context=multiprocessing.get_context("forkserver"),
    )
    waiting: deque[tuple[Check, ProcessFuture[tuple[Verdict, float]] | Entry]] = deque()
    try:
        for check in checks:
            known = earlier.get((check.trace.id, check.trace.content_hash, check.name))
            waiting.append(
                (check, known or pool.schedule(timed, args=(check.case, check.name), timeout=seconds))
            )
            if len(waiting) > _AHEAD * jobs:
                yield _ended(*waiting.popleft(), seconds)
        while waiting:
            yield _ended(*waiting.popleft(), seconds)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _ended(
    check: Check, result: ProcessFuture[tuple[Verdict, float]] | Entry, seconds: float
) -> tuple[Check, Entry]:
    if isinstance(result, Entry):
        return check, result
    try:
        verdict, took = result.result()
    except TimeoutError:
        verdict, took = Verdict(Outcome.TIMED_OUT, f"after {seconds:g} s"), seconds
    except ProcessExpired as error:
        verdict, took = Verdict(Outcome.NO_ANSWER, f"the process died: {error}"), 0.0
    trace = check.trace
    family = str(trace.provenance.source.get("family"))
    entry = Entry(
        trace.id, trace.content_hash, family, check.name, verdict.outcome, verdict.detail, round(took, 3)
    )
    return check, entry


def _key(entry: Entry) -> tuple[str, str, str]:
    return entry.trace, entry.content_hash, entry.check


def _opened(folder: Path, plan: AuditPlan) -> tuple[IO[bytes], dict[tuple[str, str, str], Entry]]:
    """Return the file to write to, and what an audit of the same plan wrote before it was interrupted."""
    path = folder / f"{FILE}.part"
    entries: list[Entry] = []
    if path.exists():
        with path.open("rb") as file:
            if next(file, b"") == jsonl.encode(plan):
                entries = list(jsonl.read(file, Entry))
    with path.open("wb") as file:
        jsonl.write([plan, *entries], file)
    return path.open("ab"), {_key(entry): entry for entry in entries}
