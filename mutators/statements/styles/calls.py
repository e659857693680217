"""What a call or a condition should have come to, and did not."""

from __future__ import annotations

from rpsdg.mutators.statements.facts import Facts
from rpsdg.mutators.statements.writing import Level, Style, Writer, actual, code, fenced, wanted_of

__all__ = ["FailingCall", "PropertyViolated"]


class FailingCall(Style):
    """A call, what comes of it, and what should."""

    @classmethod
    def suits(cls, facts: Facts) -> bool:
        return bool(facts.differing)

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        one = w.example
        assert one is not None
        head = w.pick(
            f"# {code(one.name)} goes wrong in {w.project}",
            f"# Wrong behaviour of {code(one.name)}",
            f"# {w.project}: a problem with {code(one.name)}",
        )
        if level == "low":
            return [head, f"{code(one.name)} {w.symptom()}.", w.goal()]
        if level == "medium":
            lead = w.pick(
                f"{w.call(one)} {w.symptom()}.",
                f"With the present code, {w.call(one)} {w.symptom()}.",
                f"Try {w.call(one)}: it {w.symptom()}.",
            )
            return [head, lead, w.goal()]
        others = [w.contrast(other) for other in w.facts.differing[1:]]
        also = w.pick("Also:", "The same cause, it seems:", "Other calls that go wrong:")
        return [
            head,
            fenced(one.snippet, "python"),
            w.pick("Got and expected:", "What comes and what should come:", "The difference:"),
            f"- {w.pick('got', 'now', 'actual')}: it {actual(one.got)}\n"
            f"- {w.pick('expected', 'wanted', 'right')}: it should {wanted_of(one.expected)}",
            "\n".join([also, "", *(f"- {other}" for other in others)]) if others else "",
            w.pick("Failing tests:", "It comes up in these tests:", "The tests notice:"),
            w.bullets(),
            w.rest(),
            w.goal(),
        ]


class PropertyViolated(Style):
    """A condition that should hold and does not."""

    @classmethod
    def suits(cls, facts: Facts) -> bool:
        return bool(facts.asserted)

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        node = next(n for n in w.told if n in w.facts.asserted)
        condition = w.facts.asserted[node]
        head = w.pick(
            f"# A property of {w.project} does not hold",
            f"# {w.project} violates one of its properties",
            f"# An invariant of {w.project} is broken",
        )
        if level == "low":
            return [
                head,
                f"Something that should always be true is not: {w.project} {w.symptom()}.",
                w.goal(),
            ]
        holds = w.pick(
            "This should hold and does not:",
            "The following ought to be true, and is false:",
            "Expected to be true:",
            "A condition that must hold, and is violated:",
        )
        shown = fenced(condition, "python")
        if level == "medium":
            return [head, holds, shown, w.goal()]
        values = w.contrast() or w.pick("What was found instead:", "With the values filled in:")
        return [
            head,
            holds,
            shown,
            f"It is checked in {code(node)}.",
            values,
            w.said(node),
            w.rest(),
            w.goal(),
        ]
