"""One source in a refresh: resolved, fetched, compared, worked on where that is needed, and locked."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rpsdg.corpora import Source, SourceError
from rpsdg.corpora.lock import SourceLock
from rpsdg.corpora.spec import GitSpec, LocalSpec, Spec
from rpsdg.corpora.targets import Target, fetch_target, resolve
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .corpus import Pin
from .deciding import Decided, decide
from .outcome import Done, Retired
from .parts import Part, live_in
from .terms import Terms
from .working import Work, retire

if TYPE_CHECKING:
    from .refresh import Refresh

__all__ = ["OneSource", "shown"]


@dataclass
class OneSource:
    """A source that is being refreshed."""

    refresh: Refresh
    terms: Terms
    locked: SourceLock | None
    """What the lock says of it."""
    pins: dict[str, Pin]
    done: Done
    """Is filled in."""

    def __post_init__(self) -> None:
        refresh = self.refresh
        self.name = self.terms.table.name
        self.goes_on = False  # whether an earlier refresh was ended on the way to the same
        self.corpus, self.report = refresh.corpus, refresh.report
        self.parts = self.corpus.parts(self.name, self.locked)
        self.spec: Spec = refresh.manifest.spec(self.terms.table)
        self.cache = refresh.settings.cache / "sources"
        # A project that its own corpus lies in: what is written is no part of what is read.
        ours = (refresh.manifest.out, self.corpus.folder, self.corpus.lock_path)
        self.settings = replace(
            refresh.sources,
            git_credentials=self.terms.table.git_credentials,
            leave_out=tuple(path.absolute() for path in ours),
        )

    def refreshed(self) -> SourceLock | None:
        """Do what there is to do; returns what the lock says of the source then, None for nothing.

        Raises:
            RpsdgError: the source is not usable.
        """
        locked, done = self.locked, self.done
        same_terms = locked is not None and locked.terms == self.terms.digest
        target = self._target()
        if locked is not None and same_terms and self._is_at(locked, target):
            self.pins.pop(self.name, None)
            self._carry_all(locked)
            return locked
        self.report.stage(f"{self.name}: fetching {target.shown}")
        source = fetch_target(self.spec, target, self.settings, self.cache)
        for note in source.notes:
            self.report.note(f"{self.name}: {note}")
        done.after = _short(source.kind, source.version, source.commit, source.tree.digest)
        if locked is not None and same_terms and locked.tree == source.tree.digest:
            done.state = "advanced" if done.after != done.before else "unchanged"
            self._carry_all(locked)
            if isinstance(self.spec, LocalSpec):
                return locked  # the commit around it may be that of this very lock
            return self._lock(source, self.parts, None)
        self.report.stage(f"{self.name}: comparing")
        decided = decide(self.terms, self._tree_before(source), source.tree, self.parts)
        self._count(decided)
        if self.refresh.dry_run:
            done.state = "planned"
            return locked
        self.pins[self.name] = Pin(self.terms.digest, self._address, target)
        self.corpus.pin(self.pins)
        return self._work(source, decided)

    @property
    def _address(self) -> str:
        return digest(self.terms.table.address)

    def _target(self) -> Target:
        """Return what is worked towards: what was resolved before, if a refresh of that was ended."""
        pin = self.pins.get(self.name)
        said = (self.terms.digest, self._address)
        self.goes_on = pin is not None and (pin.terms, pin.address) == said
        if pin is not None and self.goes_on and not isinstance(self.spec, LocalSpec):
            return pin.target
        self.report.stage(f"{self.name}: looking for what is new")
        return resolve(self.spec, self.terms.table.versions, self.settings)

    def _is_at(self, locked: SourceLock, target: Target) -> bool:
        """Say whether a lock is of what is meant now; of a folder that is not known before it is read."""
        if isinstance(self.spec, LocalSpec):
            return False
        if isinstance(self.spec, GitSpec):
            return locked.kind == "git" and locked.commit == target.commit
        return locked.kind == "pypi" and locked.version == target.version

    def _work(self, source: Source, decided: Decided) -> SourceLock | None:
        number = max((int(part.folder.name[:3]) for part in self.parts), default=-1) + 1
        folder = self.corpus.parts_of(self.name) / f"{number:03d}-{source.tree.digest[:12]}"
        if not self.goes_on:  # what was begun there was begun on other terms
            shutil.rmtree(folder, ignore_errors=True)
        work = None
        part: Part | None = None
        if decided.needs_sandbox:
            budget = self.refresh.budget.within(self.terms.table.budget)
            if not budget.spent():
                self.report.stage(f"{self.name}: preparing")
                run = self.terms.run(folder, self.name, self.refresh.jobs)
                report = self.report.within(f"{self.name}/{folder.name}")
                work = Work(decided, source, run, self.refresh.settings, report, budget)
                part = work.do(self.refresh.sandbox)
                self.done.tried = work.tried
            if part is None:
                self.done.state = "stopped"
                return self.locked
        elif decided.touched:
            shutil.rmtree(folder, ignore_errors=True)
            part = retire(decided, folder)
        self.done.state = "advanced" if part is None else "changed"
        if part is not None:
            self._tell(part, decided)
        return self._lock(source, [*self.parts, *([part] if part is not None else [])], work)

    def _lock(self, source: Source, parts: Sequence[Part], work: Work | None) -> SourceLock:
        if not self.refresh.dry_run:
            self.corpus.keep_tree(source.tree)
        locked, table = self.locked, self.terms.table
        live = live_in(list(parts))
        earlier = {said.folder: said for said in locked.parts} if locked is not None else {}
        said = []
        for part in parts:
            known = earlier.get(part.folder.name, source)
            said.append(part.lock(live[part.folder], known.commit, known.version))
        self.done.missing = max(0, table.count + table.walks - sum(one.live for one in said))
        return SourceLock(
            kind=source.kind,
            url=source.url,
            ref=source.ref,
            commit=source.commit,
            version=source.version,
            archive_sha256=source.archive_sha256,
            tree=source.tree.digest,
            terms=self.terms.digest,
            mix=self.terms.mix_digest,
            environment=work.environment if work is not None else locked.environment if locked else None,
            baseline=work.baseline if work is not None else locked.baseline if locked else None,
            missing=self.done.missing,
            parts=tuple(said),
        )

    def _carry_all(self, locked: SourceLock) -> None:
        self.done.carried = sum(len(names) for names in live_in(self.parts).values())
        self.done.missing = locked.missing
        self.done.after = self.done.after or self.done.before

    def _tree_before(self, source: Source) -> Tree | None:
        """Return the source as it was at the lock: as it was kept, or else as it can be fetched again."""
        locked = self.locked
        if locked is None or locked.tree == source.tree.digest:
            return None if locked is None else source.tree
        kept = self.corpus.tree(locked.tree)
        if kept is not None:
            return kept
        if not isinstance(self.spec, LocalSpec):
            try:
                version = locked.version if locked.kind == "pypi" else None
                then = Target(commit=locked.commit, version=version)
                again = fetch_target(self.spec, then, self.settings, self.cache)
                if again.tree.digest == locked.tree:
                    return again.tree
            except SourceError:
                pass
        self.report.note(f"{self.name}: the source of before is gone, so new code gets no share this time")
        return None

    def _count(self, decided: Decided) -> None:
        done = self.done
        done.units = sum(len(names) for names in decided.units.values())
        done.touched = len(decided.touched)
        done.carried = decided.carried + decided.carried_walks
        done.missing = decided.missing + decided.missing_walks
        done.tried = len(decided.anchored) + len(decided.fresh) if self.refresh.dry_run else 0

    def _tell(self, part: Part, decided: Decided) -> None:
        """Count what became of the touched tasks, and what came besides."""
        done, fates = self.done, part.record.fates
        done.confirmed_again = sum(fate.how == "re-confirmed" for fate in fates.values())
        done.moved = sum(fate.how == "moved" for fate in fates.values())
        done.added = len(part.ids) - done.confirmed_again - done.moved
        for earlier in decided.parts:
            for trace in sorted(decided.live[earlier.folder] & fates.keys()):
                if fates[trace].how == "retired":
                    was = earlier.decisions[trace]
                    done.retired.append(Retired(trace, was.rule, was.path, was.line, fates[trace].reason))


def shown(locked: SourceLock | None) -> str:
    """Return the state of a source in a word."""
    return "" if locked is None else _short(locked.kind, locked.version, locked.commit, locked.tree)


def _short(kind: str, version: str | None, commit: str | None, tree: str) -> str:
    if kind == "pypi":
        return version or ""
    return (commit or tree)[:12] if kind == "git" else f"tree {tree[:12]}"
