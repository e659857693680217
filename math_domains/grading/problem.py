"""What a grader has to know of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.trees import (
    CONNECTIVES,
    RELATIONS,
    BadTreeError,
    Tree,
    first_place,
    free_names,
    names,
)
from rpsdg.math_domains.witnesses.matrices import is_matrix
from rpsdg.traces.record import State, Trace

__all__ = ["Form", "Kind", "Problem"]


class Kind(Enum):
    """What kind of answer a problem has, and what its `gold` is."""

    VALUE = "value"
    """One number; `oo`, `-oo` and `undefined` among them. The gold may be a definite integral."""
    EXPRESSION = "expression"
    """An expression in the names of the gold one, which may be a derivative: ``('diff', f, 'x')``."""
    SOLUTIONS = "solutions"
    """Real numbers: roots, intervals, or both. The gold is a statement about the variable, such as
    ``('or', ('=', 'x', 1), ('>', 'x', 2))``; ``('or',)`` says that none is one, ``('and',)`` that all are."""
    SYSTEM = "system"
    """Values of several unknowns: ``('and', ('=', 'x', 1), ('=', 'y', 2))``, or an `or` of several."""
    ANTIDERIVATIVE = "antiderivative"
    """Any antiderivative of the integrand; the gold is only for people."""
    DIFFERENTIAL = "differential equation"
    """The solutions of the differential equation that is the question, perhaps with an initial condition:
    ``('and', equation, ('=', ('fn', 'y', 0), 3))``. The gold is one way to write them."""
    EQUATION = "equation"
    """An equation of a curve; the same one, multiplied by a number, is as good."""
    LIST = "list"
    """Several values whose order counts: ``('list', 1, 2, 3)``; the name `...` stands for dots."""
    MATRIX = "matrix"
    """A matrix by rows: ``('matrix', ('row', 1, 2), ('row', 3, 4))``."""


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

    @property
    def functions(self) -> frozenset[str]:
        """Names that stand for unknown functions of the variable."""
        return frozenset({"y"} if self.kind is Kind.DIFFERENTIAL else ())

    @classmethod
    def of(cls, trace: Trace) -> Problem:
        """Return what the grader has to know of a problem that `rpsdg math` made.

        The shape of what is asked says which kind of answer there is; a tuple that answers a system names its
        unknowns in alphabetical order. The family says which form is asked for and which unit there is; where
        the family is not known neither is.

        Raises:
            BadTreeError: it is no trace of mathematics.
        """
        asked, gold = _tree(trace.problem.state), _tree(trace.answer.state)
        family = all_families().get(str(trace.provenance.source.get("family")))
        unknowns = tuple(sorted(names(asked)))
        variable = unknowns[0] if len(unknowns) == 1 else "x"
        integrand = None
        match asked:
            case _ if first_place(asked, "fn") is not None:
                kind, unknowns, variable = Kind.DIFFERENTIAL, (), "x"
            case (str(head), *_) if head in RELATIONS | CONNECTIVES:
                kind = Kind.SOLUTIONS if len(unknowns) == 1 else Kind.SYSTEM
            case ("int", integrand, variable):
                kind = Kind.ANTIDERIVATIVE
            case _ if is_matrix(asked):
                kind = Kind.MATRIX
            case _:
                kind = Kind.EXPRESSION if free_names(asked) else Kind.VALUE
        return cls(
            kind,
            gold,
            variable=variable,
            unknowns=unknowns if kind is Kind.SYSTEM else (),
            integrand=integrand,
            question=asked,
            form=Form.ANY if family is None else family.form,
            assuming=() if family is None else family.assuming,
            unit="" if family is None else family.unit,
        )


def _tree(state: State) -> Tree:
    text = state.get("sympy")
    if not isinstance(text, str):
        raise BadTreeError(f"a state of mathematics was expected, not one with {sorted(state)}")
    return read(text)
