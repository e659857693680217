"""The part about code: bugs are injected, mined ones seen again, localisers trained and compared."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from rpsdg.experiments.errors import need_scikit_learn
from rpsdg.experiments.keeping import kept
from rpsdg.experiments.units import work_off
from rpsdg.traces.errors import ExitCode, RpsdgError

from .comparing import unlearned
from .histories import HISTORIES
from .injecting import injected
from .kinds import Planted
from .page import as_section
from .plan import Plan, read_plan
from .records import MinedBug, Spectrum, load
from .results import BugResult, Place, Results, SeedResult, Summary, read, write
from .store import RESULTS, Work, read_bugs
from .work import Compare, Inject, Observe, numbers_of

__all__ = ["NoBugsError", "evaluate", "mined", "run", "section"]

_HERE = Path(__file__).parent


class NoBugsError(RpsdgError):
    """There is nothing to test localisers on."""

    code = ExitCode.DATA


def run(work: Path, jobs: int, *, quick: bool) -> None:
    """Do what has not been done yet; see `Part.run`."""
    need_scikit_learn()
    evaluate(_plan(quick), Work(work / "localisation"), jobs, _folder(quick), mined(_plan(quick)))


def section(pictures: Path, *, quick: bool) -> str:
    """Return the section of the page; see `Part.section`."""
    bugs = {bug.id: bug for bug in mined(_plan(quick))}
    texts = [(_HERE / name).read_text() for name in ("set-up.md", "notes.md")]
    return as_section(read(_folder(quick)), bugs, (texts[0], texts[1]), pictures)


def mined(plan: Plan, path: Path = RESULTS / "real_bugs.jsonl") -> list[MinedBug]:
    """Return the mined bugs of the histories of a plan, of each as many as it asks for.

    Raises:
        DatasetError: the list is damaged.
    """
    wanted = {history.url for history in plan.histories}
    found: dict[str, list[MinedBug]] = defaultdict(list)
    for bug in read_bugs(path):
        if bug.repository in wanted and len(found[bug.repository]) < plan.mine.bugs:
            found[bug.repository].append(bug)
    return [bug for repository in sorted(found) for bug in found[repository]]


def evaluate(plan: Plan, work: Work, jobs: int, results: Path, bugs: list[MinedBug]) -> None:
    """Make and see injected bugs, see mined ones again, train and compare; what is there stays.

    Raises:
        NoBugsError: no mined bug can be seen.
        RpsdgError: a program or a history cannot be had.
    """
    if not bugs:
        raise NoBugsError(
            "there are no real bugs to test localisers on",
            hint="`python -m rpsdg.experiments.localisation mine` finds them.",
        )
    template = os.environ.get(HISTORIES) or None
    by_history = defaultdict(list)
    for bug in bugs:
        by_history[bug.repository].append(bug)
    work_off(
        [
            *(Inject(plan, work.folder, program) for program in plan.training.programs),
            *(Observe(work.folder, url, tuple(own), template) for url, own in by_history.items()),
        ],
        jobs,
    )
    real = [bug for bug in bugs if work.is_seen(bug.id)]
    if not real:
        raise NoBugsError(
            f"none of {len(bugs)} mined bugs could be seen again",
            hint=f"`{work.folder / 'left-out'}` says why; remove it to try again.",
        )
    digest = _digest(plan, work, real)
    ids = tuple(bug.id for bug in real)
    units = [Compare(plan, work.folder, name, digest, ids) for name in plan.training.mixtures]
    work_off(units, jobs)
    write(_gathered(plan, work, bugs, units, digest), results)


def _plan(quick: bool) -> Plan:
    plan = read_plan()
    return plan.quick() if quick else plan


def _folder(quick: bool) -> Path:
    return RESULTS / "localisation" / ("quick" if quick else "full")


def _digest(plan: Plan, work: Work, real: list[MinedBug]) -> str:
    """Return what ranks depend on: the plan, the bugs, and the code that turns these into ranks."""
    training = {
        name: [
            bug
            for program in plan.training.programs
            for bug in injected(plan, work, name, program)
            if work.is_seen(bug)
        ]
        for name in plan.training.mixtures
    }
    names = ("comparing.py", "learning.py", "ranking.py", "suspects.py", "formulas.py")
    code = [_HERE / name for name in names] + sorted((_HERE / "features").glob("*.py"))
    texts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in code]
    whole = msgspec.json.encode([plan.evaluate, training, [bug.id for bug in real], texts])
    return hashlib.sha256(whole).hexdigest()[:16]


def _gathered(plan: Plan, work: Work, bugs: list[MinedBug], units: Iterable[Compare], digest: str) -> Results:
    """Return all results in the form in which they are kept."""
    seeds = plan.evaluate.seeds
    found = {
        unit.mixture: [one for seed in seeds if (one := unit.result(seed)) is not None] for unit in units
    }
    real = []
    for bug in bugs:
        spectrum = load(work.spectra, bug.id)
        if spectrum is not None:
            learned = {name: _places(of_seeds, bug.id) for name, of_seeds in found.items()}
            planted = kept(work.kind(bug.id), Planted)
            real.append(_result(spectrum, learned, planted=planted))
    held_out: list[BugResult] = []
    made: dict[str, dict[str, int]] = defaultdict(dict)
    dropped: Counter[str] = Counter()
    for name, of_seeds in found.items():
        for program in plan.training.programs:
            listed = injected(plan, work, name, program)
            seen = [s for bug in listed if (s := load(work.spectra, bug)) is not None]
            made[name][program.name] = len(seen)
            dropped.update(_reasons(work, listed))
            for spectrum in seen:
                places = tuple(one.held_out[spectrum.bug] for one in of_seeds)
                held_out.append(_result(spectrum, {name: places}, mixture=name))
    numbers = numbers_of(plan, work)
    summary = Summary(
        digest=digest,
        seeds=seeds,
        resamples=plan.evaluate.resamples,
        choices=tuple(choice for unit in units if (choice := unit.chosen()) is not None),
        trained_on={name: sum(numbers.values()) for name in found},
        injected=dict(made),
        mined=len(bugs),
        left_out=dict(Counter(_reasons(work, (bug.id for bug in bugs))).most_common()),
        not_injected=dict(dropped.most_common()),
    )
    return Results(summary, tuple(real), tuple(held_out))


def _reasons(work: Work, bugs: Iterable[str]) -> list[str]:
    return [why for bug in bugs if (why := work.why_left_out(bug)) is not None]


def _places(of_seeds: list[SeedResult], bug: str) -> tuple[Place, ...]:
    return tuple(one.real[bug] for one in of_seeds)


def _result(
    spectrum: Spectrum,
    learned: dict[str, tuple[Place, ...]],
    *,
    mixture: str = "",
    planted: Planted | None = None,
) -> BugResult:
    suspects, faulty, formulas = unlearned(spectrum)
    return BugResult(
        bug=spectrum.bug,
        group=spectrum.group,
        mixture=mixture,
        family=spectrum.family,
        kind=planted.kind if planted else "",
        changes=planted.changes if planted else (),
        suspects=suspects,
        faulty=faulty,
        failing=len(spectrum.failing),
        places={**{name: (place,) for name, place in formulas.items()}, **learned},
    )
