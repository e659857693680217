"""Answers in words: that there is no solution, that every number is one, that a value is infinite or none."""

from __future__ import annotations

import re

from rpsdg.math_domains.trees import Tree

__all__ = ["said_in_words"]

_NONE: Tree = ("{}",)
_ALL: Tree = ("all",)
_SAID: dict[str, Tree] = {
    **dict.fromkeys(
        (
            "no solution", "no solutions", "no real solution", "no real solutions", "none", "no roots",
            "no real roots", "no real root", "there is no solution", "there are no solutions",
            "there is no real solution", "there are no real solutions", "the empty set", "empty set",
            "the equation has no solution", "the equation has no real solutions", "has no solution",
            "has no real solutions",
        ),
        _NONE,
    ),
    **dict.fromkeys(
        (
            "all real numbers", "all reals", "all real x", "every real number", "any real number",
            "all values", "r", "the real numbers", "the set of all real numbers", "all x", "true for all x",
        ),
        _ALL,
    ),
    **dict.fromkeys(
        (
            "does not exist", "dne", "undefined", "diverges", "divergent", "the limit does not exist",
            "the integral diverges", "it does not exist", "not defined", "is undefined", "no limit",
            "limit does not exist", "limit doesn t exist", "the limit doesn t exist", "doesn t exist",
            "there is no limit", "the limit is undefined", "it diverges", "the limit diverges",
            "no finite value", "does not converge", "the integral does not converge",
        ),
        "undefined",
    ),
    **dict.fromkeys(
        (
            "positive infinity", "plus infinity", "infinite", "the limit is infinite", "diverges to infinity",
            "it diverges to infinity", "diverges to positive infinity", "tends to infinity",
            "grows without bound",
        ),
        "oo",
    ),
    **dict.fromkeys(
        (
            "negative infinity", "minus infinity", "diverges to negative infinity",
            "diverges to minus infinity", "tends to negative infinity", "tends to minus infinity",
        ),
        ("neg", "oo"),
    ),
}  # fmt: skip
_NOT_WORDS = re.compile(r"\\(?:text|mathrm|mathbf|textbf)\b|[^a-z ]")
_FORMULA = re.compile(r"[0-9=<>+*/^]")
_LONGEST = 80


def said_in_words(text: str) -> Tree | None:
    """Return what a text in words stands for; None where it is a formula, or says something else.

    >>> said_in_words(r"\\text{No real solutions.}")
    ('{}',)
    """
    if len(text) > _LONGEST:
        return None
    said = _said(text)
    return _said(text.partition(" (")[0]) if said is None else said


def _said(text: str) -> Tree | None:
    if _FORMULA.search(text) is not None:
        return None
    return _SAID.get(" ".join(_NOT_WORDS.sub(" ", text.lower()).split()))
