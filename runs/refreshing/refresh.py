"""A refresh from beginning to end: resolve, compare, work, put together, and replace the lock last."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.lock import Lock, SourceLock
from rpsdg.corpora.manifest import Manifest
from rpsdg.runs.ledger import Ledger, Recorded, Request
from rpsdg.runs.progress import Reporter
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from .assembling import assemble, lock_of
from .corpus import Corpus, Pin
from .mathematics import do_mathematics
from .outcome import Done, Outcome
from .rules import rule_digests, rules_changed
from .source import OneSource, shown
from .terms import Budget, Terms

__all__ = ["Refresh"]

_FATAL = {ExitCode.OUTPUT, ExitCode.DISAGREEMENT, ExitCode.SANDBOX}
"""What is wrong with this machine or this corpus, and not with one source."""


@dataclass
class Refresh:
    """One refresh of a corpus."""

    corpus: Corpus
    settings: Settings
    sources: SourceSettings
    sandbox: Callable[[], Sandbox]
    report: Reporter
    jobs: int
    budget: Budget
    only: Sequence[str] = ()
    """Names of the sources and the mathematics that are meant; all where there is none."""
    dry_run: bool = False
    request: Request | None = None
    """The command that asked for it, for the ledger."""
    done: list[Done] = field(default_factory=list)

    def run(self) -> Outcome:
        """Do everything there is to do.

        Raises:
            ManifestError: a word of the manifest cannot be meant.
            LockError: the lock, or what belongs to it, is damaged.
            OutputError: nothing can be written, or another refresh is under way.
        """
        self._check_names()
        terms = [Terms.of(self.manifest, number) for number in range(len(self.manifest.sources))]
        if self.dry_run:
            return self._run(terms)
        with self.corpus.alone() as claim, Ledger(claim, self.request, self.report.note) as ledger:
            self.report = Recorded(self.report, ledger)
            outcome = self._run(terms)
            if any(done.state == "stopped" for done in self.done):
                ledger.stopped()
            return outcome

    @property
    def manifest(self) -> Manifest:
        """Of the corpus."""
        return self.corpus.manifest

    def _run(self, terms: list[Terms]) -> Outcome:
        started = time.monotonic()
        before = self.corpus.lock()
        lock = before or Lock(generator=VERSION, manifest="")
        kept = set(self.manifest.names)
        sources = {name: one for name, one in lock.sources.items() if name in kept}
        for name in lock.sources.keys() - kept:
            self.done.append(Done(name=name, state="removed"))
        pins = self.corpus.pins()
        for one in terms:
            name = one.table.name
            if self.is_meant(name):
                locked = self._guarded(one, lock.sources.get(name), pins)
                if locked is not None:
                    sources[name] = locked
        mathematics = do_mathematics(self, lock)
        outcome = Outcome(sources=self.done, dry_run=self.dry_run, rules=rules_changed(lock.rules))
        if not self.dry_run:
            new = msgspec.structs.replace(
                lock,
                generator=VERSION,
                manifest=self.manifest.digest,
                sources=sources,
                mathematics=mathematics,
                rules=rule_digests(),
            )
            self._finish(before, new, pins, outcome)
        outcome.seconds = time.monotonic() - started
        price = self.manifest.corpus.price_per_hour
        outcome.cost = None if price is None else price * outcome.seconds / 3600
        return outcome

    def _finish(self, before: Lock | None, lock: Lock, pins: dict[str, Pin], outcome: Outcome) -> None:
        same = before is not None and (before.sources, before.mathematics) == (lock.sources, lock.mathematics)
        same_parts = before is not None and _parts_of(before) == _parts_of(lock)
        if not (same_parts and self._is_whole(lock)):
            self.report.stage("putting the data set together")
            data, outcome.dropped = assemble(self.corpus, lock)
            outcome.changed = before is None or before.data != data
            lock = msgspec.structs.replace(lock, data=data)
        outcome.count = lock.data.count if lock.data is not None else 0
        if not same or before != lock:
            lock.write(self.corpus.lock_path)
        unfinished = {done.name for done in self.done if done.state == "stopped"}
        skipped = {name for name in pins if not self.is_meant(name)}
        self.corpus.pin({name: pin for name, pin in pins.items() if name in unfinished | skipped})
        self.corpus.tidy(lock)

    def _is_whole(self, lock: Lock) -> bool:
        """Say whether the data set is there and what the lock says."""
        if lock.data is None:
            return not self.manifest.out.exists()
        try:
            return lock_of(self.manifest.out) == lock.data
        except RpsdgError:
            return False

    def _guarded(self, terms: Terms, locked: SourceLock | None, pins: dict[str, Pin]) -> SourceLock | None:
        """Refresh one source; what makes it unusable is noted, and the others go on."""
        started = time.monotonic()
        done = Done(name=terms.table.name, state="unchanged", before=shown(locked))
        try:
            return OneSource(self, terms, locked, pins, done).refreshed()
        except RpsdgError as error:
            if error.code in _FATAL:
                raise
            done.state, done.error, done.hint, done.code = "failed", str(error), error.hint, error.code
            self.report.note(f"{terms.table.name}: {error}")
            pins.pop(terms.table.name, None)
            return locked
        finally:
            done.seconds = time.monotonic() - started
            self.done.append(done)

    def is_meant(self, name: str) -> bool:
        """Say whether a source or a table of mathematics is to be refreshed."""
        return not self.only or name in self.only

    def _check_names(self) -> None:
        names = self.manifest.names
        for name in self.only:
            if name not in names:
                raise UsageError(
                    f"the manifest names no source `{name}`", hint=f"It names {', '.join(names)}."
                )


def _parts_of(lock: Lock) -> object:
    sources = {
        name: [(p.folder, p.record, p.traces) for p in one.parts] for name, one in lock.sources.items()
    }
    return sources, lock.mathematics
