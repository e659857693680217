"""What every style is, and the phrases that styles share."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal

from rpsdg.traces.identity import mask
from rpsdg.traces.kernel import rule_id

from .facts import Differing, Facts, Problem, Result

__all__ = ["LEVELS", "Level", "Style", "Writer", "code", "fenced", "listed"]

Level = Literal["low", "medium", "high"]
"""How much is told. `low`: the symptom; `medium`: also which behaviour, test or input shows it; `high`: also
what came and what should have come, and the failing tests by name."""
LEVELS: tuple[Level, ...] = ("low", "medium", "high")

_WIDTH = 300
_LINES = 12


class Style(ABC):
    """A way of telling a solver what is wrong. The class name in kebab-case is the style's name."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = rule_id(cls)

    @classmethod
    def suits(cls, facts: Facts) -> bool:  # noqa: ARG003 - for styles that are choosy
        """Say whether the facts hold what this style tells."""
        return True

    @classmethod
    @abstractmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        """Return the statement in Markdown, block by block; empty ones are left out.

        Whatever comes from the program or its tests stands in code: the check for leaks counts on it.
        """


class Writer:
    """The facts of one statement in words. Which of several phrases is taken depends on the seed alone."""

    def __init__(self, facts: Facts, seed: str, style: str) -> None:
        """Prepare to write.

        Args:
            facts: what there is to tell.
            seed: whatever identifies the problem, such as the digest of its moves.
            style: name of the style that writes.
        """
        self.facts = facts
        self.project = facts.project
        self.example: Differing | None = facts.differing[0] if facts.differing else None
        self.first = self.example.node if self.example else facts.told[0]
        self.told = (self.first, *(node for node in facts.told if node != self.first))
        self.problem: Problem = facts.problem(self.first)
        self._seed = f"{seed}\0{style}\0"

    def pick(self, *phrases: str) -> str:
        """Return one of several phrases."""
        # Masked, so that the choice is the same one where an address or the order of a set is not.
        key = (self._seed + mask("\0".join(phrases))).encode("utf-8", "surrogateescape")
        return phrases[int.from_bytes(hashlib.sha256(key).digest()[:8]) % len(phrases)]

    # --- words

    @property
    def test(self) -> str:
        """The most telling test's own name."""
        return code(self.first.rpartition("::")[2] or self.first)

    @property
    def failing(self) -> str:
        """How many tests fail, such as `3 tests`."""
        return count(len(self.facts.failing), "test")

    @property
    def total(self) -> str:
        """How many tests there are."""
        return count(self.facts.steady, "test")

    def fails(self, one: str = "fails", more: str = "fail") -> str:
        """Return `1 test fails` or `3 tests fail`."""
        return f"{self.failing} {one if len(self.facts.failing) == 1 else more}"

    def symptom(self) -> str:
        """What a user notices, with no detail, as the end of a sentence about something."""
        example = self.example
        if self.problem.kind == "broken":
            return self.pick(
                "cannot be loaded any more", "does not even load", "fails as soon as it is imported"
            )
        if example and example.expected.ended == "raised" and example.got.ended != "raised":
            return self.pick("lets through what it should refuse", "accepts input that it should reject")
        if self.problem.kind == "silent":
            return self.pick(
                "stays silent where it should complain", "does not report an error where it should"
            )
        if example and example.expected.ended == example.got.ended == "raised":
            return self.pick("ends in another error than it should", "reports the wrong error")
        if (example.got.ended == "raised") if example else (self.problem.kind == "raises"):
            return self.pick(
                "stops with an error where it should work",
                "raises an exception on input that is perfectly fine",
                "fails with an exception that should not be there",
            )
        return self.pick(
            "gives a wrong result",
            "does not return what it should",
            "comes to a different result than it should",
            "no longer gives the right answer",
        )

    def area(self) -> str:
        """Which part of the program it is about, for `medium`: what the tests use, or the test itself."""
        if self.example:
            return code(self.example.name)
        if self.facts.public:
            return code(self.facts.public[0])
        return f"what {self.test} tests"

    def call(self, one: Differing, *, where: bool = True) -> str:
        """A call, and the test whose names it uses."""
        of = code(one.node.rpartition("::")[2])
        return code(one.call) + ("" if one.complete or not where else f" (in {of})")

    def input(self) -> str:
        """A sentence on what shows the symptom, for `medium`."""
        if self.example:
            return self.pick(
                f"One call that shows it: {self.call(self.example)}.",
                f"It can be seen with {self.call(self.example)}.",
                f"For instance, {self.call(self.example)} goes wrong.",
                f"{self.call(self.example)} is one case where it happens.",
            )
        return self.pick(
            f"It can be seen in {code(self.first)}.",
            f"{code(self.first)} shows it.",
            f"The test {code(self.first)} runs into it.",
        )

    def contrast(self, example: Differing | None = None) -> str:
        """A sentence on what came and what should have come; `` where no call shows it."""
        one = example or self.example
        if one is None:
            return ""
        if one.expected.ended != "raised" and one.got.ended != "raised":
            verb, value = _came(one.got)
            wanted = code(one.expected.value)
            return self.pick(
                f"{self.call(one)} {verb}s {value}; it should {verb} {wanted}.",
                f"{self.call(one)} {verb}s {value}, but {wanted} is right.",
                f"I get {value} from {self.call(one)} and expect {wanted}.",
                f"{self.call(one)} should {verb} {wanted}. It {verb}s {value}.",
            )
        return f"{self.call(one)} {actual(one.got)}; it should {wanted_of(one.expected)}."

    def wrong(self) -> str:
        """What came and what should have come, for `high`: as calls, or as the test has it."""
        return self.contrast() or self.complaint()

    def complaint(self, node: str = "") -> str:
        """A sentence that quotes what a failing test says."""
        node = node or self.first
        said = cut(self.facts.problem(node).headline) or "it could not be run"
        return self.pick(
            f"{code(node)} fails with {code(said)}.",
            f"{code(node)} ends in {code(said)}.",
            f"What {code(node)} says is {code(said)}.",
        )

    # --- blocks

    def goal(self) -> str:
        """What must hold in the end."""
        return self.pick(
            f"The tests are right; the fault is in the program. All {self.total} that belong to a working "
            f"{self.project} must pass.",
            f"Please mend the program, not the tests. In the end all {self.total} must pass.",
            f"Find the cause and fix it. It is fixed when all {self.total} pass again.",
            f"The fix belongs into the code, not into the tests: all {self.total} have to pass afterwards.",
            f"Done means: the cause is removed and all {self.total} pass, with the tests left as they are.",
        )

    def short_goal(self) -> str:
        """The same in a few words."""
        return self.pick(
            f"Fix the program so that all {self.total} pass.",
            f"All {self.total} should pass; the tests are not to blame.",
            f"Please fix the cause. All {self.total} should be green.",
            f"Goal: all {self.total} green, no test touched.",
        )

    def command(self) -> str:
        """The command that shows it, in a block of its own."""
        return fenced(self.facts.command, "sh")

    def bullets(self) -> str:
        """The told tests, one a line."""
        return "\n".join(f"- {code(node)}" for node in self.told)

    def rest(self) -> str:
        """A sentence on the failing tests that are not told; `` if there are none."""
        others = len(self.facts.failing) - len(self.facts.told)
        if not others:
            return ""
        paths = sorted({n.split("::")[0] for n in self.facts.failing if n not in self.facts.told})
        where = ", ".join(code(path) for path in paths[:3]) + (" and elsewhere" if len(paths) > 3 else "")
        return f"{others} more {'test fails' if others == 1 else 'tests fail'}, in {where}."

    def details(self) -> list[str]:
        """Every told test with all that it says."""
        found = []
        for node in self.told:
            found += [f"- {code(node)}", quoted(self.facts.problem(node).message, 6)]
        return [*found, self.rest()]

    def said(self, node: str = "") -> str:
        """What a failing test says, in a block of its own."""
        return fenced("\n".join(_cut_lines(self.facts.problem(node or self.first).message)))

    def traceback(self, node: str, *, messages: bool = True) -> str:
        """A test's traceback as Python prints it, without line numbers; `` if there is none."""
        frames = self.facts.frames.get(node, ())
        if not frames:
            return ""
        lines = ["Traceback (most recent call last):"]
        for frame in frames:
            lines.append(f'  File "{frame.path}", in {frame.function}')
            if frame.source:
                lines.append(f"    {frame.source}")
        problem = self.facts.problem(node)
        lines.append("\n".join(_cut_lines(problem.message)) if messages else problem.type or "Error")
        return fenced("\n".join(lines))


