"""The grader: finds the answer in a text, reads it, compares it, and looks at its form."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rpsdg.math_domains.canonical import canonical_form
from rpsdg.math_domains.trees import Tree, names

from .antiderivatives import is_antiderivative
from .curves import compare_curves
from .differential import compare_solutions
from .equality import compare
from .finding import candidates
from .forms import has_form
from .functions import with_indices
from .limits import Reason, RefusedError, Work
from .matrices import compare_matrices
from .numbers import same_items, same_number
from .parser import Reading, parse
from .problem import Kind, Problem
from .sayings import said_in_words
from .statements import compare_sets
from .systems import compare_systems
from .tokens import END, Token, tokenize
from .units import without_unit

__all__ = ["Grade", "grade", "score"]

_RIGHT_SIDES = frozenset({Kind.VALUE, Kind.EXPRESSION, Kind.ANTIDERIVATIVE, Kind.LIST, Kind.MATRIX})
"""Kinds of answers that may have a name and an equals sign in front."""
_LISTED = frozenset({Kind.SOLUTIONS, Kind.SYSTEM, Kind.LIST, Kind.MATRIX})
"""Kinds in which a comma between digits parts two numbers, unless that makes the answer wrong."""
_THOUSANDS = re.compile(r"[0-9],[0-9]{3}")
_UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of an answer."""

    right: bool
    reason: Reason
    read: str
    """The formula in the text that was taken for the answer."""
    tree: Tree | None
    """What it says; None where it could not be read."""
    work: int
    """Units of work that grading it took."""


def score(problem: Problem, answer: str) -> float:
    """Return 1.0 for a right answer and 0.0 for any other text; never raises for what the text is."""
    return 1.0 if grade(problem, answer).right else 0.0


def grade(problem: Problem, answer: str) -> Grade:
    """Grade the answer in a text.

    Args:
        problem: what was asked.
        answer: what was answered, plain text or LaTeX, with anything around it.
    """
    work = Work()
    refused: tuple[Reason, str] | None = None
    for formula in candidates(answer, sides=problem.kind in _RIGHT_SIDES):
        try:
            reading, unit = _read(problem, formula, work, thousands=problem.kind not in _LISTED)
            reason = _judged(problem, reading, work)
            if reason is not Reason.EQUAL and problem.kind in _LISTED and _THOUSANDS.search(formula):
                reading, unit = _read(problem, formula, work, thousands=True)
                reason = _judged(problem, reading, work)
        except RefusedError as error:
            # Prose around an answer cannot be read; the first candidate that can be is the answer.
            if error.reason in {Reason.UNREADABLE, Reason.RESTATED}:
                refused = refused or (error.reason, formula)
                continue
            return Grade(False, error.reason, formula, None, work.done)
        if reason is Reason.EQUAL and problem.unit_required and not unit:
            reason = Reason.UNIT
        return Grade(reason is Reason.EQUAL, reason, formula, reading.tree, work.done)
    reason, formula = refused or (Reason.UNREADABLE, "")
    return Grade(False, reason, formula, None, work.done)


def _read(problem: Problem, formula: str, work: Work, *, thousands: bool) -> tuple[Reading, bool]:
    said = said_in_words(formula)
    if said is not None:
        return Reading(said, None), False
    unit = False
    if problem.unit:
        formula, unit = without_unit(formula, problem.unit)
    if problem.functions:
        formula = with_indices(formula)
    tokens = tokenize(formula, _names(problem), work, thousands=thousands)
    if problem.kind in _RIGHT_SIDES:
        tokens = _last_side(tokens, rounded=problem.places is not None)
    return parse(tokens, work, functions=problem.functions), unit


def _names(problem: Problem) -> Collection[str]:
    known = {problem.variable, *problem.unknowns}
    for tree in (problem.gold, problem.integrand):
        if tree is not None:
            known |= names(tree)
    return known


def _last_side(tokens: list[Token], *, rounded: bool) -> list[Token]:
    """Return what stands after the last `=` or `⇒` outside brackets; `≈` counts before rounded values."""
    depth, start, end = 0, 0, len(tokens)
    for place, token in enumerate(tokens):
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth -= 1
        elif depth == 0:
            if token == ("relation", "=") or token.kind == "then":
                start, end = place + 1, len(tokens)
            elif token.kind == "about":
                if rounded or place == start:
                    start = place + 1
                elif end == len(tokens):
                    end = place
    return tokens[start:] if end == len(tokens) else [*tokens[start:end], END]


def _judged(problem: Problem, reading: Reading, work: Work) -> Reason:
    tree, places = reading
    match problem.kind:
        case Kind.VALUE | Kind.EXPRESSION:
            return _expression(problem, tree, places, work)
        case Kind.ANTIDERIVATIVE:
            return is_antiderivative(problem, tree, work)
        case Kind.SOLUTIONS:
            return compare_sets(problem, tree, places, work)
        case Kind.SYSTEM:
            return compare_systems(problem, tree, places, work)
        case Kind.DIFFERENTIAL:
            return compare_solutions(problem, tree, work)
        case Kind.EQUATION:
            return compare_curves(problem, tree, work)
        case Kind.LIST:
            return same_items(problem, _items(problem.gold), _items(tree), places, work)
        case Kind.MATRIX:
            return compare_matrices(problem, tree, places, work)


def _expression(problem: Problem, answer: Tree, places: int | None, work: Work) -> Reason:
    gold = problem.gold
    if _UNDEFINED in (gold, answer):
        return Reason.EQUAL if gold == answer else Reason.DIFFERENT
    if problem.kind is Kind.VALUE:
        reason = same_number(problem, gold, answer, places, work)
    else:
        reason = compare(gold, answer, work, assuming=problem.assuming, narrower=problem.narrower)
    if reason is not Reason.EQUAL:
        return reason
    if problem.question is not None and _is_again(problem.question, answer, gold):
        return Reason.RESTATED
    return Reason.EQUAL if has_form(problem.form, answer, gold, work) else Reason.FORM


def _is_again(question: Tree, answer: Tree, gold: Tree) -> bool:
    """Whether an answer is the question, written the same but for the order of terms and factors."""
    asked = canonical_form(question)
    return canonical_form(answer) == asked != canonical_form(gold)


def _items(tree: Tree) -> tuple[Tree, ...]:
    return tree[1:] if type(tree) is tuple and tree[0] in {"list", "()", "[]", "{}"} else (tree,)
