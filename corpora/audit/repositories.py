"""What a git repository in an image remembers: it must be one commit, and nothing else."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping

from .findings import Finding
from .needles import Needles

__all__ = ["hunt_repositories"]

_LOOSE = re.compile(r"objects/([0-9a-f]{2})/([0-9a-f]{38})$")
_TELLING = (
    *("logs/", "ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD", "COMMIT_EDITMSG"),
    *("packed-refs", "shallow", "modules/", "worktrees/", "rebase-", "objects/info/alternates"),
)


def hunt_repositories(files: Mapping[str, bytes], needles: Needles) -> Iterator[Finding]:
    """Yield what is wrong with the repositories among some files.

    Args:
        files: by absolute path; those of the base image left out.
        needles: what must not be there.
    """
    homes = {path[: path.index("/.git/") + 6] for path in files if "/.git/" in path}
    homes |= {path.removesuffix("HEAD") for path in files if path.endswith(".git/HEAD")}
    for home in sorted(homes):
        inside = {path.removeprefix(home): data for path, data in files.items() if path.startswith(home)}
        if home != "/testbed/.git/":
            yield Finding("git", home, "a second repository")
        yield from _hunt(home, inside, needles)


def _hunt(home: str, inside: Mapping[str, bytes], needles: Needles) -> Iterator[Finding]:
    for name in sorted(inside):
        if name.startswith(_TELLING):
            yield Finding("git", home + name, "it tells of what was there before")
        elif name.startswith("refs/") and name != "refs/heads/main":
            yield Finding("git", home + name, "another branch, tag, stash or remote")
        elif name == "config" and b"[remote" in inside[name]:
            yield Finding("git", home + name, "it names a remote")
        elif name.endswith(".pack"):
            yield Finding("git", home + name, "packed objects, which a fresh commit has none of")
        elif name.endswith(".idx"):
            yield from _packed(home + name, inside[name], needles)
    objects = {
        "".join(m.groups()): _unpacked(data) for name, data in inside.items() if (m := _LOOSE.search(name))
    }
    for name in sorted(objects.keys() & needles.blobs):
        yield Finding("git", home, f"the object {name[:12]} is a file of the right program")
    for name, data in sorted(objects.items()):
        if name not in needles.blobs and needles.copied(data):
            yield Finding("git", home, f"the object {name[:12]} holds a passage of the right program")
    commits = [name for name, data in objects.items() if data.startswith(b"commit ")]
    if len(commits) > 1:
        yield Finding("git", home, f"a history of {len(commits)} commits")
    stray = objects.keys() - _reachable(inside, objects)
    if stray:
        yield Finding("git", home, f"{len(stray)} objects that no branch leads to")


def _packed(path: str, index: bytes, needles: Needles) -> Iterator[Finding]:
    if index[:8] != b"\xfftOc\0\0\0\x02":
        return
    count = struct.unpack(">I", index[8 + 255 * 4 : 8 + 256 * 4])[0]
    start = 8 + 256 * 4
    names = {index[start + 20 * i : start + 20 * i + 20].hex() for i in range(count)}
    if names & needles.blobs:
        yield Finding("git", path, "among the packed objects is a file of the right program")


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""


def _reachable(inside: Mapping[str, bytes], objects: Mapping[str, bytes]) -> set[str]:
    waiting = [
        word.decode()
        for name, data in inside.items()
        if name == "HEAD" or name.startswith("refs/")
        for word in re.findall(rb"[0-9a-f]{40}", data)
    ]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in objects:
            continue
        seen.add(name)
        head, _, content = objects[name].partition(b"\0")
        if head.startswith(b"commit "):
            lines = content.split(b"\n\n")[0].split(b"\n")
            waiting += [line.split()[1].decode() for line in lines if line.startswith((b"tree ", b"parent "))]
        elif head.startswith(b"tree "):
            while content:
                _, _, content = content.partition(b"\0")
                waiting.append(content[:20].hex())
                content = content[20:]
    return seen
