"""The search for a recipe that works: resolve, install, run the untouched tests, repair, again.

Bounded in rounds and in time. What it ends with is recorded with every repair and replays without any search.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec

from .contract import EnvironmentFailedError, Place, Sandbox
from .environment import Environment
from .installing import InstallationFailedError
from .metadata import Change, Recipe, Repair, Stated
from .repairs import installer_repairs, suite_repairs
from .report import TestReport
from .settings import Settings
from .tree import Tree

__all__ = ["Attempt", "Settled", "settle"]

ROUNDS = 14
"""Environments that are tried at most."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What a search came to."""

    recipe: Recipe
    lock: str
    hints: tuple[str, ...] = ()
    """Repairs that this sandbox could not make, in words."""
    passed: int = 0
    """Tests that passed in the last run of the untouched suite."""
    counted: int = 0
    """Tests in that run, those that were skipped aside."""


@dataclass(frozen=True)
class Attempt:
    """One recipe that was tried, and how far it went."""

    recipe: Recipe
    lock: str = ""
    environment: Environment | None = None
    place: Place | None = None
    report: TestReport | None = None
    failure: InstallationFailedError | None = None

    @property
    def score(self) -> tuple[int, int, int]:
        """How far it went, and how many tests passed and did not fail: more is better."""
        if self.report is None:
            return (1 if self.lock else 0, 0, 0)
        passed = len(self.report.with_outcome("passed"))
        failed = len(self.report.with_outcome("failed", "error", "broken"))
        # Tests that hang are further than tests that could not even be collected.
        return (3 if self.report.complete and passed else 2, passed, -failed)

    def says(self, words: str) -> bool:
        """Say whether the message that a repair answered is still there."""
        said = [self.failure.output] if self.failure is not None else []
        if self.report is not None:
            said += [self.report.output, *(failure.message for failure in self.report.failures.values())]
        return any(" ".join(words.split())[:120] in " ".join(text.split()) for text in said)


@dataclass
class _Search:
    """The best attempt so far and what was tried."""

    best: Attempt
    tried: set[tuple[Change, ...]] = field(default_factory=set)
    hints: dict[str, None] = field(default_factory=dict)


def settle(
    recipe: Recipe,
    tree: Tree,
    sandbox: Sandbox,
    settings: Settings,
    attempt: Callable[[Recipe], Attempt],
    forget: Callable[[Attempt], None],
    *,
    timeout: float,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Settled, Attempt]:
    """Return the recipe that most of the untouched tests pass with.

    Args:
        recipe: what the project's files come to.
        tree: the untouched project.
        sandbox: where it is tried.
        settings: limits, and the time that a search may take.
        attempt: builds an environment; a step of the installer that fails is in what it returns.
        forget: removes an environment that was tried and is not taken.
        timeout: seconds one run of the tests may take.
        progress: told in a few words what is being done.

    Raises:
        EnvironmentFailedError: nothing that was tried can be installed.
    """
    deadline = time.monotonic() + settings.repair_timeout

    def tried(recipe: Recipe) -> Attempt:
        found = attempt(recipe)
        return _probed(found, tree, sandbox, settings, timeout)

    progress("trying the environment")
    search = _Search(tried(recipe))
    for _ in range(ROUNDS - 1):
        if time.monotonic() > deadline:
            search.hints["the search was ended by its time limit"] = None
            break
        repairs = _next(search, tree, sandbox)
        if repairs is None:
            break
        progress(f"repairing the environment: {', '.join(_in_words(repair) for repair in repairs)}")
        repaired = search.best.recipe
        for repair in repairs:
            repaired = repaired.repaired(repair)
        found = tried(repaired)
        if _is_better(found, search.best, repairs):
            found = replace(found, recipe=_credited(found, search.best, len(repairs)))
            loser, search.best = search.best, found
        else:
            loser = found
        if loser.place is not None and loser.place != search.best.place:
            forget(loser)
    best = search.best
    if best.environment is None:
        assert best.failure is not None
        raise _told(best.failure, tuple(search.hints))
    _, passed, failed = best.score
    settled = Settled(
        recipe=best.recipe,
        lock=best.lock,
        hints=tuple(search.hints),
        passed=passed,
        counted=passed - failed,
    )
    return settled, best


