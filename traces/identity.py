"""What makes two traces the same trace, and what makes two traces say the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .record import State, Step, Trace

__all__ = ["canonical", "content_hash", "digest", "mask", "seal", "trace_id"]

# What honest runs differ in, behind texts of which one has to be there: looking for those is quick, and
# mostly none is there. Order matters: a temporary path may hold an address.
_MASKS: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("0x",), re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0xADDRESS"),
    # pytest shortens long values in the middle, also in the middle of an address: `<gen...7f0134c40140>`.
    (("...",), re.compile(r"\.\.\.(?:0?x)?[0-9a-f]{4,}(?=>)"), "...ADDRESS"),
    (
        ("/tmp", "/var/"),
        re.compile(r"(?<![\w/])(?:/var/folders/\S+?|/tmp|/var/tmp)/[^\s'\":,)\]]+"),
        "/tmp/PATH",
    ),
    # The interpreter's own sources move between patch releases: `re/_parser.py:861:`, `line 861, in`.
    (
        ("/lib/python3.",),
        re.compile(r"(/lib/python3\.\d+/(?!site-packages)[^\s:\"]+:)\d+"),
        r"\1LINE",
    ),
    (
        ("/lib/python3.",),
        re.compile(r"(/lib/python3\.\d+/(?!site-packages)[^\s:\"]+\", line )\d+"),
        r"\1LINE",
    ),
    (
        ("s",),
        re.compile(r"\b\d+(?:\.\d+)?(?:e-?\d+)? ?(?:s|ms|µs|us|seconds?)\b(?: \(\d+:\d\d:\d\d\))?"),
        "DURATION",
    ),
    # The closing list of a test run repeats the reasons given above it, cut to the width of the line.
    (("FAILED", "ERROR"), re.compile(r"^((?:FAILED|ERROR) \S.*?) - .*$", re.MULTILINE), r"\1"),
)
_WORDS = re.compile(r"\w+|[^\w\s]")
_SORTED = msgspec.json.Encoder(order="sorted")
_EXTRA_ITEMS = re.compile(r"^(?:E\s+)?Extra items in the (?:left|right) set:$")


def canonical(value: Any) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no spaces, UTF-8."""
    return _SORTED.encode(value)


def digest(value: Any) -> str:
    """Return the sha256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def trace_id(domain: str, solved: State, moves: Sequence[tuple[str, dict[str, Any]]], style: str) -> str:
    """Return the id of a trace.

    Args:
        domain: the domain's name.
        solved: the solved state the walk started from.
        moves: rule id and aim of each move, in the order in which they led away from `solved`.
        style: name of the statement style.
    """
    return digest({"domain": domain, "solved": solved, "moves": moves, "style": style})


def mask(text: str) -> str:
    """Replace what differs between honest runs of the same thing: addresses, durations, temporary paths.

    The order in which a set shows its items depends on addresses, too (before Python 3.12 even `hash(None)`
    does), so lines that show one are compared as bags of words.

    >>> mask("<Foo at 0x7f3a5c0d1e80> in /tmp/pytest-of-me/x.txt, 1 failed in 0.12s")
    '<Foo at 0xADDRESS> in /tmp/PATH, 1 failed in DURATION'
    >>> mask("assert {None, 2} == x") == mask("assert {2, None} == x")
    True
    """
    for signs, pattern, name in _MASKS:
        if any(map(text.__contains__, signs)):
            text = pattern.sub(name, text)
    lines = text.split("\n")
    return "\n".join(_without_set_order(lines) if "Extra items in the " in text else map(_as_bag, lines))


def _without_set_order(lines: list[str]) -> Iterator[str]:
    items: list[str] | None = None  # those listed below "Extra items in the left set:"
    for line in lines:
        is_header = _EXTRA_ITEMS.match(line.strip()) is not None
        if items is not None and (is_header or "Use -v" in line or not line.strip("E \t")):
            yield from sorted(items)
            items = None
        if is_header:
            yield line
            items = []
        elif items is not None:
            items.append(line)
        else:
            yield _as_bag(line)
    yield from sorted(items or ())


def _as_bag(line: str) -> str:
    """Return a line that may show a set as its words, sorted; any other as it is."""
    return " ".join(sorted(_WORDS.findall(line))) if "{" in line else line


def content_hash(trace: Trace) -> str:
    """Return the sha256 of everything a trace says, its own hash left out.

    Observations and the statement made from them are masked; states, edits and ids count to the byte.
    """
    return _content_hash(trace, trace.id)


def _content_hash(trace: Trace, trace_id: str) -> str:
    content = {field: getattr(trace, field) for field in _CONTENT}
    content["id"] = trace_id
    content["problem"] = msgspec.structs.replace(trace.problem, statement=mask(trace.problem.statement))
    if any(step.actions for step in trace.steps):
        content["steps"] = [_masked(step) for step in trace.steps]
    return digest(content)


_CONTENT = tuple(field for field in Trace.__struct_fields__ if field != "content_hash")


def _masked(step: Step) -> Step:
    actions = [
        msgspec.structs.replace(action, observation=mask(action.observation)) for action in step.actions
    ]
    return msgspec.structs.replace(step, actions=tuple(actions))


def seal(trace: Trace) -> Trace:
    """Return the trace with its `id` and `content_hash` filled in from what it says."""
    moves = [(step.rule, step.aim) for step in reversed(trace.steps)]
    named = trace_id(trace.domain, trace.answer.state, moves, trace.problem.style)
    return msgspec.structs.replace(trace, id=named, content_hash=_content_hash(trace, named))
