"""Globs over the paths of a tree, such as `src/**` and `**/vendored/*.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rpsdg.traces.errors import UsageError

__all__ = ["check_glob", "matches_any"]


def matches_any(path: str, globs: Iterable[str]) -> bool:
    """Say whether a path fits one of some globs, as a whole.

    `*` and `?` stand for characters of one name, `**` for any number of folders, and behind the last `/` for
    everything below.

    >>> [matches_any(p, ["src/**"]) for p in ("src/a.py", "src/b/c.py", "lib/src/a.py")]
    [True, True, False]
    """
    return any(_pattern(glob).fullmatch(path) for glob in globs)


def check_glob(glob: str) -> None:
    """Refuse what matches no path of a tree.

    Raises:
        UsageError: it is empty, begins at the root of the machine, or leaves the tree.
    """
    if not glob or glob.startswith("/") or ".." in glob.split("/") or "\\" in glob:
        raise UsageError(
            f"a glob such as `src/**` was expected, not `{glob}`",
            hint="Globs are relative to the root of the source, with `/` between folders.",
        )


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    words = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts), re.DOTALL)
