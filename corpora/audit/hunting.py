"""One file of an image at a time: is it, or does it hold, what gives the answer away?"""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress

from .findings import Finding
from .needles import Needles

__all__ = ["holds_in_base", "hunt"]

_CACHES = re.compile(
    r"/(\.cache/(pip|uv|pypoetry|pdm|hatch)|pip-cache|uv-cache|\.(pytest|mypy|ruff)_cache|\.hypothesis|\.tox|\.nox)/"
)
_LEFTOVERS = re.compile(
    r"(~|\.sw[a-p]|\.orig|\.rej|\.bak|\.old|\.save)$|/(#[^/]+#|\.#[^/]+|\.bash_history|\.python_history|\.viminfo"
    r"|\.coverage(\.[^/]+)?)$|/(\.idea|\.history|\.vscode-server)/"
)
_ANSWERS = re.compile(r"^/(solution|tests)/")
_ARCHIVES = (".whl", ".zip", ".egg", ".pyz", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_DOCUMENTS = re.compile(
    r"\.(md|rst|txt|html?|ipynb|adoc|tex|json|ya?ml|toml|cfg|ini|patch|diff|log|csv|xml)$|/[^./]+$"
)
_MOST = 64 * 1024 * 1024
_MEMBERS = 20_000
_HOME = "/testbed/"


def hunt(path: str, data: bytes, needles: Needles) -> Iterator[Finding]:
    """Yield what is wrong with a file.

    Args:
        path: absolute, in the image.
        data: its content.
        needles: what must not be there.
    """
    at_home = path.startswith(_HOME)
    handed_out = at_home and path.removeprefix(_HOME) in needles.buggy
    if not handed_out:
        yield from _misplaced(path, at_home=at_home)
    if path.endswith((".pyc", ".pyo")):
        named = any(module.encode() in data for module in needles.modules)
        if named or any(f"{m.rpartition('/')[2][:-3]}." in path for m in needles.modules if at_home):
            yield Finding("byte-code", path, "byte code of a module that the answer changes")
        return
    if not at_home and any(path.endswith(module) for module in needles.modules):
        yield Finding("copy", path, "a module that the answer changes, installed besides")
    yield from _content(path, data, needles, quotes=_may_quote(path, at_home=at_home))
    if path.endswith(_ARCHIVES) and len(data) <= _MOST:
        for name, member in _members(data):
            yield from _content(f"{path}!{name}", member, needles, quotes=True)


def holds_in_base(finding: Finding) -> bool:
    """Say whether what was found in a file is wrong in a base image, too."""
    listed = ".dist-info/" in finding.where and finding.kind in {"quote", "digest"}
    return listed or finding.kind in {"copy", "byte-code"}


def _misplaced(path: str, *, at_home: bool) -> Iterator[Finding]:
    if _CACHES.search(path):
        yield Finding("cache", path, "a cache that building or testing left")
    elif _ANSWERS.match(path):
        yield Finding("image", path, "a file of the judge's or of the solution's")
    elif _LEFTOVERS.search(path):
        yield Finding("leftover", path, "a file that an editor or a tool left")
    elif at_home and not path.startswith(f"{_HOME}.git/"):
        yield Finding("leftover", path, "a file that is not part of the program that is handed out")


def _may_quote(path: str, *, at_home: bool) -> bool:
    if "/site-packages/" in path:
        return ".dist-info/" in path
    return not at_home or bool(_DOCUMENTS.search(path.lower())) or bool(_LEFTOVERS.search(path))


def _content(path: str, data: bytes, needles: Needles, *, quotes: bool) -> Iterator[Finding]:
    if needles.right(data):
        yield Finding("copy", path, "the right version of a file, byte for byte")
    elif needles.copied(data):
        yield Finding("copy", path, "a passage of the right program")
    elif quotes and (line := needles.quoted(data)) is not None:
        yield Finding("quote", path, f"it quotes a line of the fix: `{line.decode('utf-8', 'replace')}`")
    if quotes and any(digest in data for digest in needles.digests):
        yield Finding(
            "digest", path, "a digest of the right file, by which edits can be tried until one fits"
        )


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive, as far as it can be read."""
    with suppress(Exception):  # whatever a broken archive raises: then nobody else reads it either
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for info in archive.infolist()[:_MEMBERS]:
                    if not info.is_dir() and info.file_size <= _MOST:
                        yield info.filename, archive.read(info)
            return
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                if member.isreg() and member.size <= _MOST and (file := tar.extractfile(member)):
                    yield member.name, file.read()
