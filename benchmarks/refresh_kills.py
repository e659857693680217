"""Does a refresh that is killed again and again end with the ids of one that was left alone?

A scratch repository gets a few commits. After each, refreshes are killed at random moments, with all their
processes and by a signal that nothing can catch, until one comes to its end; then the corpus is put back to
what it was before, and killed again. `ours` is how many of the traces of an undisturbed corpus there are in
the end, `peer` how many there should be; nothing may be there twice, and manifest, lock and data must agree.

    python -m benchmarks refresh_kills [--kills N] [--seed N]
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.manifest import Manifest
from rpsdg.runs.refreshing.checking import disagreements
from rpsdg.runs.refreshing.corpus import Corpus
from rpsdg.runs.version import VERSION
from rpsdg.traces.errors import ExitCode

from .figure import Figure, compare

__all__ = ["command", "run"]

KILLS = 100
_log = logging.getLogger(__name__)
_SHOP = """\
def total(prices, discount=0):
    if discount < 0:
        raise ValueError("a discount is not negative")
    return sum(prices) - discount


def cheapest(prices):
    if not prices:
        return None
    return min(prices)
"""
_NAMES = """\
def initials(names):
    return [name[0].upper() for name in names if name]


def longest(names, least=1):
    found = [name for name in names if len(name) >= least]
    return max(found, key=len) if found else ""
"""
_TESTS = """\
import pytest
from names import initials, longest
from shop import cheapest, total


def test_shop():
    assert total([1, 2]) == 3
    assert total([10], 4) == 6
    assert cheapest([3, 1]) == 1
    assert cheapest([]) is None


def test_negative():
    with pytest.raises(ValueError):
        total([1], -1)


def test_names():
    assert initials(["ann", "", "bob"]) == ["A", "B"]
    assert longest(["a", "abc"]) == "abc"
    assert longest(["a"], 2) == ""
"""
_COMMITS: tuple[dict[str, str], ...] = (
    {"shop.py": _SHOP, "names.py": _NAMES, "test_all.py": _TESTS},
    {
        "shop.py": _SHOP.replace(
            "return sum(prices) - discount", "sum_ = sum(prices)\n    return sum_ - discount"
        )
    },
    {"names.py": "\n".join(_NAMES.partition("\n\n\n")[::-2]) + "\n"},
    {"shop.py": _SHOP.replace("if not prices", "if len(prices) == 0")},
)


def run(quick: bool) -> Iterator[Figure]:
    """Kill a hundred times, or four."""
    yield from _killed(4 if quick else KILLS, seed=0)


def command(arguments: Sequence[str]) -> int:
    """Kill as often as asked; exit status 1 if anything is otherwise than it would have been."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks refresh_kills", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help=f"({KILLS})")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the moments (0)")
    options = parser.parse_args(arguments)
    wrong = 0.0
    for figure in _killed(options.kills, options.seed):
        print(msgspec.json.encode(figure).decode())
        wrong += abs(figure.peer - figure.ours)
    return ExitCode.FALSE_CLAIM if wrong else ExitCode.OK


class _Home:
    """A repository and a corpus that is made of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repository = folder, folder / "repository"
        self.repository.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.manifest = folder / "corpus.toml"
        self.manifest.write_text(
            f'[[source]]\nname = "shop"\ngit = "file://{self.repository}"\nref = "main"\ncount = 8\n'
            'walks = 1\nseed = 5\nmix = "uniform"\n\n'
            '[[mathematics]]\nfamilies = ["linear-equation"]\ncount = 20\n'
        )

    def git(self, *arguments: str) -> None:
        # The same commits in every home, so that the same is made of them.
        moment = {"GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z"}
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        whole = ["git", *who, "-C", str(self.repository), *arguments]
        subprocess.run(whole, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **moment})

    def commit(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            (self.repository / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "next")

    def refresh(self, killed_after: float | None = None) -> int | None:
        """Return the exit status; None if it was killed."""
        command = [sys.executable, "-m", "rpsdg.cli", "refresh", str(self.manifest), "--sandbox", "local"]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            try:
                return process.wait(killed_after)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        return None

    def ids(self) -> list[str]:
        return [trace.id for trace in Dataset(self.folder / "data").traces()]


def _killed(kills: int, seed: int) -> Iterator[Figure]:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as temporary:
        left_alone, disturbed = (_Home(Path(temporary) / name) for name in ("left-alone", "disturbed"))
        before = Path(temporary) / "before"
        done = 0
        for number, files in enumerate(_COMMITS, 1):
            for home in (left_alone, disturbed):
                home.commit(files)
            started = time.monotonic()
            left_alone.refresh()
            takes = time.monotonic() - started
            shutil.copytree(disturbed.folder, before)
            ours = theirs = 0
            wrong: list[str] = []
            while done < kills * number // len(_COMMITS) or not theirs:
                shutil.rmtree(disturbed.folder)
                shutil.copytree(before, disturbed.folder)
                while disturbed.refresh(rng.uniform(0.02, 1.0) * takes) is None:
                    done += 1
                found, wanted = Counter(disturbed.ids()), Counter(left_alone.ids())
                ours += (found & wanted).total() - (found - wanted).total()
                theirs += wanted.total()
                wrong += disagreements(Corpus(Manifest.read(disturbed.manifest)))
            shutil.rmtree(before)
            for line in wrong:
                _log.warning("%s", line)
            yield compare(
                f"after commit {number}, {done} kills by now",
                ours - len(wrong),
                theirs,
                unit="traces",
                better="more",
                versions={"rpsdg": VERSION},
            )
