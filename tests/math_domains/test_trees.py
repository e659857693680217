"""Printing, reading and converting keep every expression as it was written."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import example, given, settings

from rpsdg.math_domains.latex import latex
from rpsdg.math_domains.memory import Memory
from rpsdg.math_domains.reading import read, reads_back
from rpsdg.math_domains.sympy_bridge import from_sympy, symbol, to_sympy
from rpsdg.math_domains.text import plain, sympy_text
from rpsdg.math_domains.trees import BadTreeError, Tree, add, mul, neg

from .written import AS_BUILT, EQUATIONS, EXPRESSIONS

UNTIMED = settings(deadline=None)  # what runs beside the tests is none of their business


@UNTIMED
@given(EQUATIONS)
@example(("=", "x", ("neg", ("*", ("/", 3, 2), "x"))))
@example(("=", "x", ("neg", ("/", ("*", 3, "x"), 2))))
def test_text_is_read_as_the_same_tree(tree: Tree) -> None:
    assert read(sympy_text(tree)) == tree


@UNTIMED
@given(EXPRESSIONS)
def test_sympy_reads_the_text_as_an_equal_value(tree: Tree) -> None:
    known = {name: symbol(name) for name in ("x", "y", "theta")}

    read_by_sympy = sympy.parse_expr(sympy_text(tree), local_dict=known)

    difference = read_by_sympy - to_sympy(tree, evaluate=True)
    undefined = difference.has(sympy.nan, sympy.zoo)  # such as a division by zero
    assert difference == 0 or undefined or difference.equals(0)


@UNTIMED
@given(EXPRESSIONS)
def test_nothing_is_lost_on_the_way_to_sympy_and_back(tree: Tree) -> None:
    there = to_sympy(tree)

    again = to_sympy(from_sympy(there))

    assert again == there


@pytest.mark.parametrize(
    "text",
    [
        "Limit(sin(x)/x, x, 0, '+-')",
        "Limit(log(x)/x, x, 0)",
        "Limit(Abs(x)/x, x, 0, '-')",
        "Limit(Integral(exp(-x), (x, 0, y)), y, oo)",
        "Limit(exp(x), x, -oo)",
        "Eq(Derivative(Derivative(y(x), x), x) + 3*y(x), exp(x))",
        "Eq(y(0), 3)",
    ],
)
def test_limits_and_unknown_functions_are_read_and_converted_exactly(text: str) -> None:
    tree = read(text)
    there = to_sympy(tree)
    known = {name: symbol(name) for name in ("x", "y")} if "y(" not in text else {"x": symbol("x")}

    assert sympy_text(tree) == text
    assert from_sympy(there) == tree
    assert sympy.parse_expr(text, local_dict=known, evaluate=False).doit() == there.doit()


@UNTIMED
@given(EXPRESSIONS)
def test_a_minus_is_never_doubled_and_brackets_match(tree: Tree) -> None:
    for text in (latex(tree), plain(tree)):
        assert "--" not in text.replace(" ", "")
        assert "+-" not in text.replace(" ", "")
        assert text.count("(") == text.count(")")
        assert text.count("{") == text.count("}")


@UNTIMED
@given(AS_BUILT)
@example(("+", "x", ("*", -1, "y")))
@example(("neg", ("*", "x", 1)))
@example(("neg", ("neg", "x")))
@example(("*", ("neg", "x"), "y"))
@example(("+", ("+", "x", "y"), "z"))
def test_a_tree_reads_back_if_reading_gives_the_same_tree(tree: Tree) -> None:
    assert reads_back(tree) is (read(sympy_text(tree)) == tree)


def test_memory_is_bounded_and_asks_once() -> None:
    asked: list[Tree] = []
    memory = Memory(asked.append, most=3)

    for tree in (1, 2, 1, 3, ("+", "x", 1), ("+", "x", 1)):
        memory[tree]

    assert asked == [1, 2, 3, ("+", "x", 1)]
    assert len(memory) == 1


@pytest.mark.parametrize(
    ("text", "shown", "typeset"),
    [
        ("Eq(3*x**2 - 2*x - 1, 0)", "3x^2 - 2x - 1 = 0", "3x^{2} - 2x - 1 = 0"),
        ("x - (y - 2)", "x - (y - 2)", "x - (y - 2)"),
        ("x + (-3*x)/y", "x + (-3x)/y", r"x - \frac{3x}{y}"),
        ("2*3*x", "2*3x", r"2 \cdot 3x"),
        ("(x + 1)*(x - 2)", "(x + 1)(x - 2)", "(x + 1)(x - 2)"),
        ("-x**2", "-x^2", "-x^{2}"),
        ("(-x)**2", "(-x)^2", "(-x)^{2}"),
        ("sin(x)**2", "sin(x)^2", r"\sin^{2}(x)"),
        ("log(Abs(x))", "ln(abs(x))", r"\ln\left|x\right|"),
        ("exp(2*x)*x", "exp(2x)*x", "e^{2x}x"),
        ("3*Integral(x + 1, x)", "3(∫ (x + 1) dx)", r"3 \int (x + 1) \, dx"),
        ("Integral(x, (x, 0, pi/2))", "∫ from 0 to (pi/2) of x dx", r"\int_{0}^{\frac{\pi}{2}} x \, dx"),
        ("3*Derivative(x + 1, x)", "3(d/dx [x + 1])", r"3 \cdot \frac{d}{dx}\left[x + 1\right]"),
        ("Or(Eq(x, 1), Eq(x, -2))", "x = 1 or x = -2", r"x = 1 \quad\text{or}\quad x = -2"),
        ("x*(-3)", "x*(-3)", "x(-3)"),
        ("Limit(sin(x)/x, x, 0, '+-')", "lim x→0 of sin(x)/x", r"\lim_{x \to 0} \frac{\sin(x)}{x}"),
        ("Limit(log(x) + 1, x, 0)", "lim x→0+ of (ln(x) + 1)", r"\lim_{x \to 0^{+}} (\ln(x) + 1)"),
        ("Limit(x, x, -oo)", "lim x→-∞ of x", r"\lim_{x \to -\infty} x"),
        ("Eq(Derivative(y(x), x), 2*x*y(x))", "y' = 2x*y", "y' = 2xy"),
        ("Derivative(Derivative(y(x), x), x) + y(0)", "y'' + y(0)", "y'' + y(0)"),
    ],
)
def test_it_looks_as_a_person_writes_it(text: str, shown: str, typeset: str) -> None:
    assert plain(read(text)) == shown
    assert latex(read(text)) == typeset


@pytest.mark.parametrize(
    "text",
    [
        *(
            "__import__('os')",
            "x.y",
            "x[0]",
            "lambda: 1",
            "1.5",
            "f(x)",
            "x if y else 1",
            "sin(x, y)",
            "True",
        ),
        *("Limit(x)", "Limit(x, x, 0, 1)", "Limit(x, x, 0, '*')", "y(x, x)", "Limit(x, 2, 0)"),
        *("'x'", "(" * 300 + "x" + ")" * 300, "x" * 5000, "x +"),
    ],
)
def test_only_expressions_are_read(text: str) -> None:
    with pytest.raises(BadTreeError):
        read(text)


@UNTIMED
@given(EXPRESSIONS)
def test_two_signs_cancel(tree: Tree) -> None:
    assert neg(neg(tree)) == tree


def test_zeros_and_ones_are_not_written() -> None:
    assert add("x", 0) == "x"
    assert mul(1, "x", 1) == "x"
    assert mul(0, "x") == 0
    assert add() == 0
