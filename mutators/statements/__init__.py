"""What a solver is told: the symptoms of a real failing run, never the edit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Move

from .facts import Differing, Facts, gather, telling_tests
from .leaking import leaks
from .needed import Needed, needed_names, unnamed
from .styles import styles
from .writing import LEVELS, Level, Style, listed
from .writing import Writer as _Writer
from .writing import code as _code

__all__ = [
    "LEVELS",
    "PLAINEST",
    "REWRITTEN",
    "Checked",
    "Differing",
    "Facts",
    "Level",
    "Needed",
    "Statement",
    "Style",
    "checked",
    "choose",
    "gather",
    "leaks",
    "named",
    "needed_names",
    "styles",
    "telling_tests",
    "unnamed",
    "write",
]

PLAINEST: tuple[str, Level] = ("vague-symptom", "low")
"""The style that is left when all others give something away: it quotes nothing."""

REWRITTEN = "+rewritten"
"""What the name of a style ends in when the words are a language model's."""


@dataclass(frozen=True)
class Statement:
    """A task in words."""

    text: str
    """Markdown; ends with a line feed."""
    style: str
    level: Level
    rewritten: bool = False
    """Whether a language model wrote it anew."""

    @property
    def name(self) -> str:
        """Style and level as traces have them: `failing-call/high`, `failing-call/high+rewritten`."""
        return f"{self.style}/{self.level}{REWRITTEN if self.rewritten else ''}"


@dataclass(frozen=True)
class Checked:
    """A statement that may be handed out, and what was wrong with those tried before it."""

    statement: Statement
    refused: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Names of styles with their levels, and why each was not taken."""


def named(name: str) -> tuple[str, Level]:
    """Return style and level of a name such as `failing-call/high`; whether it was rewritten is left out.

    Raises:
        LookupError: there is no such style or level.
    """
    style, _, rest = name.removesuffix(REWRITTEN).partition("/")
    level = next((known for known in LEVELS if known == rest), None)
    if style not in styles() or level is None:
        raise LookupError(f"no statement style is called `{name}`")
    return style, level


def choose(seed: int, index: int) -> tuple[str, Level]:
    """Return style and level of a candidate: among consecutive candidates every pair comes equally often.

    Args:
        seed: of the run.
        index: the candidate's place in the order that the seed gives.
    """
    pairs: list[tuple[str, Level]] = [(style, level) for style in styles() for level in LEVELS]
    turn, place = divmod(index, len(pairs))
    Random(f"statements {seed} {turn}").shuffle(pairs)
    return pairs[place]


def write(facts: Facts, style: str, level: Level, seed: str) -> Statement:
    """Write a statement: the same text for the same arguments, the same mask for an honest repetition.

    Args:
        facts: what there is to tell.
        style: name of a style that suits the facts.
        level: how much to tell.
        seed: chooses between phrases; the digest of what identifies the problem.

    Raises:
        LookupError: there is no such style, or it does not suit the facts.
    """
    kind = styles()[style]
    if not kind.suits(facts):
        raise LookupError(f"the facts hold nothing that `{style}` could tell")
    writer = _Writer(facts, seed, f"{style}/{level}")
    blocks = [block for block in kind.blocks(writer, level) if block]
    missing = set(unnamed("\n\n".join(blocks), facts.needed))
    shown = sorted({one.shown for one in facts.needed if one.name in missing})
    if shown:
        parts = listed([_code(one) for one in shown])
        told = writer.pick(
            f"The tests expect {parts}.", f"The tests use {parts} by name.", f"The tests rely on {parts}."
        )
        blocks.insert(max(1, len(blocks) - 1), told)  # the task stays at the end
    return Statement("\n\n".join(blocks) + "\n", style, level)


def checked(
    facts: Facts,
    style: str,
    level: Level,
    seed: str,
    *,
    moves: Sequence[Move[Tree]],
    buggy: Tree,
    fixed: Tree,
) -> Checked:
    """Write a statement that gives nothing away: in the style wanted, or in the nearest that will do.

    Args:
        facts, style, level, seed: as for `write`.
        moves: those that made the bug.
        buggy, fixed: the program with and without it.
    """
    refused: list[tuple[str, tuple[str, ...]]] = []
    for name, depth in _attempts(style, level, seed):
        if not styles()[name].suits(facts):
            refused.append((f"{name}/{depth}", ("it has nothing to tell here",)))
            continue
        statement = write(facts, name, depth, seed)
        found = leaks(statement.text, moves, buggy, fixed, facts.needed)
        if not found:
            return Checked(statement, tuple(refused))
        refused.append((statement.name, tuple(found)))
    return Checked(write(facts, *PLAINEST, seed), tuple(refused))


def _attempts(style: str, level: Level, seed: str) -> list[tuple[str, Level]]:
    """Return what is tried in turn: the style, the style with less, others as they are, others with less."""
    depths = [*LEVELS[: LEVELS.index(level) + 1]][::-1]
    others = sorted(
        set(styles()) - {style}, key=lambda name: hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    )
    return [(style, depth) for depth in depths] + [(name, depth) for depth in depths for name in others]
