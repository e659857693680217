"""A trace as a notebook shows it: Markdown in which nothing that a hostile source wrote is obeyed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .record import Action, Trace

__all__ = ["as_markdown"]

_LONG = 40
"""Lines of an observation that are shown; the middle of longer ones is left out."""
_TICKS = re.compile("`+")
_OPENS = re.compile(r"```[a-z]*$")
_CLOSES = re.compile(r"\s*```+\s*$")
_BRACKET = re.compile(r"[\[\]]")


def as_markdown(trace: Trace) -> str:
    """Return a trace as Markdown: its problem, its steps with what was observed, its answer.

    Tags of HTML are shown and not obeyed, no link hides behind other words, no picture is fetched, and what
    was observed or edited stands in blocks that it cannot end.
    """
    return "\n\n".join(_parts(trace))


def _parts(trace: Trace) -> Iterator[str]:
    # Of mathematics all words are our own, and its formulas need their brackets.
    is_formal = "latex" in trace.problem.state
    shown = _untagged if is_formal else _tamed
    yield f"**{_tamed(trace.domain)}** · `{trace.id[:12]}`"
    statement = trace.problem.statement
    asked = _untagged(statement) if is_formal else _tamed(statement, fences=True)
    yield "\n".join(f"> {line}" for line in asked.splitlines())
    for number, step in enumerate(trace.steps, 1):
        mark = "" if step.label == "correct" else f" — **{step.label}**"
        yield f"**{number}. {_tamed(step.rule)}**{mark}: {shown(step.explanation)}"
        for action in step.actions:
            yield _acted(action)
        if "latex" in step.after:
            yield f"$${_untagged(str(step.after['latex']))}$$"
    if "latex" in trace.answer.state:
        yield f"**Answer**: {shown(trace.answer.text)}"
    else:
        yield f"**Answer**\n\n{_block(trace.answer.text, 'diff')}"


def _untagged(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _tamed(text: str, *, fences: bool = False) -> str:
    """Return Markdown without tags and links; code stays as it is, where it is beyond doubt that it is code.

    What might be code to one reader and none to another is made none, so that all see tags where they are
    harmless.

    Args:
        text: Markdown.
        fences: whether it begins a line, so that it may have blocks of code.
    """
    parts = _told_apart(text) if fences else [(False, line) for line in text.splitlines()]
    clear = all(_is_clear(line) for is_code, line in parts if not is_code)
    return "\n".join(line if is_code else _plain(line, clear) for is_code, line in parts)


def _told_apart(text: str) -> list[tuple[bool, str]]:
    """Return the lines of a text, and whether each belongs to a block of code."""
    lines: list[tuple[bool, str]] = []
    inside = False
    for line in text.splitlines():
        if inside and _CLOSES.match(line):
            lines.append((inside, "```"))
            inside = False
        else:
            inside = inside or bool(_OPENS.match(line))
            lines.append((inside, line))
    if inside:
        lines.append((True, "```"))
    return lines


def _is_clear(line: str) -> bool:
    """Say whether nobody can mistake where code begins and ends in a line."""
    return (
        all(len(run) == 1 for run in _TICKS.findall(line)) and line.count("`") % 2 == 0 and r"\`" not in line
    )


def _plain(line: str, clear: bool) -> str:
    parts = line.split("`") if clear else [line.replace("`", r"\`")]
    safe = [
        part if number % 2 else _BRACKET.sub(r"\\\g<0>", _untagged(part)).replace("~~~", r"\~\~\~")
        for number, part in enumerate(parts)
    ]
    return "`".join(safe)


def _acted(action: Action) -> str:
    given = action.input
    match action.tool:
        case "run":
            command = shlex.join(map(str, given.get("command", [])))
            return _block(f"$ {command}\n{_middle_left_out(action.observation)}")
        case "read":
            where = f"{given.get('path')}, lines {given.get('first')} to {given.get('last')}"
            return _block(f"# {where}\n{_middle_left_out(action.observation)}", "python")
        case "edit":
            gone = [f"- {line}" for line in str(given.get("old", "")).splitlines()]
            new = [f"+ {line}" for line in str(given.get("new", "")).splitlines()]
            return _block("\n".join([f"# {given.get('path')}", *gone, *new]), "diff")


def _block(text: str, language: str = "text") -> str:
    """Return text in a block whose fence is longer than any in it."""
    longest = max((len(found) for found in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _middle_left_out(text: str) -> str:
    lines = text.rstrip().splitlines()
    if len(lines) > _LONG:
        half = _LONG // 2
        lines = [*lines[:half], f"… {len(lines) - _LONG} lines …", *lines[-half:]]
    return "\n".join(lines)
