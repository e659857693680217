"""Which files of a tree hold the program, and which only test, build or document it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rpsdg.sandbox.tree import Tree

__all__ = ["is_mutable", "mutable_files"]

_FOLDERS = re.compile(
    r"(^|/)(tests?|testing|docs?|examples?|benchmarks?|bench|scripts?|tools?|build|dist|site-packages|"
    r"_?vendor(ed)?|third_party|node_modules|\.[^/]+|[^/]+\.egg-info)/"
)
_FILES = re.compile(
    r"(^|/)(test_[^/]*|[^/]*_tests?|tests?|conftest|setup|noxfile|tasks|fabfile|versioneer|"
    r"_?version|__version__|__main__|__about__|conf)\.py$"
)


def is_mutable(path: str) -> bool:
    """Say whether bugs may be injected into the file at `path`.

    >>> [is_mutable(p) for p in ("toolz/itertoolz.py", "toolz/tests/test_itertoolz.py", "setup.py")]
    [True, False, False]
    """
    return path.endswith(".py") and not _FOLDERS.search(path) and not _FILES.search(path)


def mutable_files(tree: Tree) -> Iterator[str]:
    """Yield the paths of the program's own files, sorted."""
    return (p for p in sorted(tree) if is_mutable(p) and tree[p].kind != "link" and _is_utf8(p))


def _is_utf8(path: str) -> bool:
    # Traces are JSON, which cannot name other files.
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
