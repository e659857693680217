"""Sentences with formulas in them: `{far}` becomes a formula, `{_far}` the same for use inside one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter

from .latex import Latex
from .trees import Tree

__all__ = ["filled", "names_in"]


def filled(wording: str, words: Mapping[str, str], meant: Callable[[str], Tree], latex: Latex) -> str:
    """Put words and formulas in their places; formulas are printed when they are named.

    Args:
        wording: with names in braces; braces of LaTeX are doubled.
        words: by the names that stand for them.
        meant: returns what every other name stands for.
        latex: prints it.
    """
    first, parts = _parsed(wording)
    text = first
    for name, bare, within, literal in parts:
        if name in words:
            text += words[name] + literal
            continue
        tree = meant(bare)
        text += f"{latex(tree)}{literal}" if within else f"${latex(tree)}${literal}"
    return text


@cache
def names_in(wording: str) -> frozenset[str]:
    """Return what a wording names, however it does.

    >>> sorted(names_in("A car at {u} m/s brakes by ${_a}$ m/s²."))
    ['a', 'u']
    """
    return frozenset(bare for _, bare, _, _ in _parsed(wording)[1])


@cache
def _parsed(wording: str) -> tuple[str, tuple[tuple[str, str, bool, str], ...]]:
    """Return what stands before the first name in braces, and all names with what follows each of them.

    With each name comes what it names, and whether that is for use inside a formula.
    """
    literals, named = [""], []
    for literal, name, _, _ in Formatter().parse(wording):  # doubled braces are cut there, too
        literals[-1] += literal
        if name is not None:
            named.append(name)
            literals.append("")
    parts = [
        (name, name.removeprefix("_"), name.startswith("_"), literal)
        for name, literal in zip(named, literals[1:], strict=True)
    ]
    return literals[0], tuple(parts)
