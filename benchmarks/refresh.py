"""What does a refresh after one more commit cost, beside making everything anew?

A corpus of one source is made at an early commit, then refreshed after each of the next ones, as pushes would
bring them; at the end everything is made anew in a folder of its own, and every trace of the corpus is
verified. `ours` is the median time of a refresh, `peer` that of making everything anew, where the
environment is there already. A line for each refresh goes to `refreshes.jsonl` in the folder of the
measurement, with every task that was moved or retired, for reading by hand.

    python -m benchmarks refresh --git URL... [--commits N] [--count N] [--data DIR] [--json] [--out FILE]
    python -m benchmarks refresh --pypi NAME... [--commits N]     # consecutive releases instead

Without arguments of its own it replays releases of one small package.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import msgspec

from rpsdg.corpora import SourceSettings, parse
from rpsdg.corpora.dataset import Dataset, Decision
from rpsdg.corpora.manifest import Manifest
from rpsdg.runs.bugs import BugRun, ExhaustedError, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.refreshing.corpus import Corpus
from rpsdg.runs.refreshing.outcome import Done
from rpsdg.runs.refreshing.parts import Part
from rpsdg.runs.refreshing.refresh import Refresh
from rpsdg.runs.refreshing.terms import Budget, Terms
from rpsdg.runs.verify import verify
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .figure import Figure, compare

__all__ = ["command", "run"]

COMMITS, COUNT = 20, 40
"""Refreshes after the first one, and tasks that are asked for."""
BRANCH = "replayed"
RELEASES = "toolz"
_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Replay releases of one package: five, or two with few tasks."""
    with tempfile.TemporaryDirectory() as folder:
        replay = _Releases(RELEASES, Path(folder), 8 if quick else COUNT)
        yield from _measured(replay, 2 if quick else 5, jobs=2)


def command(arguments: Sequence[str]) -> int:
    """Replay what is named; exit status 1 if a trace of the final corpus is false."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks refresh", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--git", nargs="*", default=[], metavar="URL", help="repositories")
    parser.add_argument("--pypi", nargs="*", default=[], metavar="NAME", help="projects")
    parser.add_argument("--commits", type=int, default=COMMITS, metavar="N", help=f"refreshes ({COMMITS})")
    parser.add_argument("--count", type=int, default=COUNT, metavar="N", help=f"tasks ({COUNT})")
    parser.add_argument("--confirm", default="full", help="what judges a candidate (full)")
    parser.add_argument("--sandbox", default="auto", choices=get_args(SandboxName), help="(auto)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep everything there, and go on there")
    parser.add_argument("--json", action="store_true", help="figures as lines of JSON")
    parser.add_argument("--out", type=Path, metavar="FILE", help="add them to a file, as lines of JSON")
    options = parser.parse_args(arguments)
    false = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        home = options.data or Path(temporary)
        replays: list[_Replay] = [
            *(_Commits(url, home, options.count, options.confirm) for url in options.git),
            *(_Releases(name, home, options.count, options.confirm) for name in options.pypi),
        ]
        for replay in replays:
            for figure in _measured(replay, options.commits, options.jobs, options.sandbox):
                said = msgspec.json.encode(figure).decode()
                print(said if options.json else f"{figure.figure}: {figure.ours:.4g} of {figure.peer:.4g}")
                if options.out is not None:
                    with options.out.open("a") as file:
                        file.write(f"{said}\n")
                if figure.unit == "true traces":
                    false += figure.peer - figure.ours
    return ExitCode.FALSE_CLAIM if false else ExitCode.OK


class Refreshed(msgspec.Struct):
    """One refresh as it was measured."""

    state: str
    """The commit or the release."""
    seconds: float
    done: Done
    fates: dict[str, str] = {}
    """What became of touched tasks, in words, by rule and place."""


@dataclass
class _Replay:
    """A source whose states come one after another."""

    address: str
    home: Path
    count: int
    confirm: str = "full"
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.home / self.address.rstrip("/").rpartition("/")[2].removesuffix(".git")
        self.folder.mkdir(parents=True, exist_ok=True)

    def states(self, commits: int) -> list[str]:
        """Return the first state and so many more, oldest first."""
        raise NotImplementedError

    def source(self, state: str) -> str:
        """Make a state the newest, and return the lines that name the source in a manifest."""
        raise NotImplementedError

    def manifest(self, state: str) -> Path:
        """Return the manifest for a state, written."""
        path = self.folder / "corpus.toml"
        terms = f'name = "replayed"\ncount = {self.count}\nconfirm = "{self.confirm}"\n'
        path.write_text(f"[[source]]\n{self.source(state)}\n{terms}")
        return path


class _Commits(_Replay):
    """The commits of a repository's default branch, along the first parents."""

    @property
    def clone(self) -> Path:
        return (self.folder / "repository.git").absolute()

    def states(self, commits: int) -> list[str]:
        if not self.clone.exists():
            subprocess.run(["git", "clone", "-q", "--bare", self.address, str(self.clone)], check=True)
            newest = self._git("rev-parse", "HEAD")
            self._git("update-ref", "refs/replay/newest", newest)
        listed = self._git("log", "--first-parent", "--format=%H", f"-{commits + 1}", "refs/replay/newest")
        return listed.split()[::-1]

    def source(self, state: str) -> str:
        self._git("update-ref", f"refs/heads/{BRANCH}", state)
        return f'git = "file://{self.clone}"\nref = "{BRANCH}"'

    def _git(self, *arguments: str) -> str:
        whole = ["git", "-C", str(self.clone), *arguments]
        return subprocess.run(whole, check=True, capture_output=True, text=True).stdout.strip()


