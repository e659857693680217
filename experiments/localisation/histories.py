"""Histories: brought here once, and walked from the newest commit back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rpsdg.corpora import GitSpec, SourceError, SourceSettings, fetch, parse
from rpsdg.corpora.git_command import GitCommand, git_command
from rpsdg.mutators.scope import is_mutable
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import UsageError

from .records import Commit

__all__ = ["HISTORIES", "History", "bring", "is_test"]

HISTORIES = "RPSDG_HISTORIES"
"""The environment variable that says where histories are taken from instead of their public addresses."""

_FIX = re.compile(
    r"\b(?:fix(?:e[sd]|ing)?|bugs?|bugfix|issues?|regress\w*|crash\w*|broken|wrong\w*|incorrect\w*|correct(?:ly|s)?|"
    r"close[sd]?|resolve[sd]?|handles?|prevents?|avoids?)\b",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(^|/)(?:tests?/.*|test_[^/]*|[^/]*_tests?|tests?|testutils)\.py$")
_BRANCH = "refs/heads/history"
_FIELDS = "%x01%H%x02%P%x02%ct%x02%s"


def is_test(path: str) -> bool:
    """Say whether a file is a test, or helps tests.

    >>> [is_test(path) for path in ("tests/test_it.py", "tests/data.json", "it.py")]
    [True, False, False]
    """
    return bool(_TESTS.search(path)) and not is_mutable(path)


@dataclass(frozen=True)
class History:
    """A history on this machine."""

    url: str
    """Its public address."""
    folder: Path
    """A bare repository that holds it."""

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")

    def tree(self, commit: str) -> Tree:
        """Return the files of a commit."""
        return fetch(GitSpec(f"file://{self.folder}", "file", commit)).tree

    def time(self, commit: str) -> int:
        """Return when a commit was made, in seconds since 1970.

        Raises:
            SourceError: there is no such commit.
        """
        with git_command(60) as git:
            said = _said(git, self.folder, "show", "--no-patch", "--format=%ct", "--end-of-options", commit)
        return int(said)

    def commits(self, limit: float = 600.0) -> Iterator[Commit]:
        """Yield the steps that change the program and its tests, the newest first.

        Only the first parents are followed, so that a merged branch is one step, as its reviewers saw it.

        Args:
            limit: seconds that git may take.
        """
        with git_command(limit) as git:
            log = _said(
                git,
                self.folder,
                *("-c", "core.quotePath=false", "log", "--first-parent", "--diff-merges=first-parent"),
                *("--name-status", "--no-renames", f"--format={_FIELDS}", "--end-of-options", _BRANCH),
            )
        for entry in log.split("\x01")[1:]:
            head, _, rest = entry.partition("\n")
            commit, parents, time, subject = head.split("\x02", 3)
            changes = [line.split("\t", 1) for line in rest.splitlines() if "\t" in line]
            step = Commit(
                commit=commit,
                parent=parents.partition(" ")[0],
                time=int(time),
                program=tuple(path for _, path in changes if is_mutable(path)),
                tests=tuple(path for kind, path in changes if kind != "D" and is_test(path)),
                says_fix=bool(_FIX.search(subject)),
            )
            if step.parent and step.program and step.tests:
                yield step


def bring(
    url: str, cache: Path, template: str | None = None, settings: SourceSettings | None = None
) -> History:
    """Return a history, brought here if it is not here yet.

    Args:
        url: its public address, such as `https://github.com/pallets/click`.
        cache: where histories are kept.
        template: where it is taken from instead: `{owner}` and `{name}` in it stand for parts of the address.
        settings: how it is reached.

    Raises:
        UsageError: one of the addresses cannot be meant.
        SourceError: it cannot be had.
    """
    settings = settings or SourceSettings()
    owner, name = PurePosixPath(url.rstrip("/").removesuffix(".git")).parts[-2:]
    address = template.replace("{owner}", owner).replace("{name}", name) if template else url
    spec = parse(address)
    if not isinstance(spec, GitSpec):
        raise UsageError(
            f"`{address}` is not the address of a history", hint="Give one with https:// or file://."
        )
    folder = (cache / "histories" / f"{owner}-{name}").absolute()
    history = History(url, folder)
    if (folder / "complete").exists():
        return history
    folder.mkdir(parents=True, exist_ok=True)
    with git_command(settings.time_limit, protocols=(spec.protocol,), ca_bundle=settings.ca_bundle) as git:
        _said(git, folder, "init", "--quiet", "--bare", "--template=", ".")
        _said(git, folder, "fetch", "--quiet", "--no-tags", "--end-of-options", spec.url, f"+HEAD:{_BRANCH}")
    (folder / "complete").touch()
    return history


def _said(git: GitCommand, folder: Path, *arguments: str) -> str:
    result = git.run(folder, *arguments)
    if result.code:
        raise SourceError(f"git {arguments[0]}: {result.reason}", hint="Check the address and the network.")
    return result.output.decode("utf-8", "replace")
