"""Injected bugs: made as `rpsdg bugs` makes them, and then seen as real ones are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.benches import bench_key, settled_again
from rpsdg.corpora.dataset import Dataset
from rpsdg.experiments.keeping import keep, kept
from rpsdg.mutators.classifying.classify import classify
from rpsdg.mutators.diffs import apply_diff
from rpsdg.mutators.judging.confirming import Confirming
from rpsdg.runs.bugs import BugRun, ExhaustedError, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.record import Trace

from .benches import blank
from .mining import MOST_FAILING
from .observing import observed, spectrum_of
from .plan import Plan, Program, mixture
from .records import save
from .store import Work

__all__ = ["inject", "injected", "is_injected"]

_SECONDS = 120.0
"""That one run of a program's tests may take."""


class _Quiet(PlainReporter):
    """Says nothing: several programs are worked on side by side, and who asked tells of each."""

    def stage(self, text: str) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def show(self, name: str, *, counts: bool, about: dict[str, Any]) -> None:
        """Say nothing."""


class _Made(msgspec.Struct, frozen=True):
    """What was made of a mixture in a program; kept when all of it was seen."""

    traces: tuple[str, ...]
    """Ids."""


def injected(plan: Plan, work: Work, name: str, program: Program) -> tuple[str, ...]:
    """Return the ids of the bugs of a mixture in a program that the plan asks for, as many as there are.

    Raises:
        DamagedResultError: what is kept of them cannot be read.
    """
    made = kept(_path(plan, work, name, program), _Made)
    return made.traces if made is not None else ()


def is_injected(plan: Plan, work: Work, program: Program) -> bool:
    """Say whether all that is asked of a program is there, spectra included."""
    return all(_is_made(plan, work, name, program) for name in plan.training.mixtures)


def inject(
    plan: Plan,
    work: Work,
    program: Program,
    sandbox: Sandbox,
    settings: Settings,
    told: Callable[[str], None] = lambda _: None,
) -> None:
    """Make the bugs of every mixture in a program, and take the spectrum of each; goes on where it stopped.

    Raises:
        RpsdgError: the program, its environment or its baseline is not usable.
    """
    for name in plan.training.mixtures:
        if _is_made(plan, work, name, program):
            continue
        out = work.data(plan, name, program)
        _make(plan, out, name, program, sandbox, settings)
        traces = list(islice(Dataset(out).traces(), plan.training.bugs))
        unseen = [trace for trace in traces if not work.is_looked_at(trace.id)]
        if unseen:
            _observe(work, Dataset(out), program, unseen, sandbox, settings)
        keep(_path(plan, work, name, program), _Made(tuple(trace.id for trace in traces)))
        told(f"{program.name}: {len(traces)} bugs of the mixture {name}")


def _is_made(plan: Plan, work: Work, name: str, program: Program) -> bool:
    if not _path(plan, work, name, program).exists():
        return False
    return all(map(work.is_looked_at, injected(plan, work, name, program)))


def _path(plan: Plan, work: Work, name: str, program: Program) -> Path:
    data = work.data(plan, name, program)
    return data.with_name(f"{data.name}.{plan.training.bugs}.json")


def _make(plan: Plan, out: Path, name: str, program: Program, sandbox: Sandbox, settings: Settings) -> None:
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    run = BugRun(
        program.source,
        out,
        plan.training.bugs,
        mix=mixture(name),
        seed=plan.training.seed,
        timeout=_SECONDS,
        # The complete suite has its say when the spectrum is taken.
        confirming=Confirming.parse("covering"),
    )
    with suppress(ExhaustedError):  # a small program has so many bugs of a narrow mixture and no more
        run_bugs(run, settings, sources, lambda: sandbox, _Quiet(plan.training.bugs, "bugs"))


def _observe(
    work: Work, data: Dataset, program: Program, traces: list[Trace], sandbox: Sandbox, settings: Settings
) -> None:
    settled = settled_again(data, bench_key(traces[0]), sandbox, settings)
    bench = blank(sandbox, settled.place, settled.environment, settled.tree, settings, _SECONDS)
    steady = settled.baseline.steady
    for trace in traces:
        assert trace.checks is not None
        failing = trace.checks.fail_to_pass
        buggy = apply_diff(settled.tree, str(trace.problem.state["diff"]))
        report = observed(bench, buggy)
        if not report.complete or any(report.outcomes.get(node) == "passed" for node in failing):
            work.leave_out(trace.id, "unsteady")
        elif len(failing) > MOST_FAILING * len(steady):
            work.leave_out(trace.id, "wreck")
        else:
            changed = buggy.changed(settled.tree)
            old, new = ({path: tree[path].data for path in changed} for tree in (buggy, settled.tree))
            spectrum = spectrum_of(
                *(report, buggy, settled.tree, failing, steady),
                bug=trace.id,
                group=program.repository,
                family=str(classify(old, new)),
            )
            if spectrum is None:
                work.leave_out(trace.id, "elsewhere")
            else:
                save(spectrum, work.spectra)