class _Releases(_Replay):
    """The newest releases of a project."""

    def states(self, commits: int) -> list[str]:
        from rpsdg.corpora.pypi import list_releases

        settings = Settings.from_environment()
        sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
        return list_releases(self.address, sources, "3.11.0")[: commits + 1][::-1]

    def source(self, state: str) -> str:
        return f'pypi = "{self.address}"\nversions = "=={state}"'


def _measured(
    replay: _Replay, commits: int, jobs: int, sandbox_name: SandboxName = "auto"
) -> Iterator[Figure]:
    settings = Settings.from_environment()
    sandbox = choose_sandbox(sandbox_name, settings, _log.info)
    try:
        versions = {"rpsdg": VERSION, "source": replay.address}
        refreshes = _refreshes(replay, commits, settings, sandbox, jobs)
        first, later = refreshes[0], refreshes[1:]
        last = replay.states(commits)[-1]
        anew = _made_anew(replay, last, settings, sandbox, jobs)
        spent = [one.seconds for one in later]
        name = replay.folder.name
        yield compare(
            f"{name}: one refresh, median of {len(later)}",
            statistics.median(spent),
            anew,
            unit="s",
            better="less",
            versions=versions,
            repeated=(spent, [first.seconds, anew]),
        )
        yield compare(
            f"{name}: all {len(later)} refreshes together",
            sum(spent),
            anew * len(later),
            unit="s",
            better="less",
            versions=versions,
        )
        data = Dataset(replay.folder / "data")
        report = PlainReporter(max(1, data.count()), "traces")
        checked = list(verify(data, settings, lambda: sandbox, jobs=jobs, timeout=300.0, report=report))
        true = sum(not one.false for one in checked)
        yield compare(
            f"{name}: the final corpus",
            true,
            len(checked),
            unit="true traces",
            better="more",
            versions=versions,
        )
    finally:
        sandbox.close()


def _refreshes(
    replay: _Replay, commits: int, settings: Settings, sandbox: Sandbox, jobs: int
) -> list[Refreshed]:
    """Refresh after each state; those of an earlier measurement in the same folder are not done again."""
    kept = replay.folder / "refreshes.jsonl"
    known = (
        [msgspec.json.decode(line, type=Refreshed) for line in kept.read_bytes().splitlines()]
        if kept.exists()
        else []
    )
    for state in replay.states(commits)[len(known) :]:
        manifest = Manifest.read(replay.manifest(state))
        corpus = Corpus(manifest)
        sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
        report = PlainReporter(replay.count, "traces")
        started = time.monotonic()
        outcome = Refresh(corpus, settings, sources, lambda: sandbox, report, jobs, Budget()).run()
        seconds = time.monotonic() - started
        done = outcome.sources[0]
        one = Refreshed(state, seconds, done, _fates(corpus) if done.state == "changed" else {})
        known.append(one)
        with kept.open("ab") as file:
            file.write(msgspec.json.encode(one) + b"\n")
        _log.info("%s: %.1f s, %s", state[:12], seconds, json.dumps(outcome.as_json()["sources"][0]))
    return known


def _fates(corpus: Corpus) -> dict[str, str]:
    """Return what the last part did to earlier tasks: where each bug was and is, with the line it is in."""
    lock = corpus.lock()
    parts = corpus.parts("replayed", lock.sources.get("replayed") if lock is not None else None)
    if not parts:
        return {}
    where = {name: _line(part, decision) for part in parts for name, decision in part.decisions.items()}
    return {
        f"{name[:12]} {where[name]}": f"{fate.how} {where[fate.by] if fate.by else fate.reason}"
        for name, fate in parts[-1].record.fates.items()
    }


def _line(part: Part, decision: Decision) -> str:
    assert part.data is not None
    lines = part.data.tree(part.record.tree)[decision.path].data.decode(errors="replace").splitlines()
    return f"{decision.rule} {decision.path}:{decision.line} `{lines[decision.line - 1].strip()}`"


def _made_anew(replay: _Replay, state: str, settings: Settings, sandbox: Sandbox, jobs: int) -> float:
    """Return the seconds that it takes to make everything for a state without any lock."""
    manifest = Manifest.read(replay.manifest(state))
    table = manifest.sources[0]
    address = f"pypi:{replay.address}=={state}" if table.pypi else f"git+{table.git}@{table.ref}"
    parse(address)
    with tempfile.TemporaryDirectory() as folder:
        run_: BugRun = replace(Terms.of(manifest, 0).run(Path(folder) / "data", address, jobs))
        sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
        started = time.monotonic()
        try:
            run_bugs(run_, settings, sources, lambda: sandbox, PlainReporter(replay.count, "traces"))
        except ExhaustedError as error:
            _log.info("%s", error)
        return time.monotonic() - started
