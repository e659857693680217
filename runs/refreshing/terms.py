"""From the tables of a manifest to runs: what the words in them mean, and how much may be spent."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rpsdg.corpora.durations import seconds_in
from rpsdg.corpora.globs import matches_any
from rpsdg.corpora.manifest import Manifest, MathematicsTable, SourceTable
from rpsdg.math_domains.splitting import Split
from rpsdg.mutators.judging.confirming import Confirming
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.runs.bug_run import BugRun
from rpsdg.runs.levels import Levels, read_level_mix, read_levels
from rpsdg.runs.mathematics import MathPlan, new_plan
from rpsdg.traces.errors import UsageError
from rpsdg.traces.identity import digest

__all__ = ["Budget", "Terms", "math_plan", "of_plan"]


@dataclass(frozen=True)
class Terms:
    """What a source is worked on for."""

    table: SourceTable
    mix: str
    """Name or path."""
    levels: Levels
    confirming: Confirming

    @classmethod
    def of(cls, manifest: Manifest, number: int) -> Terms:
        """Return the terms of a source of a manifest.

        Raises:
            ManifestError: a word of it cannot be meant; the message has the line.
        """
        table, place = manifest.sources[number], f"source[{number}]"

        def levels() -> Levels:
            if table.level_mix is not None:
                return read_level_mix(table.level_mix)
            return Levels() if table.levels is None else read_levels(table.levels)

        mix = table.mix if table.mix in Mix.names() else str(manifest.path.parent / table.mix)
        manifest.checked(f"{place}.mix", lambda: Mix.load(mix))
        return cls(
            table,
            mix,
            manifest.checked(f"{place}.{'levels' if table.levels is not None else 'level_mix'}", levels),
            manifest.checked(f"{place}.confirm", lambda: Confirming.parse(table.confirm)),
        )

    @property
    def digest(self) -> str:
        """Of what is asked, the mixture's file included."""
        return digest([self.table.terms, self.mix_digest])

    @property
    def mix_digest(self) -> str:
        """Of the mixture."""
        return digest(Mix.load(self.mix).describe())

    def run(self, folder: Path, source: str, jobs: int) -> BugRun:
        """Return the run that fills a folder for these terms."""
        return BugRun(
            source,
            folder,
            self.table.count,
            walks=self.table.walks,
            mix=self.mix,
            levels=self.levels,
            confirming=self.confirming,
            seed=self.table.seed or 0,
            jobs=jobs,
            timeout=self.table.timeout,
        )

    def allows(self, move: Mutator) -> bool:
        """Say whether a bug lies in files that bugs may be put into."""
        include, exclude = self.table.include, self.table.exclude
        return all(
            (not include or matches_any(edit.path, include)) and not matches_any(edit.path, exclude)
            for edit in move.edits
        )


def math_plan(manifest: Manifest, number: int) -> MathPlan:
    """Return the plan of a table of mathematics.

    Raises:
        ManifestError: it cannot be meant; the message has the line.
    """
    table: MathematicsTable = manifest.mathematics[number]
    place = f"mathematics[{number}]"
    splits = [split.value for split in Split]
    if table.split is not None and table.split not in splits:
        raise UsageError(f"{manifest.at(f'{place}.split')}: the splits are {', '.join(splits)}")
    part = None if table.split is None else Split(table.split)
    return manifest.checked(
        place,
        lambda: new_plan(
            table.families,
            table.count,
            table.level,
            table.seed or 0,
            table.detail,
            table.wrong_steps,
            part,
        ),
    )


@dataclass(frozen=True)
class Budget:
    """When to stop: a moment, by the clock that only goes on; None for never."""

    end: float | None = None

    @classmethod
    def of(cls, manifest: Manifest, given: float | None) -> Budget:
        """Return what one refresh may spend, from now on.

        Args:
            manifest: says a time, a cost, or both.
            given: seconds that were named on the command line, which win over the time of the manifest.
        """
        corpus = manifest.corpus
        allowed = [given] if given is not None else []
        if corpus.budget is not None and given is None:
            allowed.append(seconds_in(corpus.budget))
        if corpus.max_cost is not None and corpus.price_per_hour is not None:
            allowed.append(3600 * corpus.max_cost / corpus.price_per_hour)
        return cls(time.monotonic() + min(allowed)) if allowed else cls()

    def within(self, span: str | None) -> Budget:
        """Return what is left of it, and no more than a span of time from now."""
        if span is None:
            return self
        end = time.monotonic() + seconds_in(span)
        return Budget(end if self.end is None else min(end, self.end))

    def spent(self) -> bool:
        """Say whether it is over."""
        return self.end is not None and time.monotonic() >= self.end


def of_plan(plan: MathPlan) -> str:
    """Return the digest of a plan of mathematics."""
    return digest(msgspec.to_builtins(plan))
