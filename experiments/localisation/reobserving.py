"""Mined bugs are seen again: what a list of them says is enough to take their spectra anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rpsdg.mutators.judging.judge import UntrustedJudgeError
from rpsdg.sandbox.contract import EnvironmentFailedError, Sandbox, SandboxBrokeError
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import UnsafeTreeError

from .benches import Benches
from .histories import History
from .mining import NotABugError, taken_back
from .observing import observed, spectrum_of
from .records import Commit, MinedBug, Spectrum, save
from .store import Work

__all__ = ["Reobserver"]

_ENOUGH = 0.9
"""Share of the tests that passed when the bug was mined, below which this is another environment."""


@dataclass
class Reobserver:
    """Takes the spectra of mined bugs of one history; one run of the tests each."""

    history: History
    sandbox: Sandbox
    settings: Settings
    work: Work
    timeout: float = 60.0
    """Seconds that one run of the tests may take, as when bugs are mined."""

    def observe(self, bugs: Iterable[MinedBug]) -> None:
        """Take the spectra of some bugs that are not there yet; of one that fails, keep the reason.

        Raises:
            SourceError: the history does not hold a commit.
            SandboxAbortedError: interrupted.
        """
        todo = [(self.history.time(bug.commit), bug) for bug in bugs if not self.work.is_looked_at(bug.id)]
        for time, bug in sorted(todo, key=lambda one: -one[0]):
            try:
                save(self._spectrum(bug, time), self.work.spectra)
            except NotABugError as why:
                self.work.leave_out(bug.id, why.outcome)
            except (UnsafeTreeError, EnvironmentFailedError, SandboxBrokeError, UntrustedJudgeError):
                self.work.leave_out(bug.id, "broken")

    @cached_property
    def _benches(self) -> Benches:
        return Benches(self.history.url, self.sandbox, self.settings, self.timeout)

    def _spectrum(self, bug: MinedBug, time: int) -> Spectrum:
        try:
            return self._seen(bug, time, anew=False)
        except NotABugError:  # perhaps in an environment of its own time
            return self._seen(bug, time, anew=True)

    def _seen(self, bug: MinedBug, time: int, *, anew: bool) -> Spectrum:
        fixed = self.history.tree(bug.commit)
        commit = Commit(bug.commit, bug.parent, time, bug.files, (), bug.says_fix)
        buggy = taken_back(commit, fixed, self.history.tree(bug.parent))
        bench = self._benches.bench(fixed, time, anew=anew)
        report = observed(bench, buggy)
        passed = set(report.with_outcome("passed")) - set(bug.unsteady)
        if not report.complete or passed & set(bug.failing):
            raise NotABugError("unsteady", "what failed passes now, or the tests do not end")
        if len(passed) < _ENOUGH * (bug.steady - len(bug.failing)):
            raise NotABugError("baseline", f"{len(passed)} tests pass, which were {bug.steady}")
        spectrum = spectrum_of(
            *(report, buggy, fixed, bug.failing, sorted(passed)),
            bug=bug.id,
            group=bug.repository,
            family=bug.family,
        )
        if spectrum is None:
            raise NotABugError("elsewhere", "failing tests run no statement that the fix points at")
        return spectrum
