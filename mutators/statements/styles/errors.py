"""An error message, with or without the way it took."""

from __future__ import annotations

from rpsdg.mutators.statements.facts import Facts
from rpsdg.mutators.statements.writing import Level, Style, Writer, code, cut, fenced

__all__ = ["ExceptionOnly", "TracebackOnly"]


class TracebackOnly(Style):
    """Tracebacks without line numbers, and hardly a word."""

    @classmethod
    def suits(cls, facts: Facts) -> bool:
        return bool(facts.frames)

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        node = next(node for node in w.told if node in w.facts.frames)
        if level == "low":
            frame = w.facts.frames[node][0]
            place = f'File "{frame.path}", in {frame.function}'
            error = w.facts.problem(node).type or "Error"
            shown = f"Traceback (most recent call last):\n  {place}\n  …\n{error}"
            return [
                w.pick(f"From {w.project}:", f"{w.project} ends like this:"),
                fenced(shown),
                w.short_goal(),
            ]
        if level == "medium":
            return [f"{w.project}:", w.traceback(node, messages=False), w.short_goal()]
        found = [w.traceback(node) for node in w.told]
        return [f"{w.project}, {code(w.facts.command)}:", *found, w.rest(), w.short_goal()]


class ExceptionOnly(Style):
    """The last line of the traceback."""

    @classmethod
    def suits(cls, facts: Facts) -> bool:
        return all(facts.problem(node).message for node in facts.told)

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        if level == "low":
            kind = code(w.problem.type or "AssertionError")
            said = w.pick(
                f"Running {w.project} ends in {kind}.", f"{kind} in {w.project}.", f"{w.project}: {kind}"
            )
            return [said, w.short_goal()]
        if level == "medium":
            lead = w.pick(f"{w.project} gives", f"What {w.project} ends with:", f"From {w.project}:")
            return [lead, fenced(cut(w.problem.headline)), w.short_goal()]
        blocks = [f"{w.project}:"]
        for node in w.told:
            blocks += [f"{code(node)}", w.said(node)]
        return [*blocks, w.rest(), w.short_goal()]