def _probed(found: Attempt, tree: Tree, sandbox: Sandbox, settings: Settings, timeout: float) -> Attempt:
    """Return an attempt with a report of the untouched tests, if it got as far."""
    if found.environment is None or found.place is None:
        return found
    with sandbox.open(found.place, settings.limits) as session:
        session.load(tree)
        report = session.test(
            [*found.environment.pytest_options(), "--continue-on-collection-errors", "--maxfail=0"],
            roots=found.environment.roots,
            timeout=timeout,
        )
    return replace(found, report=report)


def _next(search: _Search, tree: Tree, sandbox: Sandbox) -> list[Repair] | None:
    """Return the next repairs to try on the best attempt; None when there is nothing left to try."""
    best = search.best
    if best.failure is not None:
        proposals = installer_repairs(best.failure.output, best.recipe)
    else:
        assert best.report is not None
        if best.report.stopped is not None:
            return None  # to run it again would take as long again
        proposals = suite_repairs(best.report, best.recipe, best.lock, tree)
    for proposal in proposals:
        repairs = []
        for repair in proposal:
            if repair.change.field == "system_packages" and not sandbox.has_system_packages:
                search.hints[f"{repair.because} (Debian package `{repair.change.text}`)"] = None
            elif not _is_in(repair.change, best.recipe):
                repairs.append(repair)
        key = tuple(repair.change for repair in repairs)
        if repairs and key not in search.tried:
            search.tried.add(key)
            return repairs
    return None


def _is_in(change: Change, recipe: Recipe) -> bool:
    """Say whether a recipe has a change already."""
    held: tuple[Stated, ...] | str | bool | None = getattr(recipe, change.field)
    if not isinstance(held, tuple):
        return (held or None) == (change.text or None)
    if change.text.startswith("-") and change.field != "pytest_arguments":
        return all(stated.text != change.text[1:] for stated in held)
    return any(stated.text == change.text for stated in held) if change.text else not held


def _is_better(found: Attempt, best: Attempt, repairs: list[Repair]) -> bool:
    """Say whether repairs are worth keeping.

    They are when more tests pass, or as many and the message they answered is gone: behind one missing module
    there is often another. That holds for additions alone; to leave something out has to pay at once.
    """
    if any(repair.change.field == "installable" for repair in repairs):
        return found.score[1] > best.score[1]  # or what the build said would be forgotten for nothing
    if found.score > best.score:
        return True
    additions = all(r.change.text and not r.change.text.startswith("- ") for r in repairs)
    return found.score[:2] == best.score[:2] and additions and not all(found.says(r.because) for r in repairs)


def _credited(found: Attempt, before: Attempt, count: int) -> Recipe:
    """Return a recipe whose last repairs say what they did for the tests."""
    helped = found.score[1] - before.score[1] if found.report is not None else None
    repairs = found.recipe.repairs
    credited = [msgspec.structs.replace(repair, helped=helped) for repair in repairs[-count:]]
    return msgspec.structs.replace(found.recipe, repairs=(*repairs[:-count], *credited))


def _in_words(repair: Repair) -> str:
    if repair.change.field == "installable":
        return "taking the project as it lies, without a build"
    name = repair.change.field.replace("_", " ")
    return f"{name} {repair.change.text}" if repair.change.text else f"no {name}"


def _told(failure: InstallationFailedError, hints: tuple[str, ...]) -> EnvironmentFailedError:
    if not hints:
        return failure
    return EnvironmentFailedError(f"{failure}\nSeen on the way: {'; '.join(hints)}", hint=failure.hint)
