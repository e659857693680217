"""Units of work of the experiment, each done in a process of its own; what is done is never done again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from rpsdg.experiments.keeping import keep, kept
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.settings import Settings

from .comparing import choose, compare
from .histories import bring
from .injecting import inject, injected, is_injected
from .kinds import Planted, planted
from .mining import taken_back
from .plan import Plan, Program
from .records import Commit, MinedBug, load
from .reobserving import Reobserver
from .results import Choice, SeedResult
from .store import Work

__all__ = ["Compare", "Inject", "Observe", "numbers_of"]


class Inject(NamedTuple):
    """Bugs of every mixture are put into one program, and seen."""

    plan: Plan
    work: Path
    program: Program

    def __str__(self) -> str:
        return f"bugs put into {self.program.name}"

    def is_done(self) -> bool:
        """Say whether there is nothing to do."""
        return is_injected(self.plan, Work(self.work), self.program)

    def do(self) -> None:
        """Do it.

        Raises:
            RpsdgError: the program cannot be had or tested.
        """
        settings = Settings.from_environment()
        with closing(choose_sandbox("local", settings)) as sandbox:
            inject(self.plan, Work(self.work), self.program, sandbox, settings)


class Observe(NamedTuple):
    """The mined bugs of one history are seen again."""

    work: Path
    url: str
    bugs: tuple[MinedBug, ...]
    template: str | None

    def __str__(self) -> str:
        return f"{len(self.bugs)} fixes of {self.url}"

    def is_done(self) -> bool:
        """Say whether there is nothing to do."""
        work = Work(self.work)
        kinds = all(work.kind(bug.id).exists() for bug in self.bugs if work.is_seen(bug.id))
        return kinds and all(work.is_looked_at(bug.id) for bug in self.bugs)

    def do(self) -> None:
        """Do it.

        Raises:
            SourceError: the history cannot be had.
        """
        settings, work = Settings.from_environment(), Work(self.work)
        history = bring(self.url, self.work, self.template)
        with closing(choose_sandbox("local", settings)) as sandbox:
            Reobserver(history, sandbox, settings, work).observe(self.bugs)
        for bug in self.bugs:
            path = work.kind(bug.id)
            if work.is_seen(bug.id) and kept(path, Planted) is None:
                fixed = history.tree(bug.commit)
                step = Commit(bug.commit, bug.parent, 0, bug.files, (), bug.says_fix)
                buggy = taken_back(step, fixed, history.tree(bug.parent))
                old, new = ({name: tree[name].data for name in bug.files} for tree in (buggy, fixed))
                keep(path, planted(old, new))


class Compare(NamedTuple):
    """Localisers learn from the bugs of one mixture, with every seed."""

    plan: Plan
    work: Path
    mixture: str
    digest: str
    """Of everything that goes in."""
    real: tuple[str, ...]
    """Ids of the real bugs."""

    def __str__(self) -> str:
        return f"localisers of the mixture {self.mixture}"

    def is_done(self) -> bool:
        """Say whether there is nothing to do."""
        return self.chosen() is not None and not self._seeds()

    def do(self) -> None:
        """Do it."""
        from threadpoolctl import threadpool_limits

        from .learning import example_of

        work = Work(self.work)
        listed = {
            program.name: injected(self.plan, work, self.mixture, program)
            for program in self.plan.training.programs
        }
        bugs = {
            name: [example_of(s) for bug in own if (s := load(work.spectra, bug)) is not None]
            for name, own in listed.items()
        }
        real = [example_of(s) for bug in self.real if (s := load(work.spectra, bug)) is not None]
        numbers = numbers_of(self.plan, work)
        with threadpool_limits(1):
            choice = self.chosen()
            if choice is None:
                choice = choose(self.digest, self.mixture, bugs, numbers)
                keep(self._choice, choice)
            for seed in self._seeds():
                keep(self._result(seed), compare(choice, seed, bugs, numbers, real))

    def chosen(self) -> Choice | None:
        """Return which model learns; None if that was not found out yet."""
        return kept(self._choice, Choice)

    def result(self, seed: int) -> SeedResult | None:
        """Return what came of a seed; None if nothing did yet."""
        return kept(self._result(seed), SeedResult)

    def _seeds(self) -> list[int]:
        return [seed for seed in self.plan.evaluate.seeds if self.result(seed) is None]

    @property
    def _choice(self) -> Path:
        return self.work / "ranks" / self.digest / f"{self.mixture}.json"

    def _result(self, seed: int) -> Path:
        return self._choice.with_name(f"{self.mixture}-{seed}.json")


def numbers_of(plan: Plan, work: Work) -> dict[str, int]:
    """Return how many bugs of each program are trained on: equally many of every mixture."""
    return {
        program.name: round(
            plan.evaluate.share
            * min(
                sum(map(work.is_seen, injected(plan, work, name, program))) for name in plan.training.mixtures
            )
        )
        for program in plan.training.programs
    }
