"""Requirement lines: in `requirements*.txt` and its many relatives, in tox and in nox."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from packaging.requirements import InvalidRequirement, Requirement

from ..tree import Tree
from .files import text
from .reading import Purpose, Reading, Wanted, purpose_of

__all__ = ["read_lines", "read_requirement_files"]

_STEM = re.compile(
    r"(?:(?:tests?|testing|requirements?|reqs)/)?(?:requirements?|reqs)?[-_./]?(?P<name>[\w-]*?)[-_.]?"
    r"(?:requirements?|reqs)?\.(?:txt|in|pip)"
)
_ITSELF = re.compile(r"(?:-e\s*|--editable[=\s]\s*)?\.(?:/)?\s*(?P<extras>\[[\w\s,.-]*\])?")
_FILE = re.compile(r"(?:-r|--requirements?|-c|--constraints?)(?:\s*=\s*|\s*)(?P<path>.+)")
_OPTION_AT_END = re.compile(r"\s--(?:hash|config-settings|global-option|install-option)\b.*$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_DEEPEST = 8


def read_requirement_files(tree: Tree) -> Reading:
    """Read the requirement files at the root, in `requirements/` and beside the tests.

    A file named for tests or development serves them; a plain `requirements.txt` is for running the program,
    beside the tests for the tests.
    """
    wanted: list[Wanted] = []
    unread: list[str] = []
    for path in sorted(tree):
        folder, _, name = path.rpartition("/")
        found = _STEM.fullmatch(path)
        if found is None or not re.search(r"req", path, re.IGNORECASE):
            continue
        if folder in {"test", "tests", "testing"}:
            purpose: Purpose = "test"
        elif found["name"] or re.fullmatch(r"requirements?|reqs", name.rpartition(".")[0]):
            purpose = purpose_of(found["name"]) if found["name"] else "runtime"
        else:
            continue
        if path.endswith(".in") and f"{path[:-3]}.txt" in tree:
            continue  # the other one is what was compiled from it
        if "constraint" in name:
            continue  # counts where it is named
        reading = read_lines(tree, (text(tree, path) or "").splitlines(), path, purpose, folder=folder)
        wanted += reading.wanted
        unread += reading.unread
    return Reading(wanted=tuple(wanted), unread=tuple(unread))


def read_lines(
    tree: Tree, lines: Iterable[str], origin: str, purpose: Purpose, *, folder: str = "", depth: int = 0
) -> Reading:
    """Read requirement lines; `-r` and `-c` are followed inside the tree, relative to `folder`."""
    wanted: list[Wanted] = []
    unread: list[str] = []
    for line in _joined(lines):
        itself, file = _ITSELF.fullmatch(line), _FILE.fullmatch(line)
        if itself is not None:
            wanted.append(Wanted(f".{itself['extras'] or ''}", origin, purpose))
        elif file is not None:
            path = posixpath.normpath(posixpath.join(folder, file["path"].strip().strip("'\"")))
            content = text(tree, path)
            if content is None or depth >= _DEEPEST:
                unread.append(f"{origin}: `{line}` names no file of the tree")
                continue
            nested = read_lines(
                tree,
                content.splitlines(),
                f"{origin} > {path}",
                "constraint" if line.startswith(("-c", "--c")) else purpose,
                folder=posixpath.dirname(path),
                depth=depth + 1,
            )
            wanted += nested.wanted
            unread += nested.unread
        else:
            plain = _OPTION_AT_END.sub("", line)
            try:
                requirement = Requirement(plain)
            except InvalidRequirement:
                unread.append(f"{origin}: `{line[:200]}` is no requirement on a package index")
                continue
            if requirement.url is not None:
                unread.append(f"{origin}: `{line[:200]}` is not taken from a package index")
            else:
                wanted.append(Wanted(plain, origin, purpose))
    return Reading(wanted=tuple(dict.fromkeys(wanted)), unread=tuple(dict.fromkeys(unread)))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    whole = ""
    for line in lines:
        whole += _COMMENT.sub("", line).strip()
        if whole.endswith("\\"):
            whole = whole[:-1].rstrip() + " "
            continue
        if whole.strip():
            yield whole.strip()
        whole = ""
    if whole.strip():
        yield whole.strip()
