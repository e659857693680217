"""Tool calls of a solution as messages, as they were made, each with what really came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rpsdg.traces.record import Trace

from .unfit import UnfitError

__all__ = ["CLOSING", "TOOLS", "Turn", "turns"]

Turn = tuple[str, str, dict[str, Any], str]
"""What is said, the tool that is called, its arguments, and what came back."""

_PATH = {"type": "string", "description": "Path of the file, relative to the project."}


def _tool(name: str, what: str, **properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": what, "parameters": parameters}}


TOOLS: list[dict[str, Any]] = [
    _tool(
        "run",
        "Run a command in the project.",
        command={"type": "array", "items": {"type": "string"}, "description": "Program and arguments."},
    ),
    _tool(
        "read",
        "Read lines of a file; they come numbered.",
        path=_PATH,
        first={"type": "integer", "description": "First line, counted from 1."},
        last={"type": "integer", "description": "Last line."},
    ),
    _tool(
        "edit",
        "Replace a text that stands exactly once in a file.",
        path=_PATH,
        old={"type": "string", "description": "The text as it stands there."},
        new={"type": "string", "description": "The text to be there instead."},
    ),
]
"""The tools of `Action`, as JSON Schema."""

CLOSING = "The cause is mended, and the tests that failed pass again."
"""What is said when the last tests have passed."""


def turns(trace: Trace) -> Iterator[Turn]:
    """Yield the tool calls of a solution; a step is explained where its first edit is made.

    Raises:
        UnfitError: there are none.
    """
    if not any(step.actions for step in trace.steps):
        raise UnfitError("no tool calls")
    for step in trace.steps:
        said = step.explanation
        for action in step.actions:
            yield (said if action.tool == "edit" else ""), action.tool, action.input, action.observation
            if action.tool == "edit":
                said = ""