def actual(result: Result) -> str:
    """Return what a call does, such as ``returns `1` ``."""
    if result.ended == "raised":
        return f"raises {code(result.value.removesuffix(': '))}"
    verb, value = _came(result)
    return f"{verb}s {value}"


def wanted_of(result: Result) -> str:
    """Return what a call should do, behind `should`. What an error says is for the program to know."""
    if result.ended == "raised":
        return f"raise {code(result.type)}"
    verb, value = _came(result)
    return "work without an error" if result.value == "None" else f"{verb} {value}"


def _came(result: Result) -> tuple[str, str]:
    return ("yield" if result.ended == "yielded" else "return"), code(result.value)


def count(number: int, noun: str) -> str:
    """Return a number and a noun: `1 test`, `3 tests`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def code(text: str) -> str:
    """Return text as a span of code on one line.

    >>> code("a `b`")
    '`` a `b` ``'
    """
    line = " ".join(text.split()) or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def fenced(text: str, language: str = "text") -> str:
    """Return text as a block of code."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def quoted(text: str, indent: int) -> str:
    """Return text as an indented block of code."""
    return "\n".join(
        f"{' ' * indent}{line}".rstrip() for line in _cut_lines(text or "The test could not be run.")
    )


def cut(line: str, width: int = _WIDTH) -> str:
    """Return a line, shortened unless that would show another part of it each time.

    What `mask` hides moves around: the items of a set, the digits of an address.
    """
    return line if len(line) <= width or mask(line) != line else f"{line[: width - 1]}…"


def _cut_lines(text: str) -> list[str]:
    lines = [cut(line).rstrip() for line in text.strip().splitlines()]
    steady = mask(text) == text
    return [*lines[:_LINES], "…"] if len(lines) > _LINES and steady else lines
