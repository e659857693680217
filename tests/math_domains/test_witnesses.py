"""The witnesses: what they confirm is so, and what is wrong they refute."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import rpsdg.math_domains.witnesses
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.sympy_bridge import to_sympy
from rpsdg.math_domains.trees import Tree
from rpsdg.math_domains.witnesses import Finding, Holds, Notes, judge_tape

from .written import RATIONAL


def judged(*states: str, assuming: tuple[str, ...] = ()) -> list[Finding]:
    return judge_tape([read(s) for s in states], assuming=[read(s) for s in assuming])


TRUE = [
    ("Eq(Abs(x - 4), 2*x + 1)", "Eq(x, 1)", "exact"),
    ("Lt(-2*x, 6)", "Gt(x, -3)", "exact"),
    ("Gt(x**2, 2)", "Gt(x**4, 4)", "exact"),
    ("Ge((x - 1)/(x + 2), 0)", "Or(Lt(x, -2), Ge(x, 1))", "exact"),
    ("Lt(Abs(2*x - 1), 5)", "And(Gt(x, -2), Lt(x, 3))", "exact"),
    ("And(Eq(x + y, 5), Eq(x - y, 1))", "And(Eq(x, 3), Eq(2*y, 4))", "exact"),
    ("And(Eq(x + y, 5), Eq(x + y, 1))", "And(Eq(x, 3), Eq(x, 2*y - 2*y))", "exact"),
    ("And(Eq(x*y, 6), Eq(x - y, 1))", "Or(And(Eq(x, 3), Eq(y, 2)), And(Eq(x, -2), Eq(y, -3)))", "exact"),
    ("And(Eq(x**2 + y**2, 4), Eq(y, x))", "And(Eq(2*x**2, 4), Eq(y, x))", "enclosure"),
    ("Determinant(Matrix([[1, 2], [3, x]]))", "x - 6", "exact"),
    ("Inverse(Matrix([[2, 1], [5, 3]]))", "Matrix([[3, -1], [-5, 2]])", "exact"),
    ("Matrix([[1, 1], [0, 1]])**3", "Matrix([[1, 3], [0, 1]])", "exact"),
    ("Sum(3*k + 2, (k, 1, 20))", "670", "exact"),
    ("Sum(2**k, (k, 0, 9))", "1023", "exact"),
    ("Sum(k, (k, 5, 4))", "0", "exact"),
    ("Eq(3*x + 7, 19)", "Eq(3*x, 12)", "exact"),
    ("Eq(x**2 - 5*x + 6, 0)", "Or(Eq(x - 2, 0), Eq(x - 3, 0))", "exact"),
    ("Eq((x - 2)**2, 5)", "Or(Eq(x - 2, sqrt(5)), Eq(x - 2, -sqrt(5)))", "enclosure"),
    ("Eq(x**2, -4)", "Or()", "exact"),
    ("Eq((x**2 - 1)/(x - 1), 2)", "Or()", "exact"),
    ("Eq(x**3 - x**2 + x - 1, 0)", "Eq(x, 1)", "exact"),
    ("(x + 1)*(y - 2)", "x*y - 2*x + y - 2", "exact"),
    ("sin(x)**2 + cos(x)**2", "1", "enclosure"),
    ("log(exp(x))", "x", "enclosure"),
    ("log(x*(x + 1))", "log(x*(x + 1))", "enclosure"),
    ("Integral(x*exp(x), x)", "x*exp(x) - Integral(exp(x), x)", "enclosure"),
    ("Integral(1/x, x)", "log(Abs(x)) + C", "enclosure"),
    ("Integral(2*x*cos(x**2), x)", "Subs(Integral(cos(u), u), u, x**2)", "enclosure"),
    ("2*Integral(x, x)", "x**2 + C", "enclosure"),
    ("Integral(sqrt(x), (x, 0, 4))", "16/3", "enclosure"),
    ("Integral(2*x*cos(x**2), (x, 0, 2))", "Integral(cos(u), (u, 0, 4))", "enclosure"),
    ("Integral(1/(x**2 + 1), (x, 0, 1))", "Subs(atan(x), x, 1) - Subs(atan(x), x, 0)", "enclosure"),
    ("Derivative(x*sin(x), x)", "sin(x) + x*Derivative(sin(x), x)", "enclosure"),
    ("Derivative(x**x, x)", "x**x*(log(x) + 1)", "enclosure"),
    ("Derivative(7, x)", "0", "enclosure"),
    ("Integral(x**x*(log(x) + 1), x)", "x**x + C", "enclosure"),
    ("Limit(sin(3*x)/x, x, 0, '+-')", "3", "enclosure"),
    ("Limit((x**2 - 4)/(x - 2), x, 2, '+-')", "Limit(x + 2, x, 2, '+-')", "enclosure"),
    ("Limit(sqrt(9*x**2 + 4*x) - 3*x, x, oo)", "2/3", "enclosure"),
    ("Limit(log(x)/x, x, oo)", "0", "enclosure"),
    ("Limit(x**3*exp(-2*x) + atan(x), x, oo)", "pi/2", "enclosure"),
    ("Limit((1 + 2/x)**x, x, oo)", "exp(2)", "enclosure"),
    ("Limit((x**2 + x*y - x**2)/x, x, oo)", "y", "enclosure"),
    ("Limit(x*log(x), x, 0)", "0", "enclosure"),
    ("Limit(Abs(x)/x, x, 0, '-')", "-1", "enclosure"),
    ("Limit((x + 1)/(x - 2), x, 2, '-')", "-oo", "enclosure"),
    ("Integral(6/(x**2 + 9), (x, -oo, oo))", "2*pi", "enclosure"),
    ("Integral(x*exp(-3*x**2), (x, 0, oo))", "1/6", "enclosure"),
    ("Integral(1/(x*sqrt(x)), (x, 4, oo))", "1", "enclosure"),
    ("Integral(exp(2*x), (x, -oo, 0))", "Limit(Integral(exp(2*x), (x, b, 0)), b, -oo)", "enclosure"),
    ("Limit(Integral(1/u**2, (u, 1, log(b))), b, oo)", "1", "enclosure"),
    ("Integral((3 + exp(-x))/x, (x, 1, oo))", "oo", "enclosure"),
    ("Integral(-1/sqrt(x + 1), (x, 0, oo))", "-oo", "enclosure"),
    ("Limit(-x*exp(x), x, oo)", "-oo", "enclosure"),
    ("Limit(1/x, x, 0)", "Limit(2/x, x, 0)", "enclosure"),
]
FALSE = [
    ("Eq(Abs(x - 4), 2*x + 1)", "Or(Eq(x, 1), Eq(x, -5))"),
    ("Lt(-2*x, 6)", "Lt(x, -3)"),
    ("Ge(x**2 - 4, 0)", "Or(Gt(x, 2), Lt(x, -2))"),
    ("Gt(x**2, 2)", "Gt(x, sqrt(2))"),
    ("Gt(sqrt(x), 2)", "Eq(x, 5)"),
    ("Ge((x - 1)/(x + 2), 0)", "Or(Le(x, -2), Ge(x, 1))"),
    ("And(Eq(x + y, 5), Eq(x - y, 1))", "And(Eq(x, 3), Eq(y, 3))"),
    ("And(Eq(x + y, 5), Eq(x - y, 1))", "Eq(x, 3)"),
    ("And(Eq(x*y, 6), Eq(x - y, 1))", "And(Eq(x, 3), Eq(y, 2))"),
    ("Eq(3*x + 7, 19)", "Eq(3*x, 26)"),
    ("And(Eq(x**2 + y**2, 25), Eq(x + y, 7))", "And(Eq(x, 3), Eq(y, 4))"),
    ("And(Eq(x*y, 6), Eq(2*x*y, 12))", "And(Eq(x, 3), Eq(y, 2))"),
    ("Inverse(Matrix([[1, 1], [2, 2]]))", "Matrix([[1, 0], [0, 1]])"),
    ("Matrix([[1, 2], [3, 4]])", "Matrix([[1, 2]])"),
    ("Matrix([[1, 2]])*Matrix([[1, 2]])", "Matrix([[1, 4]])"),
    ("Matrix([[1, 2], [3, 4]])", "-2"),
    ("Determinant(Matrix([[1, 2, 3], [4, 5, 6]]))", "0"),
    ("Sum(k**2, (k, 1, 10))", "384"),
    ("Sum(1/k, (k, 0, 3))", "11/6"),
    ("Eq(x**2, 4*x)", "Eq(x, 4)"),
    ("Eq((x - 2)**2, 5)", "Eq(x - 2, sqrt(5))"),
    ("Eq(x, 1)", "Or()"),
    ("(x + 1)**2", "x**2 + 1"),
    ("sqrt(x**2)", "x"),
    ("sin(2*x)", "2*sin(x)"),
    ("Integral(x*exp(x), x)", "x*exp(x) + Integral(exp(x), x)"),
    ("Integral(cos(2*x), x)", "sin(2*x) + C"),
    ("x*Integral(x, x)", "x**3/2 + C"),
    ("Derivative(sin(2*x), x)", "cos(2*x)"),
    ("Derivative(7, x)", "7"),
    ("Integral(x**2, (x, 0, 3))", "8"),
    ("Integral(1/x, (x, -1, 2))", "log(2)"),
    ("Integral(log(x), (x, -1, 1))", "-2"),
    ("Integral(log(x) - log(x), (x, -2, -1))", "0"),
    ("Derivative(log(x) - log(x), x)/0", "1"),
    ("Limit(Abs(x)/x, x, 0, '+-')", "1"),
    ("Limit(1/x, x, 0)", "0"),
    ("Limit(1/x, x, 0, '+-')", "oo"),
    ("Integral(1/x**2, (x, 1, oo))", "2"),
    ("Integral(1/x**2, (x, 1, oo))", "oo"),
    ("Integral(1/x, (x, 1, oo))", "1"),
    ("Integral(1/x**2, (x, -1, oo))", "-1"),
    ("Integral(sin(x), (x, 0, oo))", "1"),
    ("Integral(exp(-x), (x, 0, oo))", "Limit(Integral(exp(-x), (x, 1, b)), b, oo)"),
    ("Limit(-exp(x), x, oo)", "oo"),
    ("Limit(1/x, x, 0)", "Limit(-1/x, x, 0)"),
    ("Limit(sin(x), x, oo)", "0"),
    ("Limit(exp(x), x, oo)", "0"),
    ("Limit((1 - cos(x))/x**2, x, 0, '+-')", "1"),
    ("Limit(sqrt(x), x, 0, '+-')", "0"),
    ("Limit(log(x)/log(x), x, oo)", "2"),
]


@pytest.mark.parametrize(("before", "after", "strength"), TRUE)
def test_what_is_true_is_confirmed(before: str, after: str, strength: str) -> None:
    (finding,) = judged(before, after)

    assert (finding.holds, finding.evidence.strength) == (Holds.YES, strength)


SLOPES = [
    "Eq(Derivative(y(x), x), 2*x*y(x))",
    "Eq(Derivative(y(x), x)/y(x), 2*x)",
    "Eq(Integral(1/y, y), Integral(2*x, x) + C)",
    "Eq(log(Abs(y)), x**2 + C)",
    "Eq(y(x), C*exp(x**2))",
]
LINEAR = [
    "And(Eq(Derivative(y(x), x) + 2*y(x), 6), Eq(y(0), 4))",
    "And(Eq(Derivative(exp(2*x)*y(x), x), 6*exp(2*x)), Eq(y(0), 4))",
    "And(Eq(y(x), 3 + C*exp(-2*x)), Eq(y(0), 4))",
    "And(Eq(y(x), 3 + C*exp(-2*x)), Eq(3 + C, 4))",
    "Eq(y(x), 3 + exp(-2*x))",
]
_BENT = "Eq(Derivative(Derivative(y(x), x), x) - 6*Derivative(y(x), x) + 9*y(x), 0)"
BENDS = [
    _BENT,
    f"And({_BENT}, Eq(r**2 - 6*r + 9, 0))",
    f"And({_BENT}, Eq((r - 3)**2, 0))",
    f"And({_BENT}, Eq(r, 3))",
    "Eq(y(x), (C_1 + C_2*x)*exp(3*x))",
]


@pytest.mark.parametrize("states", [SLOPES, LINEAR, BENDS])
def test_the_way_from_a_differential_equation_to_its_solution_is_confirmed(states: list[str]) -> None:
    assert {finding.holds for finding in judged(*states)} == {Holds.YES}


@pytest.mark.parametrize(
    ("states", "wrong"),
    [
        (SLOPES, "Eq(y(x), exp(x**2) + C)"),
        (SLOPES, "Eq(y(x), C*exp(2*x))"),
        (SLOPES, "Eq(y(x), exp(x**2))"),
        (SLOPES, "Eq(y(x), exp(x**2 + C))"),
        (SLOPES, "Eq(y(x), sqrt(C)*exp(x**2))"),
        (LINEAR, "Eq(y(x), 3 + 2*exp(-2*x))"),
        (LINEAR, "Eq(y(x), 4*exp(-2*x))"),
        (LINEAR, "Eq(y(x), 3 + C*exp(-2*x))"),
        (BENDS, "Eq(y(x), C_1*exp(3*x) + C_2*exp(-3*x))"),
        (BENDS, "Eq(y(x), C_1*exp(3*x) + C_2*exp(3*x))"),
        (BENDS, "Eq(y(x), C_1*exp(3*x))"),
        (BENDS[:2], "And(Eq(Derivative(Derivative(y(x), x), x), 0), Eq(r**2 - 6*r + 9, 0))"),
    ],
)
def test_another_family_of_curves_is_no_solution(states: list[str], wrong: str) -> None:
    for state in states:
        assert judged(state, wrong)[0].holds is not Holds.YES


@pytest.mark.parametrize(("before", "after"), FALSE)
def test_what_is_false_is_never_confirmed(before: str, after: str) -> None:
    (finding,) = judged(before, after)

    assert finding.holds is not Holds.YES


def test_a_root_of_a_square_needs_its_assumption() -> None:
    (finding,) = judged("sqrt(x**2)", "x", assuming=("Gt(x, 0)",))

    assert finding.holds is Holds.YES


def test_an_extraneous_root_is_kept_out_by_the_domain() -> None:
    steps = [
        "Eq(log(x) + log(x - 3), log(4))",
        "And(Eq(log(x) + log(x - 3), log(4)), Gt(x, 3))",
        "And(Eq(x*(x - 3), 4), Gt(x, 3))",
        "And(Or(Eq(x, 4), Eq(x, -1)), Gt(x, 3))",
        "Eq(x, 4)",
    ]

    assert {finding.holds for finding in judged(*steps)} == {Holds.YES}
    assert judged(*steps[:-1], "Or(Eq(x, 4), Eq(x, -1))")[-1].holds is Holds.NO


@settings(deadline=None)  # SymPy takes its time
@given(RATIONAL, RATIONAL)
def test_the_normal_form_says_what_sympy_says(left: Tree, right: Tree) -> None:
    (finding,) = judge_tape([left, right])
    assume(finding.evidence.strength == "exact")

    difference = sympy.cancel(to_sympy(left, evaluate=True) - to_sympy(right, evaluate=True))

    assert (finding.holds is Holds.YES) == (difference == 0)


@settings(deadline=None)
@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(-6, 6))
def test_solutions_are_those_of_sympy(a: int, b: int, c: int) -> None:
    assume(a != 0)
    x = sympy.Symbol("x", real=True)
    quadratic: Tree = ("=", ("+", ("*", a, ("^", "x", 2)), ("*", b, "x"), c), 0)
    roots = sympy.solveset(a * x**2 + b * x + c, x, sympy.S.Reals)

    named = ("or", *[("=", "x", read(str(root))) for root in roots])
    (finding,) = judge_tape([quadratic, named])

    assert finding.holds is Holds.YES


def test_the_witnesses_know_no_rules() -> None:
    folder = Path(rpsdg.math_domains.witnesses.__file__).parent
    known = {"trees", "memory", "witnesses"}  # a memory holds what it is given and knows no mathematics

    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rpsdg.math_domains"):
                assert (node.module or "").split(".")[2] in known, module


def test_notes_change_no_finding() -> None:
    notes = Notes()
    tapes = [[read(s) for s in states] for states in (*((a, b) for a, b, _ in TRUE), *FALSE)]

    with_notes = [judge_tape(tape, notes=notes) for tape in (*tapes, *tapes)]

    assert with_notes == [judge_tape(tape) for tape in (*tapes, *tapes)]
