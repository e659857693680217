"""SymPy alone agrees with what is right, and finds what is wrong; it borrows nothing from what it audits."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import sympy
from msgspec.structs import replace

from rpsdg.math_domains import audit
from rpsdg.math_domains.audit import Case, Outcome, by_solver, cheap, looking, solvers
from rpsdg.math_domains.audit.case import written
from rpsdg.math_domains.audit.forms import misses_form
from rpsdg.math_domains.audit.statements import critical
from rpsdg.math_domains.audit.values import points, value
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.runs.audit import case_of

FAMILIES = [pytest.param(family, id=name) for name, family in all_families().items()]


def with_another_number(text: str) -> str:
    """Return a text with a larger number instead of its last one, or with another infinity."""
    if "oo" in text:
        return text.replace("oo", "-oo").replace("--", "")
    *_, last = re.finditer(r"\d+", text)
    return f"{text[: last.start()]}{int(last[0]) + 1}{text[last.end() :]}"


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_right_agrees_and_what_was_changed_does_not(family) -> None:
    case = case_of(Problems(family, seed=2, level=3)[0])
    assert cheap(case).outcome is Outcome.AGREE

    for changed in (
        replace(case, answer=with_another_number(case.answer)),
        replace(case, steps=(*case.steps[:-1], (with_another_number(case.steps[-1][0]), True))),
        replace(case, steps=((case.steps[0][0], False), *case.steps[1:])),
    ):
        assert cheap(changed).outcome is Outcome.DISAGREE


@pytest.mark.parametrize("family", FAMILIES)
def test_a_step_that_is_labelled_wrong_is_seen_to_be(family) -> None:
    case = case_of(Problems(family, seed=2, wrong_steps=1.0)[0])
    assert [right for _, right in case.steps].count(False) == 1
    assert cheap(case).outcome is Outcome.AGREE

    hidden = replace(case, steps=tuple((text, True) for text, _ in case.steps))
    assert cheap(hidden).outcome is Outcome.DISAGREE


@pytest.mark.parametrize("family", FAMILIES)
def test_sympy_solves_the_problems_of_every_family_like_us(family) -> None:
    case = case_of(Problems(family, seed=2, level=2)[0])
    names = set(solvers(case)) - {"integral_steps"}  # which takes minutes over what `integrate` does at once
    outcomes = {name: by_solver(case, name).outcome for name in names}

    assert Outcome.AGREE in outcomes.values()
    assert Outcome.DISAGREE not in outcomes.values()


@pytest.mark.parametrize(
    ("problem", "answer", "said"),
    [
        ("Eq(x**2, 9)", "Eq(x, 3)", "True and False at x = -3"),
        ("Eq(x**2, 9)", "Or(Eq(x, 3), Eq(x, -3), Eq(x, 4))", "False and True at x = 4"),
        ("Eq(x/x, 1)", "Eq(x, 1)", "True and False"),
        ("Eq(Abs(x - 1), 2)", "Eq(x, 3)", "True and False at x = -1"),
        ("Gt(x**2, 4)", "Or(Gt(x, 2), Le(x, -2))", "False and True at x = -2"),
        ("And(Eq(x + y, 3), Eq(x - y, 1))", "And(Eq(x, 1), Eq(y, 2))", "satisfies one of them alone"),
        ("And(Eq(y, x**2), Eq(y, 4))", "And(Eq(x, 2), Eq(y, 4))", "satisfies one of them alone"),
        ("log(x**2)", "2*log(x)", "undefined, at x = -"),
        ("sqrt(x**2)", "x", "at x = -"),
        ("Integral(1/x, x)", "log(x) + C", "the answer is undefined"),
        ("Integral(1/x, x)", "Integral(1/x, x)", "is not worked out"),
        ("Integral(x**2, (x, 0, 3))", "8", "9.0000"),
        ("Inverse(Matrix([[1, 2], [0, 1]]))", "Matrix([[1, 2], [0, 1]])", "differ by [[0, -4], [0, 0]]"),
        ("Matrix([[1, 2]])*Matrix([[1], [2]])", "Matrix([[1, 2], [3, 4]])", "shapes (1, 1) and (2, 2)"),
        ("Sum(k**2, (k, 1, 4))", "31", "30.0000"),
        ("1/3 - 1/3 + 5", "1/(1 - 1)", "None is undefined"),
        ("Eq(2*x, 4)", "Eq(2*x, 4)", "Eq(2*x, 4) is not solved"),
        ("And(Eq(x + y, 3), Eq(x - y, 1))", "And(Eq(x, 3 - y), Eq(y, 1))", "is not solved"),
        ("Integral(2*x, x)", "x**2", "a constant is not added"),
        ("Integral(2*x, x)", "x**2 + 2*C", "a constant is not added"),
        ("x + x", "2*x + 0*k", "a letter of its own: k"),
        ("Limit(sin(x)/x, x, 0, '+-')", "2", "1.00000000000 and 2.0"),
        ("Limit(1/x, x, 0, '+')", "-oo", "oo and -oo"),
        ("Limit(1/x, x, 0, '+-')", "oo", "None is undefined"),
        ("Integral(exp(-x), (x, 0, oo))", "2", "1.00000000000 and 2.0"),
        ("Eq(Derivative(y(x), x), 2*y(x))", "Eq(y(x), C*exp(x))", "at height"),
        ("Eq(Derivative(y(x), x), 2*y(x))", "Eq(y(x), exp(2*x))", "there should be 1 constants, not 0"),
        ("And(Eq(Derivative(y(x), x), y(x)), Eq(y(0), 2))", "Eq(y(x), 3*exp(x))", "alone starts at (0, 2)"),
        ("And(Eq(Derivative(y(x), x), y(x)), Eq(y(0), 2))", "Eq(y(x), C*exp(x))", "alone starts at (0, 2)"),
    ],
)
def test_it_is_said_in_what_an_answer_is_wrong(problem: str, answer: str, said: str) -> None:
    outcome, detail = cheap(Case(problem, answer))

    assert outcome is Outcome.DISAGREE
    assert said in detail


def test_steps_that_go_wrong_must_not_end_right() -> None:
    case = Case("2*x + x", "3*x", steps=(("4*x", False), ("3*x", False)))

    assert cheap(case) == (Outcome.DISAGREE, "the steps that go wrong lead to a right answer")


def test_conditions_that_the_task_states_are_kept() -> None:
    case = Case("log(x**2)", "2*log(x)", assuming=("Gt(x, 0)",))

    assert cheap(case).outcome is Outcome.AGREE


def test_what_sympy_cannot_tell_is_no_agreement() -> None:
    assert cheap(Case("sqrt(-1 - x**2)", "sqrt(-1 - x**2)")).outcome is Outcome.NO_ANSWER
    assert cheap(Case("Eq(exp(x) + x, 7)", "Or()")).outcome is Outcome.NO_ANSWER
    assert cheap(Case("Inverse(Matrix([[1, 1], [1, 1]]))", "Matrix([[1, 1], [1, 1]])")).outcome is (
        Outcome.NO_ANSWER
    )


@pytest.mark.parametrize("text", ["sqrt(-x)*sqrt(-x)", "log(-x) - log(-x)", "0/(x - 1)", "tan(pi/2)*0*x"])
def test_an_expression_is_undefined_where_a_part_of_it_is(text: str) -> None:
    assert value(written(text), {sympy.Symbol("x", real=True): sympy.Integer(1)}) is None


def test_points_have_no_structure_and_are_of_both_signs() -> None:
    letters = set(sympy.symbols("x y z", real=True))
    found = list(points(letters))

    assert all(len(set(at.values())) == 3 for at in found)
    assert sum(all(number > 0 for number in at.values()) for at in found) >= 10
    assert any(
        all(number < 0 for number in pair.values()) for at in found for pair in [dict(list(at.items())[:2])]
    )


def test_all_numbers_at_which_a_relation_may_change_are_known() -> None:
    x = sympy.Symbol("x", real=True)
    found = critical(written("Lt(Abs(x - 1)/(x + 5), x**2 - 3)"), x)
    grid = [sympy.Rational(k, 7) for k in range(-50, 50) if k != -35]
    holds = [bool(abs(at - 1) / (at + 5) < at**2 - 3) for at in grid]
    changes = [
        (low, high) for (low, one), (high, other) in pairwise(zip(grid, holds, strict=True)) if one != other
    ]

    assert found is not None
    assert len(changes) > 2
    assert all(any(low <= number <= high for number in found) for low, high in changes)
    assert critical(written("Eq(exp(x), 3)"), x) is None


@pytest.mark.parametrize(
    ("form", "problem", "right", "wrong"),
    [
        ("factored", "x**3 - x", "x*(x - 1)*(x + 1)", "x*(x**2 - 1)"),
        ("factored", "2*x**2 - 2", "2*(x - 1)*(x + 1)", "(2*x - 2)*(x + 1)"),
        ("expanded", "(x + 1)**2", "x**2 + 2*x + 1", "x*(x + 2) + 1"),
        ("lowest terms", "(x**2 - 1)/(x - 1)", "x + 1", "(x**2 - 1)/(x - 1)"),
        ("partial fractions", "2/(x**2 - 1)", "1/(x - 1) - 1/(x + 1)", "2/(x**2 - 1)"),
    ],
)
def test_the_form_asked_for_is_looked_at(form: str, problem: str, right: str, wrong: str) -> None:
    assert not misses_form(form, written(problem), written(right))
    assert misses_form(form, written(problem), written(wrong))
    for name in solvers(Case(problem, wrong, form=form)):
        assert by_solver(Case(problem, wrong, form=form), name).outcome is Outcome.DISAGREE


@pytest.mark.parametrize(
    ("name", "problem", "right", "wrong"),
    [
        ("solveset", "Eq(x**2, 2*x)", "Or(Eq(x, 0), Eq(x, 2))", "Eq(x, 2)"),
        ("solve", "Eq(exp(2*x), 9)", "Eq(x, log(3))", "Eq(x, log(9))"),
        (
            "eigenvals",
            "Eq(Determinant(Matrix([[2, 0], [0, 3]]) - t*Matrix([[1, 0], [0, 1]])), 0)",
            "Or(Eq(t, 2), Eq(t, 3))",
            "Eq(t, 2)",
        ),
        (
            "solve_univariate_inequality",
            "Le(x**2, 4)",
            "And(Ge(x, -2), Le(x, 2))",
            "And(Ge(x, -2), Lt(x, 2))",
        ),
        (
            "solve a system",
            "And(Eq(x*y, 2), Eq(x + y, 3))",
            "Or(And(Eq(x, 1), Eq(y, 2)), And(Eq(x, 2), Eq(y, 1)))",
            "And(Eq(x, 1), Eq(y, 2))",
        ),
        ("integral_steps", "Integral(2*x*exp(x**2), x)", "exp(x**2) + C", "2*exp(x**2) + C"),
        ("integrate", "Integral(1/x, (x, 1, 3))", "log(3)", "log(2)"),
        ("summation", "Sum(k**2, (k, 1, 10))", "385", "384"),
        ("det", "Determinant(Matrix([[1, 2], [3, 4]]))", "-2", "2"),
        (
            "inv",
            "Inverse(Matrix([[1, 2], [3, 5]]))",
            "Matrix([[-5, 2], [3, -1]])",
            "Matrix([[5, 2], [3, 1]])",
        ),
        ("doit", "2*Matrix([[1, 2]]) - Matrix([[1, 1]])", "Matrix([[1, 3]])", "Matrix([[1, 2]])"),
        ("simplify", "sin(x)**2 - 1", "-cos(x)**2", "cos(x)**2"),
        ("limit", "Limit(sin(3*x)/x, x, 0, '+-')", "3", "2"),
        ("dsolve", "Eq(Derivative(y(x), x), 2*y(x))", "Eq(y(x), C*exp(2*x))", "Eq(y(x), C*exp(x))"),
        ("dsolve", "Eq(Derivative(y(x), x), x/y(x))", "Eq(y(x)**2, x**2 + C)", "Eq(y(x)**2, 2*x**2 + C)"),
    ],
)
def test_solvers_tell_right_from_wrong(name: str, problem: str, right: str, wrong: str) -> None:
    assert name in solvers(Case(problem, right))
    assert by_solver(Case(problem, right), name).outcome is Outcome.AGREE
    assert by_solver(Case(problem, wrong), name).outcome is Outcome.DISAGREE


def test_a_question_that_comes_back_is_no_answer() -> None:
    assert by_solver(Case("Eq(x + exp(x), cos(x))", "Eq(x, 0)"), "solveset").outcome is Outcome.NO_ANSWER
    assert by_solver(Case("Integral(sin(x)**x, x)", "x + C"), "integral_steps").outcome is Outcome.NO_ANSWER


def test_what_sympy_raises_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (MemoryError(), RecursionError("too deep"), AttributeError("no attribute")):

        def fail(case: Case, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(looking, "cheap", fail)
        assert looking.looked_at(Case("x", "x"), looking.CHEAP).outcome is Outcome.NO_ANSWER


def test_a_process_that_audits_has_none_of_our_rules_and_witnesses() -> None:
    names = "print(*(name for name in sys.modules if name.startswith('rpsdg.')))"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, rpsdg.math_domains.audit.looking; {names}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    ours = {name.removeprefix("rpsdg.math_domains.").partition(".")[0] for name in loaded if ".math_" in name}

    assert ours == {"rpsdg", "audit", "memory", "reading", "sympy_bridge", "text", "trees"}


def test_the_audit_borrows_nothing_but_the_notation() -> None:
    allowed = {"rpsdg.math_domains.reading", "rpsdg.math_domains.sympy_bridge"}
    for module in Path(audit.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_bytes())):
            if isinstance(node, ast.ImportFrom):
                ours = node.level > 1 or str(node.module).startswith("rpsdg")
                assert node.module in allowed or not ours, module
            elif isinstance(node, ast.Import):
                assert not any(name.name.startswith("rpsdg") for name in node.names), module
