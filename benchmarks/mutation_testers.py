"""What does a verdict cost beside mutation testers, with one worker each?

Ours is a first look in the warm process, in a sandbox of one core, as in `sandbox`; the peers are mutmut,
cosmic-ray and irradiate, with one worker each. All of them say of a candidate whether tests catch it, and all
stop at the first test that does. **They do not judge the same candidates**: mutation testers make mutants of
their own and cannot take others', so each side has its own, in the same files of the same source tree, at
random among those that tests reach, and as many of them. What share is caught stands there for information.

The peers run as their users run them: on this machine, in an environment of their own with the same pytest,
without any sandbox around them. Mutated code can do anything there that the user who starts this can do.

The sides take turns: a share of our looks before each peer. Left out on both sides is what a project needs
once: fetching, environments, baselines, which test reaches what, the first start of the warm process. Where
the time of a side is up, the verdicts that it reached count; a peer without any is named in the log and has
no figure. Seconds are seconds on the clock; fewer are better.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from rpsdg.mutators.judging.coverage import statement_lines
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.judging.triage import TriagePool
from rpsdg.mutators.mutator import Mutator
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings

from .figure import Figure, compare, versions_of
from .on_bench import put_on_bench
from .tester_home import TesterHome, make_home
from .testers import VERDICTS, NoVerdictsError, Verdicts, Work, verdicts_of

__all__ = ["run"]

PACKAGES = ("pypi:cachetools==5.5.0", "pypi:more-itertools==10.5.0", "pypi:pygments==2.18.0")
"""With suites of about 0.5, 3 and 17 seconds."""
CANDIDATES, QUICK_CANDIDATES = 150, 10
SEED = 0

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Measure both sides, package by package; needs a Docker engine and a package index.

    Args:
        quick: the first package only, and fewer candidates.

    Raises:
        RpsdgError: no engine, a package that cannot be fetched, built or judged, or no peer gave a verdict.
    """
    settings = Settings.from_environment()
    count = QUICK_CANDIDATES if quick else CANDIDATES
    measured = False
    with closing(choose_sandbox("docker", settings)) as sandbox:
        for package in PACKAGES[:1] if quick else PACKAGES:
            for figure in _measure(package, count, settings, sandbox):
                measured = True
                yield figure
    if not measured:
        raise NoVerdictsError("no mutation tester gave a verdict on any package", hint="The log says why.")


def _measure(package: str, count: int, settings: Settings, sandbox: Sandbox) -> Iterator[Figure]:
    begin = time.monotonic()
    project = put_on_bench(package, sandbox, settings, _log.info)
    name, bench = project.name, project.bench
    _log.info(f"{name}: ready after {time.monotonic() - begin:.0f} s")
    with tempfile.TemporaryDirectory(prefix="rpsdg-testers-") as folder:
        home = make_home(Path(folder), bench.environment, settings)
        if not home.testers:
            return
        moves = list(islice(project.drawn(SEED), count))
        files = sorted({edit.path for move in moves for edit in move.edits})
        work = Work(project.source.tree, files, lambda path, line: _reached(bench, path, line), count)
        ours, theirs = Verdicts(0, 0, 0.0), {}
        with closing(TriagePool(bench, _log.warning)) as triage:
            triage.look(moves[:1])  # the warm-up
            # In turns: how fast a busy machine is changes from one minute to the next.
            for turn, tester in enumerate(home.testers):
                part = _looked(triage, moves[turn :: len(home.testers)], VERDICTS / len(home.testers))
                _log.info(f"{name}: {_told(part)} by first looks")
                ours += part
                if (found := _judged(name, tester, home, work)) is not None:
                    theirs[tester] = found
        if not ours.number:
            _log.warning(f"{name}: no candidate could be looked at")
            return
        versions = {
            **versions_of("rpsdg", "docker"),
            **project.versions,
            "python of the peers": home.python,
            **home.testers,
        }
        for tester, verdicts in theirs.items():
            yield from _figures(f"{name}, {tester}", ours, verdicts, versions)


def _looked(triage: TriagePool, moves: Sequence[Mutator], limit: float) -> Verdicts:
    """Look at candidates, for so many seconds; the time for those that a look cannot decide is shared out
    among the others."""
    outcomes: Counter[str] = Counter()
    begin = time.perf_counter()
    for move in moves:
        seen = triage.look([move])
        outcomes["undecided" if seen is None else seen.outcome] += 1
        if time.perf_counter() - begin > limit:
            break
    seconds = time.perf_counter() - begin
    missed = outcomes["green"]
    return Verdicts(outcomes.total() - outcomes["undecided"] - missed, missed, seconds)


def _judged(name: str, tester: str, home: TesterHome, work: Work) -> Verdicts | None:
    """Return a tester's verdicts; None if it has none, and the log says why."""
    tree = home.folder / f"{tester}-tree"
    tree.mkdir()
    work.tree.write_to(tree)
    begin = time.monotonic()
    try:
        verdicts = verdicts_of(tester, home, work, tree)
    except NoVerdictsError as error:
        _log.warning(f"{name}: no verdict of {tester}: {error}")
        return None
    besides = time.monotonic() - begin - verdicts.seconds
    _log.info(f"{name}: {_told(verdicts)} by {tester}, {besides:.0f} s besides")
    return verdicts


def _reached(bench: TestBench, path: str, line: int) -> bool:
    lines = statement_lines(bench.tree[path].data).get(line, 1 << line)
    return bench.coverage.reaches(path, lines)


def _figures(what: str, ours: Verdicts, theirs: Verdicts, versions: dict[str, str]) -> Iterator[Figure]:
    yield compare(
        f"{what}: a verdict",
        ours.seconds_each,
        theirs.seconds_each,
        unit="s",
        better="less",
        versions=versions,
    )
    yield compare(
        f"{what}: caught, each of its own candidates",
        ours.caught_share,
        theirs.caught_share,
        unit="%",
        better="neither",
        versions=versions,
    )


def _told(verdicts: Verdicts) -> str:
    return f"{verdicts.number} verdicts in {verdicts.seconds:.1f} s ({verdicts.caught} caught)"
