"""A refresh from beginning to end: resolve, compare, work, put together, and replace the lock last."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from rpsdg.corpora import Source, SourceError, SourceSettings
from rpsdg.corpora.lock import Lock, SourceLock
from rpsdg.corpora.manifest import Manifest
from rpsdg.corpora.spec import LocalSpec, Spec
from rpsdg.corpora.targets import Target, fetch_target, resolve
from rpsdg.runs.progress import Reporter
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError
from rpsdg.traces.identity import digest

from .assembling import assemble, lock_of
from .corpus import Corpus, Pin
from .deciding import Decided, decide
from .mathematics import do_mathematics
from .outcome import Done, Outcome, Retired
from .parts import Part, live_in
from .rules import rule_digests, rules_changed
from .terms import Budget, Terms
from .working import Work, retire

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
        with self.corpus.alone():
            return self._run(terms)

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
        done = Done(name=terms.table.name, state="unchanged", before=_shown(locked))
        try:
            return self._source(terms, locked, pins, done)
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

    def _source(
        self, terms: Terms, locked: SourceLock | None, pins: dict[str, Pin], done: Done
    ) -> SourceLock | None:
        table, name = terms.table, terms.table.name
        settings = replace(
            self.sources,
            git_credentials=table.git_credentials,
            leave_out=(
                self.manifest.out.absolute(),
                self.corpus.folder.absolute(),
                self.corpus.lock_path.absolute(),
            ),
        )
        spec = self.manifest.spec(table)
        parts = self.corpus.parts(name, locked)
        pin = pins.get(name)
        address = digest(table.address)
        valid = pin is not None and (pin.terms, pin.address) == (terms.digest, address)
        if pin is not None and valid and not isinstance(spec, LocalSpec):
            target = pin.target
        else:
            self.report.stage(f"{name}: looking for what is new")
            target = resolve(spec, table.versions, settings)
        asked_before = locked is not None and locked.terms == terms.digest
        here = locked is not None and (locked.commit, locked.version) == (target.commit, target.version)
        if asked_before and here and not isinstance(spec, LocalSpec):
            pins.pop(name, None)
            assert locked is not None
            return self._unchanged(locked, parts, done)
        self.report.stage(f"{name}: fetching {target.shown}")
        source = fetch_target(spec, target, settings, self.settings.cache / "sources")
        for note in source.notes:
            self.report.note(f"{name}: {note}")
        done.after = _shown_source(source)
        if locked is not None and asked_before and locked.tree == source.tree.digest:
            done.state = "advanced" if done.after != done.before else "unchanged"
            self._unchanged(locked, parts, done)
            return self._locked(terms, source, locked, list(parts), None, done)
        self.report.stage(f"{name}: comparing")
        old = self._old_tree(locked, source, spec, settings)
        looked = locked is None or not asked_before or locked.tree != source.tree.digest
        decided = decide(terms, old, source.tree, parts, looked=looked)
        self._note(decided, done)
        if self.dry_run:
            done.state = "planned"
            return locked
        pins[name] = Pin(terms.digest, address, target)
        self.corpus.pin(pins)
        return self._worked(terms, source, decided, locked, list(parts), done)

    def _worked(
        self,
        terms: Terms,
        source: Source,
        decided: Decided,
        locked: SourceLock | None,
        parts: list[Part],
        done: Done,
    ) -> SourceLock | None:
        number = max((int(part.folder.name[:3]) for part in parts), default=-1) + 1
        name = terms.table.name
        folder = self.corpus.parts_of(name) / f"{number:03d}-{source.tree.digest[:12]}"
        work = None
        part: Part | None = None
        if decided.needs_sandbox:
            if self.budget.within(terms.table.budget).spent():
                done.state = "stopped"
                return locked
            self.report.stage(f"{name}: preparing")
            run = terms.run(folder, name, self.jobs)
            budget = self.budget.within(terms.table.budget)
            work = Work(decided, source, run, self.settings, self.report, budget)
            part = work.do(self.sandbox)
            done.tried = work.tried
            if part is None:
                done.state = "stopped"
                return locked
        elif decided.touched:
            shutil.rmtree(folder, ignore_errors=True)
            part = retire(decided, folder)
        done.state = "changed" if part is not None else "advanced"
        if part is not None:
            self._tell(part, decided, done)
            parts = [*parts, part]
        return self._locked(terms, source, locked, parts, work, done)

    def _locked(
        self,
        terms: Terms,
        source: Source,
        locked: SourceLock | None,
        parts: list[Part],
        work: Work | None,
        done: Done,
    ) -> SourceLock:
        if not self.dry_run:
            self.corpus.keep_tree(source.tree)
        live = live_in(parts)
        earlier = {said.folder: said for said in locked.parts} if locked is not None else {}
        said = []
        for part in parts:
            known = earlier.get(part.folder.name)
            commit, version = (
                (known.commit, known.version) if known is not None else (source.commit, source.version)
            )
            said.append(part.lock(live[part.folder], commit, version))
        done.missing = max(0, terms.table.count + terms.table.walks - sum(one.live for one in said))
        return SourceLock(
            kind=source.kind,
            url=source.url,
            ref=source.ref,
            commit=source.commit,
            version=source.version,
            archive_sha256=source.archive_sha256,
            tree=source.tree.digest,
            terms=terms.digest,
            mix=terms.mix_digest,
            environment=work.environment if work is not None else locked.environment if locked else None,
            baseline=work.baseline if work is not None else locked.baseline if locked else None,
            missing=done.missing,
            parts=tuple(said),
        )

    def _unchanged(self, locked: SourceLock, parts: Sequence[Part], done: Done) -> SourceLock:
        live = live_in(list(parts))
        done.carried = sum(len(names) for names in live.values())
        done.missing = locked.missing
        done.after = done.after or done.before
        return locked

    def _old_tree(
        self, locked: SourceLock | None, source: Source, spec: Spec, settings: SourceSettings
    ) -> Tree | None:
        """Return the source as it was at the lock: as it was kept, or else as it can be fetched again."""
        if locked is None:
            return None
        if locked.tree == source.tree.digest:
            return source.tree
        kept = self.corpus.tree(locked.tree)
        if kept is not None:
            return kept
        if not isinstance(spec, LocalSpec):
            try:
                version = locked.version if locked.kind == "pypi" else None
                target = Target(commit=locked.commit, version=version)
                again = fetch_target(spec, target, settings, self.settings.cache / "sources")
                if again.tree.digest == locked.tree:
                    return again.tree
            except SourceError:
                pass
        self.report.note("the source of before is not to be had any more: new code gets no share this time")
        return None

    def _note(self, decided: Decided, done: Done) -> None:
        done.units = sum(len(names) for names in decided.units.values())
        done.touched = len(decided.touched)
        done.carried = decided.carried + decided.carried_walks
        done.missing = decided.missing + decided.missing_walks
        done.tried = len(decided.anchored) + len(decided.fresh) if self.dry_run else 0

    def _tell(self, part: Part, decided: Decided, done: Done) -> None:
        """Count what became of the touched tasks, and what came besides."""
        fates = part.record.fates
        done.confirmed_again = sum(fate.how == "re-confirmed" for fate in fates.values())
        done.moved = sum(fate.how == "moved" for fate in fates.values())
        done.added = len(part.ids) - done.confirmed_again - done.moved
        for earlier in decided.parts:
            for trace, decision in earlier.decisions.items():
                fate = fates.get(trace)
                if fate is not None and fate.how == "retired" and trace in decided.live[earlier.folder]:
                    done.retired.append(
                        Retired(trace, decision.rule, decision.path, decision.line, fate.reason)
                    )

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


def _shown(locked: SourceLock | None) -> str:
    if locked is None:
        return ""
    return _short(locked.kind, locked.version, locked.commit, locked.tree)


def _shown_source(source: Source) -> str:
    return _short(source.kind, source.version, source.commit, source.tree.digest)


def _short(kind: str, version: str | None, commit: str | None, tree: str) -> str:
    if kind == "pypi":
        return version or ""
    return (commit or tree)[:12] if kind == "git" else f"tree {tree[:12]}"
