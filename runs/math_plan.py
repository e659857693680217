"""What a run over families of mathematics is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rpsdg.math_domains.curriculum import parse_dial
from rpsdg.math_domains.registry import all_families, all_topics, no_family
from rpsdg.math_domains.splitting import Split, splits_with
from rpsdg.traces.errors import UsageError

from .version import VERSION

__all__ = ["MathPlan", "check_families", "new_plan"]


class MathPlan(msgspec.Struct, frozen=True):
    """What a run was asked for. A folder holds one plan; running it again goes on with it."""

    generator: str
    families: tuple[str, ...]
    count: int
    """Of each family."""
    level: str | None
    """A level such as `3` or `2.5`, a mixture such as `1:3,2:1`, a curriculum such as `1..5`; None for all
    levels evenly."""
    seed: int
    detail: int
    wrong_steps: float
    """The share of problems whose solution has a mistake in it."""
    split: Split | None = None
    """Only problems of this split."""


def check_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families that are meant: those named, also by their topics, once each, or all of them.

    Raises:
        UsageError: there is no such family.
    """
    known, topics = all_families(), all_topics()
    chosen: dict[str, None] = {}
    for name in names:
        if name not in known and name not in topics:
            raise UsageError(no_family(name), hint="`rpsdg math --list` lists them: " + ", ".join(known))
        chosen |= dict.fromkeys([name] if name in known else topics[name].families)
    return tuple(chosen) or tuple(known)


def new_plan(
    families: Sequence[str],
    count: int,
    level: str | None,
    seed: int,
    detail: int,
    wrong_steps: float,
    split: Split | None = None,
) -> MathPlan:
    """Return the plan for what was asked.

    Without names it has all families, but those that go whole to another split.

    Raises:
        UsageError: a family does not exist, or has nothing in the split, or the difficulty is none.
    """
    if level is not None:
        parse_dial(level, count)
    chosen = check_families(families)
    if split is not None:
        elsewhere = {name: homes for name in chosen if split not in (homes := splits_with(name))}
        if families and elsewhere:
            name, homes = next(iter(elsewhere.items()))
            raise UsageError(
                f"the family `{name}` has nothing in the split `{split}`",
                hint=f"It has so few kinds of problems that all are in `{'` and `'.join(sorted(homes))}`.",
            )
        chosen = tuple(name for name in chosen if name not in elsewhere)
    return MathPlan(VERSION, chosen, count, level, seed, detail, wrong_steps, split)
