"""The families: what kinds of changes mend programs, and so what kinds of mutators there are."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Family"]


class Family(StrEnum):
    """A kind of change, whichever of the two versions has the bug."""

    BRANCHES = "branches"
    """A guard, an `if`, `elif`, `else` or `case`, code put under an `if`, a ternary, a fallback with `or`."""
    CLAUSES = "clauses"
    """A part of a condition joined by `and` or `or`, its connective, or the filter of a comprehension."""
    CONDITIONS = "conditions"
    """A comparison, a negation, a check for a type or for None, or what a condition asks as a whole."""
    ARGUMENTS = "arguments"
    """An argument or parameter: whether it is there, its place, its name, its default."""
    NAMES = "names"
    """Another variable, operand, or key that is a variable."""
    MEMBERS = "members"
    """Another attribute, method, function or receiver."""
    CALLS = "calls"
    """A call, method call, attribute access, subscript or copy around a value, or a conversion of it."""
    ELEMENTS = "elements"
    """Entries of a list, tuple, set or dict."""
    LITERALS = "literals"
    """A constant, a bound of a slice, an off-by-one, or text in an f-string."""
    RETURNS = "returns"
    """A `return` or `yield`: whether it is there, where, and of what."""
    EXCEPTIONS = "exceptions"
    """What is raised and from what, what is caught, and `try` itself."""
    STATEMENTS = "statements"
    """An assignment, a call on a line of its own, `del`, `break`: whether it is there, and where."""
    OPERATORS = "operators"
    """An operator of arithmetic, a sign, the order of operands."""
    CONTEXTS = "contexts"
    """`with`, `async` and `await`."""
    DEFINITIONS = "definitions"
    """A function, class, decorator, base, class attribute or import."""
    REWRITES = "rewrites"
    """Several places, several files, or code that was written anew."""
