"""How an answer to a code problem is written, and read again.

Three styles: whole files, a unified diff, search-and-replace blocks. In each, reading an answer and
applying it to the program it was written for gives exactly the program that was meant, whatever stands in
the files: fences and markers are as long as it takes, and what cannot be written as text is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from rpsdg.mutators.diffs import apply_diff, ends_alike, make_diff
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError

from .unfit import UnfitError

__all__ = ["INSTRUCTIONS", "USUAL", "AnswerError", "Style", "apply_answer", "file_block", "write_answer"]

Style = Literal["whole-file", "diff", "search-replace"]
"""How an answer to a code problem is written: whole files, a unified diff, or search-and-replace blocks."""
USUAL: Style = "search-replace"
"""The style where none is asked for."""

INSTRUCTIONS: dict[Style, str] = {
    "whole-file": (
        "Answer with the complete new content of every file that you change: a line `File: PATH`, and then "
        "the content in a fenced block."
    ),
    "diff": "Answer with a unified diff, as `git diff` writes it, in a fenced block.",
    "search-replace": (
        "Answer with search-and-replace blocks: a line `File: PATH`, a line `<<<<<<< SEARCH`, the lines to "
        "be replaced, which must stand exactly once in the file, a line `=======`, the new lines, and a "
        "line `>>>>>>> REPLACE`."
    ),
}
"""What a prompt asks for."""

_NO_END = "\\ No newline at end of file"
_FENCE = re.compile(r"(`{3,})\w*")
_SEARCH = re.compile(r"(<{7,}) SEARCH")


class AnswerError(RpsdgError):
    """An answer that cannot be read in its style, or does not fit the program; the message says where."""

    code = ExitCode.DATA


def write_answer(style: Style, before: Tree, after: Tree) -> str:
    """Return what leads from one program to another.

    Raises:
        UnfitError: what differs is not text, or is more than the content of files.
    """
    if before.keys() != after.keys():
        raise UnfitError("files that are added or removed")
    paths = before.changed(after)
    if style == "diff":
        return _fenced("diff", make_diff(before, after))
    if style == "whole-file":
        return "\n".join(file_block(path, after) for path in paths)
    return "\n".join(
        _header(path) + "".join(_blocks(_text(before, path), _text(after, path))) for path in paths
    )


def file_block(path: str, tree: Tree) -> str:
    """Return a file with its path in front.

    Raises:
        UnfitError: it is not text.
    """
    text = _text(tree, path)
    note = "" if text.endswith("\n") or not text else f"\n{_NO_END}"
    language = "python" if path.endswith((".py", ".pyi")) else "text"
    return f"{_header(path)}{_fenced(language, text)}{note}\n"


def apply_answer(style: Style, before: Tree, answer: str) -> Tree:
    """Return a program with an answer applied; text around the blocks is passed over.

    Raises:
        AnswerError: there is no block, or one cannot be read or does not fit.
        DiffError: the diff does not fit.
    """
    lines = answer.split("\n")
    if style == "diff":
        return apply_diff(before, _first_diff(lines))
    after = before
    for path, block in _files(lines):
        if path not in before or before[path].kind == "link":
            raise AnswerError(f"the answer changes `{path}`, which is not a file of the program")
        text = _whole(block) if style == "whole-file" else _replaced(path, _text(after, path), block)
        after = after.replace(path, text.encode())
    if after is before:
        raise AnswerError(f"the answer holds no block in the style {style}", hint=INSTRUCTIONS[style])
    return after


# --- writing


def _text(tree: Tree, path: str) -> str:
    entry = tree[path]
    if entry.kind == "link":
        raise UnfitError("links that change")
    try:
        return entry.data.decode()
    except UnicodeDecodeError as error:
        raise UnfitError("text that is not UTF-8") from error


def _header(path: str) -> str:
    plain = path.isprintable() and path == path.strip() and not path.startswith('"')
    return f"File: {path if plain else json.dumps(path)}\n"


def _fenced(language: str, text: str) -> str:
    """Return text in a fence that is longer than any in it; a line feed at its end is the fence's own."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{fence}"


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _blocks(before: str, after: str) -> Iterator[str]:
    """Yield one block for each change, each with as many lines around it as make its place plain."""
    now, new, off = _lines(before), _lines(after), 0
    for i1, i2, j1, j2 in _changes(now, new):
        first, last = i1 + off, i2 + off
        start, end = first, last
        text = "".join(now)
        while not _stands_once(text, "".join(now[start:end])) and (start > 0 or end < len(now)):
            start, end = max(0, start - 1), min(len(now), end + 1)
        search, replace = now[start:end], [*now[start:first], *new[j1:j2], *now[last:end]]
        yield _block("".join(search), "".join(replace))
        now[start:end] = replace
        off += (j2 - j1) - (i2 - i1)


