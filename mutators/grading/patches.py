"""Reading the patches that models write: unified diffs, more or less.

Line numbers and counts of a hunk's head are only hints, as they are for `patch`: a hunk goes where its lines
are found, nearest to where it says. Fences around the diff, missing `diff --git` lines and prefixes are
taken as they come; what is still ambiguous or does not fit is an error that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rpsdg.sandbox.tree import Tree, UnsafeTreeError, check_path

__all__ = ["BadPatchError", "read_patch"]

_HEAD = re.compile(r"@@+ *-(\d{1,9})(?:,\d{1,9})? +\+\d{1,9}(?:,\d{1,9})? *@@")
_FENCE = re.compile(r"^ *```+[\w.-]* *$")
_NOWHERE = "/dev/null"
_LONGEST = 4 * 1024 * 1024


class BadPatchError(Exception):
    """A text that is no patch, or one that does not fit the program; the message says where."""


@dataclass
class _Hunk:
    near: int
    """Line of the old file where it says it begins, from 0."""
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    ended: bool | None = None
    """Whether the last line of the new file ends, where it says so."""


@dataclass
class _File:
    before: str | None
    after: str | None
    hunks: list[_Hunk] = field(default_factory=list)


def read_patch(base: Tree, patch: str) -> dict[str, bytes | None]:
    """Return the files that a patch changes, with their new content; None for one that it removes.

    Args:
        base: the program that the patch is for.
        patch: what a model wrote.

    Raises:
        BadPatchError: it is no patch, or does not fit.
    """
    if len(patch) > _LONGEST:
        raise BadPatchError(f"it is longer than {_LONGEST:,} characters")
    changed: dict[str, bytes | None] = {}
    for file in _files(patch):
        for path in {file.before, file.after} - {None}:
            try:
                check_path(str(path))
            except UnsafeTreeError as error:
                raise BadPatchError(str(error)) from error
        old = _content(base, changed, file.before)
        new = _patched(old, file)
        if file.before is not None and file.before != file.after:
            changed[file.before] = None
        if file.after is not None:
            changed[file.after] = new.encode("utf-8", "surrogateescape")
    if not changed:
        raise BadPatchError("there is no unified diff in it")
    return changed


def _content(base: Tree, changed: Mapping[str, bytes | None], path: str | None) -> str:
    if path is None:
        return ""
    data = changed[path] if path in changed else (base[path].data if path in base else None)
    if data is None or (path in base and base[path].kind == "link"):
        raise BadPatchError(f"it changes `{path}`, which is no file of the program")
    return data.decode("utf-8", "surrogateescape")


def _files(patch: str) -> Iterator[_File]:
    """Yield the files of a patch with their hunks."""
    lines = patch.replace("\r\n", "\n").split("\n")
    file: _File | None = None
    renamed: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("diff --git "):
            if file is not None:
                yield file
            file, renamed = None, []
        elif line.startswith(("rename from ", "rename to ")):
            renamed.append(_unquoted(line.split(" ", 2)[2]))
            if len(renamed) == 2:
                file = _File(renamed[0], renamed[1])
        elif line.startswith(("GIT binary patch", "Binary files ")):
            raise BadPatchError("it changes a file that is not text")
        elif line.startswith("--- ") and following.startswith("+++ "):
            if file is not None and not (file.before != file.after and not file.hunks):
                yield file
            file = _File(*_named(_name(line), _name(following)))
            number += 1
        elif _HEAD.match(line):
            if file is None:
                raise BadPatchError(f"line {number + 1}: a hunk without a file it belongs to")
            hunk, number = _hunk(lines, number)
            file.hunks.append(hunk)
            continue
        number += 1
    if file is not None:
        yield file


def _hunk(lines: Sequence[str], number: int) -> tuple[_Hunk, int]:
    """Read a hunk; returns it and the number of the line behind it."""
    head = _HEAD.match(lines[number])
    assert head is not None
    hunk = _Hunk(max(0, int(head[1]) - 1))
    number += 1
    while number < len(lines):
        line = lines[number]
        starts = line.startswith("--- ") and number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
        if line.startswith("diff --git ") or starts or _HEAD.match(line) or _FENCE.match(line):
            break
        if line.startswith("\\"):
            hunk.ended = lines[number - 1].startswith("-")  # then it is the old file's that has none
        elif line.startswith("-"):
            hunk.old.append(line[1:])
        elif line.startswith("+"):
            hunk.new.append(line[1:])
        elif line.startswith(" ") or not line:
            # Editors and models strip the blank of an empty line of context.
            hunk.old.append(line[1:])
            hunk.new.append(line[1:])
        else:
            break
        number += 1
    # Empty lines behind the last hunk of a text are the text's.
    while hunk.old and hunk.new and hunk.old[-1] == hunk.new[-1] == "" and not lines[number - 1]:
        hunk.old.pop()
        hunk.new.pop()
        number -= 1
    if hunk.old == hunk.new:
        raise BadPatchError("a hunk changes nothing")
    return hunk, max(number, 1)


def _patched(old: str, file: _File) -> str:
    lines = old.split("\n")
    ended = lines[-1] == ""
    if ended:
        lines.pop()
    ending = "\r" if lines and sum(line.endswith("\r") for line in lines) > len(lines) / 2 else ""
    least, moved = 0, 0
    for hunk in file.hunks:
        wanted = (
            [line + ending if not line.endswith(ending) else line for line in hunk.old]
            if ending
            else hunk.old
        )
        added = (
            [line + ending if not line.endswith(ending) else line for line in hunk.new]
            if ending
            else hunk.new
        )
        place = _place(lines, wanted, hunk.near + moved, least, file)
        lines[place : place + len(wanted)] = added
        moved = place - hunk.near + len(added) - len(wanted)
        least = place + len(added)
        if hunk.ended is not None and least == len(lines):
            ended = hunk.ended
    return "\n".join(lines) + ("\n" if lines and (ended or not old) else "")


def _place(lines: Sequence[str], wanted: Sequence[str], near: int, least: int, file: _File) -> int:
    """Return where a hunk's lines are found, nearest to where they should be."""
    if not wanted:
        return min(max(near + 1 if lines else 0, least), len(lines))
    most = len(lines) - len(wanted)
    for place in sorted(range(least, most + 1), key=lambda place: abs(place - near)):
        if lines[place] == wanted[0] and list(lines[place : place + len(wanted)]) == list(wanted):
            return place
    shown = next((line.strip() for line in wanted if line.strip()), "")
    raise BadPatchError(
        f"`{file.before}` does not hold the lines of the hunk at line {near + 1}: `{shown[:100]}` …"
    )


def _named(before: str, after: str) -> tuple[str | None, str | None]:
    """Return the two paths without the prefixes that git gives them."""
    strip = all(
        path == _NOWHERE or path.startswith(prefix) for path, prefix in ((before, "a/"), (after, "b/"))
    )

    def path(name: str) -> str | None:
        if name == _NOWHERE:
            return None
        return name[2:] if strip else name

    return path(before), path(after)


def _name(line: str) -> str:
    return _unquoted(re.split(r"\t", line[4:].rstrip(), maxsplit=1)[0])


def _unquoted(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name.startswith('"') and name.endswith('"') else name
