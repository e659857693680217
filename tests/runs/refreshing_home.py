"""A corpus of one scratch repository, small enough that a refresh takes seconds."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.manifest import Manifest
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.refreshing.corpus import Corpus
from rpsdg.runs.refreshing.outcome import Done, Outcome
from rpsdg.runs.refreshing.refresh import Refresh
from rpsdg.runs.refreshing.terms import Budget
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings

PRICES = """\
def total(prices, discount=0):
    if discount < 0:
        raise ValueError("a discount is not negative")
    return sum(prices) - discount


def cheapest(prices):
    if not prices:
        return None
    return min(prices)
"""
NAMES = """\
def initials(names):
    return [name[0].upper() for name in names if name]
"""
TESTS = """\
import pytest
from names import initials
from prices import cheapest, total


def test_total():
    assert total([1, 2]) == 3
    assert total([10], 4) == 6


def test_negative():
    with pytest.raises(ValueError):
        total([1], -1)


def test_cheapest():
    assert cheapest([3, 1]) == 1
    assert cheapest([]) is None


def test_initials():
    assert initials(["ann", "", "bob"]) == ["A", "B"]
"""
FILES = {"prices.py": PRICES, "names.py": NAMES, "test_all.py": TESTS}
MANIFEST = """\
[corpus]
out = "data"

[[source]]
name = "shop"
git = "file://{repository}"
ref = "main"
count = {count}
seed = 5
mix = "uniform"
"""


@dataclass
class Home:
    """A repository and a corpus that is made of it."""

    folder: Path
    settings: Settings
    sandbox: Sandbox
    count: int = 5
    opened: int = 0
    jobs: int = 2
    repository: Path = field(init=False)

    def __post_init__(self) -> None:
        self.repository = self.folder / "repository"
        self.repository.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.commit(FILES)
        self.manifest.write_text(MANIFEST.format(repository=self.repository, count=self.count))

    @property
    def manifest(self) -> Path:
        return self.folder / "corpus.toml"

    @property
    def corpus(self) -> Corpus:
        return Corpus(Manifest.read(self.manifest))

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        done = subprocess.run(
            ["git", *who, "-C", str(self.repository), *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None]) -> None:
        for path, text in files.items():
            if text is None:
                (self.repository / path).unlink()
            else:
                (self.repository / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "next")

    def refresh(self, budget: Budget | None = None, *, dry_run: bool = False) -> Outcome:
        """Refresh, and count in `opened` how often a sandbox was asked for."""
        self.opened = 0

        def sandbox() -> Sandbox:
            self.opened += 1
            return self.sandbox

        return Refresh(
            self.corpus,
            self.settings,
            SourceSettings(),
            sandbox,
            PlainReporter(self.count, "traces"),
            self.jobs,
            budget or Budget(),
            dry_run=dry_run,
        ).run()

    def shop(self, outcome: Outcome) -> Done:
        (done,) = (done for done in outcome.sources if done.name == "shop")
        return done

    def ids(self) -> set[str]:
        return {trace.id for trace in Dataset(self.folder / "data").traces()}

    def rows(self) -> dict[str, tuple[str, str]]:
        """Return rule and file of each trace, by its id."""
        return {
            trace.id: (trace.steps[0].rule, trace.steps[0].aim["path"])
            for trace in Dataset(self.folder / "data").traces()
        }
