"""Reading a written solution: its lines, and the states that each of them leads through."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from rpsdg.math_domains.trees import Tree

from .finding import bare
from .functions import with_indices
from .layout import lines, without_alignment, without_row_space
from .limits import LONGEST_FORMULA, LONGEST_TEXT, RefusedError, Work
from .parser import parse
from .sayings import said_in_words
from .tokens import END, Token, tokenize
from .units import without_unit

__all__ = ["Line", "lines_of"]

_NUMBERED = re.compile(r"\A[ \t]{0,8}(?:(?:Step )?[0-9]{1,2}[.):]|[-*•])[ \t]")
_DISPLAYED = re.compile(r"\$([^$]{1,1200})\$")


class Line(NamedTuple):
    """What one line says."""

    number: int
    """Counted from 0, empty lines too."""
    text: str
    states: tuple[Tree, ...]
    """One after another; none where it is no formula, such as a sentence."""


def lines_of(
    text: str,
    names: Collection[str],
    work: Work,
    *,
    sides: bool,
    functions: Collection[str] = (),
    unit: str = "",
) -> Iterator[Line]:
    """Yield the lines of a written solution, but for empty ones.

    Args:
        text: one formula or relation a line, prose between them.
        names: those that the problem uses.
        work: pays for it.
        sides: an equals sign parts two states, as it does between expressions; otherwise only an arrow does.
        functions: names that stand for unknown functions of x.
        unit: what may stand behind a number at the end of a line; spellings with a bar between them.
    """
    breaks = r"\\" if sides else " , "
    for number, line in lines(without_row_space(text[:LONGEST_TEXT])):
        unnumbered = _NUMBERED.sub("", line, count=1).rstrip().removesuffix(r"\\")
        formula = bare(without_alignment(unnumbered, breaks=breaks))
        if not formula:
            continue
        plain = without_unit(formula, unit)[0] if unit else formula
        found = _read(plain, names, work, sides, functions)
        if found is None and (displayed := _DISPLAYED.findall(line)):
            found = _read(displayed[-1], names, work, sides, functions)
        yield Line(number, formula, tuple(found or ()))


def _read(
    formula: str, names: Collection[str], work: Work, sides: bool, functions: Collection[str]
) -> list[Tree] | None:
    """Return the states of a formula; None where it is none."""
    if len(formula) > LONGEST_FORMULA:
        return None
    if (said := said_in_words(formula)) is not None:
        return [said]
    if functions:
        formula = with_indices(formula)
    try:
        tokens = tokenize(formula, names, work, thousands=sides)
        parts = _parts(tokens, sides=sides)
        return [parse([*part, END], work, unfinished=True, functions=functions).tree for part in parts]
    except RefusedError:
        return None


def _parts(tokens: list[Token], *, sides: bool) -> Iterator[list[Token]]:
    depth = 0
    part: list[Token] = []
    for token in tokens[:-1]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and (token.kind == "then" or (sides and token == ("relation", "="))):
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
