"""The task in words: the wordings of a family that fit a problem, with its quantities in their places."""

from __future__ import annotations

from collections.abc import Mapping

from rpsdg.traces.errors import ExitCode, RpsdgError

from .family import Family
from .latex import Latex
from .text import plain
from .trees import Tree
from .wording import filled, names_in

__all__ = ["UnaskedError", "answer_text", "statement", "wordings"]


class UnaskedError(RpsdgError):
    """A family has no words for one of its problems: a fault of the family."""

    code = ExitCode.INTERNAL


def wordings(family: Family, told: Mapping[str, Tree]) -> list[str]:
    """Return the wordings that name all that is told of a problem and nothing else.

    Raises:
        UnaskedError: there is none.
    """
    fitting = [ask for ask in family.asks if names_in(ask) == told.keys()]
    if not fitting:
        raise UnaskedError(
            f"the family {family.name} has no wording in `asks` that names exactly {', '.join(sorted(told))}"
        )
    return fitting


def statement(wording: str, told: Mapping[str, Tree], latex: Latex) -> str:
    """Return the task in words, with what is told in its places."""
    return filled(wording, {}, told.__getitem__, latex)


def answer_text(family: Family, answer: Tree) -> str:
    """Return an answer as one would type it, with its unit if the family has one."""
    unit = family.unit.partition("|")[0]
    return f"{plain(answer)} {unit}" if unit else plain(answer)
