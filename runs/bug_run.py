"""What a run over one source is asked for, and what it needs before the first candidate can be tried."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import msgspec

from rpsdg.corpora import Source, SourceSettings, fetch
from rpsdg.corpora.dataset import Dataset, DatasetWriter, Plan
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.confirming import FULL, Confirming
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.recalibration import Before
from rpsdg.mutators.measuring.difficulty import DEFAULT_CUTS
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.sampling import candidates
from rpsdg.mutators.scope import mutable_files
from rpsdg.mutators.solution import project_name
from rpsdg.mutators.statements.rewrite import Endpoint
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.levels import Cuts

from .agreement import Agreement
from .card import write_card
from .executor import side_by_side
from .levels import Levels
from .progress import Reporter
from .version import VERSION

__all__ = [
    "BugRun",
    "ExhaustedError",
    "NothingToMutateError",
    "Summary",
    "begin",
    "bench_for",
    "fetched",
    "finish",
    "places",
]


class NothingToMutateError(RpsdgError):
    """The source has no place where any mutator applies."""

    code = ExitCode.SOURCE


class ExhaustedError(RpsdgError):
    """Every candidate was tried and too few were confirmed."""

    code = ExitCode.EXHAUSTED


@dataclass(frozen=True)
class BugRun:
    """What a run is asked for."""

    source: str
    """As the user wrote it: `pypi:NAME==VERSION`, a folder, or a git address with an optional ref."""
    out: Path
    count: int
    """How many confirmed traces of one bug the folder shall hold in the end."""
    walks: int = 0
    """How many confirmed traces of two to four bugs it shall hold besides."""
    mix: str = "realistic"
    """The mixture of mutators: a name, or the path of a TOML file."""
    levels: Levels = field(default_factory=Levels)
    cuts: Cuts = DEFAULT_CUTS
    confirming: Confirming = FULL
    """Which tests confirm a candidate."""
    endpoint: Endpoint | None = None
    """Who rewrites statements, if anyone."""
    seed: int = 0
    jobs: int = 1
    """Candidates worked on at once."""
    timeout: float = 300.0
    """Seconds one run of the untouched tests may take."""
    retry_parked: bool = False
    """Whether candidates that are parked are tried again."""


@dataclass(frozen=True)
class Summary:
    """What a run did."""

    traces: int
    """Confirmed traces in the folder, those of earlier runs included."""
    outcomes: dict[str, int]
    """Candidates by outcome, those of earlier runs included."""
    out: Path
    agreement: Agreement
    """Of triage, covering tests and the complete suite."""
    parked: int = 0
    """Candidates that failed each time they were tried."""


def fetched(run: BugRun, settings: Settings, sources: SourceSettings) -> Source:
    """Return the source of a run."""
    # `rpsdg bugs . --out data`: what is written is no part of what is read.
    sources = replace(sources, leave_out=(run.out.absolute(),))
    return fetch(run.source, sources, cache=settings.cache / "sources")


def places(source: Source) -> list[Mutator]:
    """Return every bug that can be put into a source.

    Raises:
        NothingToMutateError: there is none.
    """
    moves = candidates(source.tree)
    if not moves:
        files = len(list(mutable_files(source.tree)))
        raise NothingToMutateError(
            f"no mutator applies anywhere in {source.name}: {files} Python files are its own",
            hint="Is this the right folder or release?",
        )
    return moves


def bench_for(
    run: BugRun,
    source: Source,
    box: Sandbox,
    settings: Settings,
    earlier: Dataset,
    report: Reporter,
    before: Before | None = None,
) -> TestBench:
    """Return the judge of a source, calibrated: its environment is made, and its untouched tests have run.

    Args:
        run: what is asked for.
        source: the program.
        box: where tests run.
        settings: of environments and limits.
        earlier: the folder of the run; one that has a plan goes on with the environment that this names.
        report: told what is done.
        before: an earlier state of the source: its environment is made again if the folder has no plan yet,
            and its baseline holds for the tests that nothing new reaches.

    Raises:
        RpsdgError: the environment or the baseline is not usable.
    """
    plan = earlier.plan()
    goes_on = plan is not None and plan.tree == source.tree.digest
    recorded = before.environment if before is not None else None
    if plan and goes_on:
        recorded = earlier.record("environments", plan.environment, Environment)
    key = f"{project_name(source.name, source.version)} {source.tree.digest[:12]}"
    making = report.work_unit("environment", key)
    with making.working():
        environment, place = prepare(
            source.tree,
            box,
            settings,
            version=source.version,
            released=source.released,
            source=run.source,
            timeout=run.timeout,
            recorded=recorded,
            progress=report.stage,
        )
    making.done("ready", detail=environment.id)
    calibrating = report.work_unit("baseline", key)
    with calibrating.working():
        bench = calibrated(
            box,
            place,
            environment,
            source.tree,
            settings.limits,
            timeout=run.timeout,
            # These run on this machine, whoever tries the candidates.
            run_all=partial(side_by_side, jobs=min(run.jobs, os.cpu_count() or 1), stopping=box.aborting),
            progress=report.stage,
            before=before,
        )
    calibrating.done("green", detail=bench.baseline.id)
    for note in bench.baseline.notes:
        report.note(note)
    if bench.baseline.quarantined:
        kinds = ", ".join(f"{count} {kind}" for kind, count in bench.baseline.kinds().items())
        report.note(f"tests that take no part: {kinds}")
    # What a folder was begun with stays what its traces are judged by, whatever was released since.
    return (
        bench.relying_on(earlier.record("baselines", plan.baseline, Baseline)) if plan and goes_on else bench
    )


def begin(writer: DatasetWriter, run: BugRun, source: Source, bench: TestBench, mix: Mix) -> None:
    """Begin the folder of a run, or go on with it.

    Raises:
        OutputError: it belongs to another plan.
    """
    plan = Plan(
        generator=VERSION,
        source=source.provenance(),
        tree=source.tree.digest,
        seed=run.seed,
        mutators=tuple(all_mutators()),
        mix=mix.describe(),
        levels=run.levels.describe(run.count),
        rewriter=run.endpoint.model if run.endpoint else None,
        confirm=str(run.confirming),
        cuts=run.cuts,
        environment=bench.environment.id,
        baseline=bench.baseline.id,
    )
    records: Mapping[str, msgspec.Struct] = {
        f"environments/{bench.environment.id}": bench.environment,
        f"baselines/{bench.baseline.id}": bench.baseline,
    }
    writer.begin(plan, source.tree, records)


def finish(writer: DatasetWriter) -> None:
    """End a run: its traces become shards, and the folder gets its card."""
    writer.finish()
    write_card(writer.folder)