def _changes(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int, int]]:
    head, tail = ends_alike(one, other)
    middle = SequenceMatcher(None, one[head : len(one) - tail], other[head : len(other) - tail])
    return [
        (i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in middle.get_opcodes()
        if tag != "equal"
    ]


def _stands_once(text: str, part: str) -> bool:
    if not part:
        return not text
    place = text.find(part)
    return place >= 0 and text.find(part, place + 1) < 0


def _block(search: str, replace: str) -> str:
    runs = [len(run) for run in re.findall(r"^(?:<+|=+|>+)", f"{search}\n{replace}", re.MULTILINE)]
    size = max(7, 1 + max((run for run in runs if run >= 7), default=0))
    ends = {"search": search, "replace": replace}
    open_ended = [name for name, text in ends.items() if text and not text.endswith("\n")]
    note = f"{_NO_END}: {', '.join(open_ended)}\n" if open_ended else ""
    one, other = (text if text.endswith("\n") or not text else f"{text}\n" for text in ends.values())
    return f"{'<' * size} SEARCH\n{one}{'=' * size}\n{other}{'>' * size} REPLACE\n{note}"


# --- reading


def _first_diff(lines: Sequence[str]) -> str:
    for number, line in enumerate(lines):
        found = _FENCE.fullmatch(line)
        if found is not None and line.endswith("diff"):
            return "".join(f"{inside}\n" for inside in _until(lines, number + 1, found[1]))
    raise AnswerError("the answer holds no fenced diff", hint=INSTRUCTIONS["diff"])


def _files(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each path, and the lines behind it to the end; the next one is looked for behind its blocks."""
    number = 0
    while number < len(lines):
        line, number = lines[number], number + 1
        if not line.startswith("File: "):
            continue
        block = list(_blocks_in(lines, number))
        if block:
            yield _path(line.removeprefix("File: ")), block
            number += len(block)


def _blocks_in(lines: Sequence[str], start: int) -> Iterable[str]:
    """Return the lines of the blocks that follow a path without a gap."""
    number = start
    while number < len(lines):
        fence, search = _FENCE.fullmatch(lines[number]), _SEARCH.fullmatch(lines[number])
        if fence is not None:
            number += len(_until(lines, number + 1, fence[1])) + 2
        elif search is not None:
            middle = len(_until(lines, number + 1, "=" * len(search[1]))) + number + 1
            number = middle + len(_until(lines, middle + 1, ">" * len(search[1]) + " REPLACE")) + 2
        else:
            break
        if number < len(lines) and lines[number].startswith(_NO_END):
            number += 1
        if fence is not None:
            break
    return lines[start:number]


def _until(lines: Sequence[str], start: int, end: str) -> Sequence[str]:
    for number in range(start, len(lines)):
        if lines[number] == end:
            return lines[start:number]
    raise AnswerError(f"line {start} of the answer opens a block that no line `{end}` closes")


def _path(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError as error:
        raise AnswerError(f"the path {text} cannot be read: {error}") from error


def _whole(block: list[str]) -> str:
    open_ended = block[-1] == _NO_END
    text = "".join(f"{line}\n" for line in block[1 : -2 if open_ended else -1])
    return text[:-1] if open_ended else text


def _replaced(path: str, text: str, block: list[str]) -> str:
    number = 0
    while number < len(block):
        found = _SEARCH.fullmatch(block[number])
        if found is None:
            raise AnswerError(f"a search-and-replace block of `{path}` was expected, not `{block[number]}`")
        size = len(found[1])
        search = _until(block, number + 1, "=" * size)
        number += len(search) + 2
        replace = _until(block, number, ">" * size + " REPLACE")
        number += len(replace) + 1
        note = ""
        if number < len(block) and block[number].startswith(_NO_END):
            note, number = block[number], number + 1
        old, new = (
            "".join(f"{line}\n" for line in part)[: -1 if name in note else None]
            for name, part in (("search", search), ("replace", replace))
        )
        if not _stands_once(text, old):
            raise AnswerError(f"the lines to be replaced do not stand exactly once in `{path}`")
        text = text.replace(old, new, 1) if old else new
    return text
