"""Problems that are not ours, rebuilt from where others pose them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from rpsdg.math_domains.grading import Kind, Problem
from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.streams import stream

__all__ = ["SOURCES", "Posed"]


@dataclass(frozen=True)
class Posed:
    """A problem as a model is asked it, and what its answer is graded by."""

    asked: str
    problem: Problem
    kind: str
    """The family, or where it comes from."""


def _linear_1d(wanted: int) -> list[Posed]:
    """Return equations as in `algebra__linear_1d` of mathematics_dataset (Saxton et al. 2019).

    The whole solution is drawn first; then terms in the unknown and numbers are split into sums and spread
    over both sides, as that module does, so that like terms are scattered: `5 = -3*r - 4*r + 19 + 7`.
    """
    rng, found = stream("linear-1d"), []
    while len(found) < wanted:
        name, root = rng.choice("abcdfghjkmnpqrstuvwxyz"), rng.randint(-12, 12)
        slope = rng.choice([number for number in range(-12, 13) if number])
        moved, offset = rng.randint(-9, 9), rng.randint(-30, 30)
        left = [*_split(rng.choice((1, 2)), slope + moved, rng, name), *_split(1, offset, rng)]
        right = [*_split(1, moved, rng, name), *_split(rng.choice((1, 2)), slope * root + offset, rng)]
        rng.shuffle(left)
        rng.shuffle(right)
        sides = [_sum(left), _sum(right)]
        rng.shuffle(sides)
        if slope + moved == 0 and not moved:
            continue
        tree = read(f"Eq({sides[0]}, {sides[1]})")
        gold = ("=", name, root)
        found.append(
            Posed(Latex()(tree), Problem(Kind.SOLUTIONS, gold, name, question=tree), "algebra__linear_1d")
        )
    return found


def _split(parts: int, total: int, rng, name: str = "") -> list[str]:
    pieces = [rng.randint(-9, 9) for _ in range(parts - 1)]
    pieces.append(total - sum(pieces))
    return [(f"{piece}*{name}" if abs(piece) != 1 else f"{'-' * (piece < 0)}{name}") if name else str(piece)
            for piece in pieces if piece]


def _sum(terms: list[str]) -> str:
    text = " + ".join(terms) or "0"
    return text.replace("+ -", "- ")
SOURCES = {"mathematics_dataset: linear_1d": _linear_1d}
