"""What a grader has to know of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from rpsdg.math_domains.trees import Tree

__all__ = ["Form", "Kind", "Problem"]


class Kind(Enum):
    """What kind of answer a problem has, and what its `gold` is."""

    VALUE = "value"
    """One number; `oo`, `-oo` and `undefined` among them."""
    EXPRESSION = "expression"
    """An expression in the names of the gold one."""
    SOLUTIONS = "solutions"
    """Real numbers: roots, intervals, or both. The gold is a statement about the variable, such as
    ``('or', ('=', 'x', 1), ('>', 'x', 2))``; ``('or',)`` says that none is one, ``('and',)`` that all are."""
    SYSTEM = "system"
    """Values of several unknowns: ``('and', ('=', 'x', 1), ('=', 'y', 2))``, or an `or` of several."""
    ANTIDERIVATIVE = "antiderivative"
    """Any antiderivative of the integrand; the gold is only for people."""
    EQUATION = "equation"
    """An equation of a curve; the same one, multiplied by a number, is as good."""
    LIST = "list"
    """Several values whose order counts: ``('list', 1, 2, 3)``; the name `...` stands for dots."""
    MATRIX = "matrix"
    """A matrix by rows: ``('matrix', ('row', 1, 2), ('row', 3, 4))``."""


class Form(Enum):
    """The form asked for; `forms` says how each is checked."""

    ANY = "any"
    EXPANDED = "expanded"
    FACTORED = "factored"
    SIMPLIFIED = "simplified"
    LOWEST_TERMS = "lowest terms"
    PARTIAL_FRACTIONS = "partial fractions"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, as far as its answer is concerned."""

    kind: Kind
    gold: Tree = 0
    variable: str = "x"
    """The unknown, or what is integrated by."""
    unknowns: tuple[str, ...] = ()
    """Of a system, in the order in which a tuple names them."""
    integrand: Tree | None = None
    question: Tree | None = None
    """The expression or equation as it was asked; an answer that is written the same is no answer."""
    form: Form = Form.ANY
    constant: bool = True
    """Whether an antiderivative needs its `+ C`."""
    assuming: tuple[Tree, ...] = ()
    """Conditions on the names under which the answer is claimed."""
    narrower: bool = False
    """Whether an answer may be undefined where the gold one is defined, as ln x is beside ln|x|."""
    unit: str = ""
    """The unit of the answer as it is typed, such as `cm`; other spellings after a bar: `°|degrees`."""
    unit_required: bool = False
    places: int | None = None
    """To how many decimal places the problem asks to round; None where only the exact value is right."""
    tolerance: Fraction | None = None
    """How far a value may be off; None where it may not."""
