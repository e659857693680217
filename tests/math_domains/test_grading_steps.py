"""The step grader finds the first wrong line, and no fault with what is right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from rpsdg.math_domains.grading import (
    Form,
    Kind,
    Problem,
    Reason,
    Step,
    first_wrong,
    mark_solution,
)
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.trees import BadTreeError

TWO = Problem(Kind.SOLUTIONS, read("Or(Eq(x, 2), Eq(x, -3))"))
THREE = Problem(Kind.SOLUTIONS, read("Eq(x, 3)"))
ABOVE = Problem(Kind.SOLUTIONS, read("Gt(x, 2)"))
PARTS = Problem(Kind.ANTIDERIVATIVE, integrand=read("x*exp(x)"))
INNER = Problem(Kind.ANTIDERIVATIVE, integrand=read("2*x*cos(x**2)"))
SQUARE = Problem(Kind.EXPRESSION, read("x**2 + 6*x + 9"))
AREA = Problem(Kind.VALUE, read("6"), question=read("Integral(8*x - 2, (x, -1, 2))"))
SLOPE = Problem(Kind.EXPRESSION, read("Derivative(x**2*sin(x), x)"))
BOTH = Problem(Kind.SYSTEM, read("And(Eq(x, 2), Eq(y, 5))"), unknowns=("x", "y"))
NONE = Problem(Kind.SOLUTIONS, read("Or(Eq(x, 1), Eq(x, -1))"))
GROWTH = Problem(
    Kind.DIFFERENTIAL, read("Eq(y(x), C*exp(x**2))"), question=read("Eq(Derivative(y(x), x), 2*x*y(x))")
)
START = Problem(
    Kind.DIFFERENTIAL,
    read("Eq(y(x), 3 + exp(-2*x))"),
    question=read("And(Eq(Derivative(y(x), x) + 2*y(x), 6), Eq(y(0), 4))"),
)
BENT = Problem(
    Kind.DIFFERENTIAL,
    read("Eq(y(x), C_1*exp(2*x) + C_2*exp(3*x))"),
    question=read("Eq(Derivative(Derivative(y(x), x), x) - 5*Derivative(y(x), x) + 6*y(x), 0)"),
)
NEAR = Problem(Kind.VALUE, read("1/2"), question=read("Limit((1 - cos(x))/x**2, x, 0, '+-')"))
POLE = Problem(Kind.VALUE, read("oo"), question=read("Limit((x + 1)/(x - 2), x, 2)"))
INVERSE = Problem(
    Kind.MATRIX, read("Matrix([[-5, 2], [3, -1]])"), question=read("Inverse(Matrix([[1, 2], [3, 5]]))")
)
DETERMINANT = Problem(
    Kind.VALUE, -16, question=read("Determinant(Matrix([[0, 2, 5], [1, 3, -2], [1, 1, 1]]))")
)
PRODUCT = Problem(
    Kind.MATRIX,
    read("Matrix([[4, 1], [8, 3]])"),
    question=read("Matrix([[1, 1], [2, 3]])*Matrix([[4, 0], [0, 1]])"),
)
SUM = Problem(Kind.VALUE, 385, question=read("Sum(k**2, (k, 1, 10))"))
TELESCOPE = Problem(Kind.VALUE, read("10/11"), question=read("Sum(1/(m*(m + 1)), (m, 1, 10))"))
FRACTIONS = Problem(
    Kind.EXPRESSION, read("2/(u + 6) + 4/(u + 1)"), question=read("(6*u + 26)/((u + 6)*(u + 1))")
)
EIGENVALUES = Problem(
    Kind.SOLUTIONS,
    read("Or(Eq(s, 2), Eq(s, 4))"),
    variable="s",
    question=read("Eq(Determinant(Matrix([[3, 1], [1, 3]]) - s*Matrix([[1, 0], [0, 1]])), 0)"),
)
CURVES = Problem(
    Kind.SYSTEM,
    read("Or(And(Eq(x, 2), Eq(y, 1)), And(Eq(x, 5), Eq(y, 7)))"),
    unknowns=("x", "y"),
    question=read("And(Eq(y, 2*x - 3), Eq(y, x**2 - 5*x + 7))"),
)
ANGLE = Problem(Kind.VALUE, read("sqrt(6)/4 + sqrt(2)/4"), question=read("sin(5*pi/12)"))
ROAD = Problem(Kind.VALUE, 44, question=read("Integral(5 + 3*t, (t, 0, 4))"), unit="m|metres")
CLOCK = Problem(Kind.SOLUTIONS, read("Eq(t, 5)"), variable="t", unit="s")
S = Step
UNTIMED = settings(deadline=None)

RIGHT = [
    (ROAD, ["5*4 + 3*4^2/2 = 44 m", r"= 44\,\mathrm{m}", "44 metres", "44 s"], [*[S.HOLDS] * 4, S.SKIPPED]),
    (CLOCK, ["3t = 15", r"t = 5 \text{ s}", "t = 5 s"], [S.HOLDS] * 3),
    (TWO, ["x^2 + x - 6 = 0", "(x-2)(x+3) = 0", "x - 2 = 0 or x + 3 = 0", "x = 2 or x = -3"], [S.HOLDS] * 4),
    (TWO, ["x^2 + x - 6 = 0", r"x = \frac{-1 \pm \sqrt{25}}{2}", r"x \in \{2, -3\}"], [S.HOLDS] * 3),
    (TWO, [r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}", "x_1 = 2, x_2 = -3"], [S.SKIPPED, S.HOLDS]),
    (TWO, [r"x^2 + x = 6 \implies x^2 + x - 6 = 0", "2) x = 2, x = -3"], [S.HOLDS] * 3),
    (
        THREE,
        [r"\sqrt{x+1} = x - 1", "x+1 = (x-1)^2", "x(x-3) = 0", "x = 0 or x = 3", "x = 3"],
        [S.HOLDS, S.WIDENS, S.HOLDS, S.HOLDS, S.NARROWS],
    ),
    (
        THREE,
        [r"\ln x + \ln(x-2) = \ln 3", "x(x-2) = 3", "x = 3 or x = -1", "The logarithm needs x > 2.", "x = 3"],
        [S.HOLDS, S.WIDENS, S.HOLDS, S.SKIPPED, S.NARROWS],
    ),
    (
        THREE,
        ["2x - 1 = 5", "(2x - 1)^2 = 25", "2x - 1 = 5", "x = 3"],
        [S.HOLDS, S.WIDENS, S.NARROWS, S.HOLDS],
    ),
    (THREE, ["x + 1 = 4", "x(x + 1) = 4x", "x = 3"], [S.HOLDS, S.WIDENS, S.NARROWS]),
    (ABOVE, ["2x + 1 > 5", "2x > 4", "x > 2"], [S.HOLDS] * 3),
    (PARTS, [r"\int x e^x dx = x e^x - \int e^x dx", "= xe^x - e^x + C"], [S.HOLDS] * 3),
    (PARTS, [r"\sum_{k=1}^{3} x^k", r"\det\begin{pmatrix} x & 1 \\ 1 & x \end{pmatrix}"], [S.SKIPPED] * 2),
    (PARTS, [r"I = \int x e^x dx", "u = x, v = e^x", "F(x) = xe^x - e^x + C"], [S.HOLDS, S.SKIPPED, S.HOLDS]),
    (
        INNER,
        ["Let u = x^2.", r"\left[\int \cos u \, du\right]_{u = x^2}", r"= \sin u + C", r"= \sin x^2 + C"],
        [S.SKIPPED, S.HOLDS, S.SKIPPED, S.HOLDS],
    ),
    (
        AREA,
        [
            r"\int_{-1}^2 (8x - 2)\,\mathrm{d}x",
            r"= \left[4x^2 - 2x\right]_{-1}^{2}",
            "= 12 - (4 + 2) = 6",
        ],
        [S.HOLDS] * 4,
    ),
    (
        AREA,
        [
            "F(x) = 4x^2 - 2x",
            r"\left. 4x^2 - 2x \right|_{-1}^2 = 12 - 6",
            r"12 - 2x\Big|_{-1}^2",
            r"2x\Big|_{-1}^2",
        ],
        [S.SKIPPED, S.HOLDS, S.HOLDS, S.SKIPPED, S.HOLDS],
    ),
    (
        AREA,
        [r"\int_0^3 \frac{8}{3} u \, du - 6", r"= \left[\frac{4u^2}{3}\right]_{u=0}^{u=3} - 6", "= 12 - 6"],
        [S.HOLDS] * 3,
    ),
    (
        SLOPE,
        [
            r"\frac{d}{dx}[x^2 \sin x]",
            r"= x^2 \frac{d}{dx} \sin x + \sin x d/dx [x^2]",
            r"= x^2\cos x + 2x\sin x",
        ],
        [S.HOLDS] * 3,
    ),
    (
        SLOPE,
        [r"f(x) = x^2 \sin x", "d/dx [x^2] = 2x", r"\frac{d}{dx}[\sin x] = \cos x", r"x^2\cos x + 2x\sin x"],
        [S.SKIPPED] * 5 + [S.HOLDS],
    ),
    (BOTH, ["x + y = 7, 2x - y = -1", "3x = 6", "x = 2", "y = 7 - 2 = 5", "(x, y) = (2, 5)"], [S.HOLDS] * 5),
    (
        NONE,
        ["(x^2+1)(x^2-1) = 0", r"\text{no solution} \text{ or } x^2 = 1", r"x = \pm 1"],
        [S.HOLDS] * 3,
    ),
    (SQUARE, ["(x+3)^2", "= (x+3)(x+3)", "= x^2 + 3x + 3x + 9", "= x^2 + 6x + 9"], [S.HOLDS] * 4),
    (
        GROWTH,
        [
            "dy/dx = 2xy",
            r"\frac{dy}{y} = 2x dx",
            r"\int \frac{1}{y} dy = \int 2x dx",
            r"\ln|y| = x^2 + C",
            "|y| = e^{x^2 + C}",
            r"y = \pm e^C e^{x^2}",
            "y = Ae^{x^2}",
        ],
        [S.HOLDS, S.SKIPPED, *[S.HOLDS] * 5],
    ),
    (
        GROWTH,
        [r"\frac{dy}{dx} = 2xy", r"\ln y = x^2 + C", "y = e^{x^2+C}", "y = Ce^{x^2}"],
        [S.HOLDS, S.HOLDS, S.HOLDS, S.WIDENS],
    ),
    (
        START,
        [
            "y' + 2y = 6, y(0) = 4",
            r"\mu = e^{2x}",
            "(e^{2x}y)' = 6e^{2x}",
            "e^{2x}y = 3e^{2x} + C",
            "y = 3 + Ce^{-2x}",
            "y(0) = 4",
            "3 + C = 4",
            "C = 1",
            "y = 3 + e^{-2x}",
        ],
        [S.HOLDS, S.SKIPPED, S.HOLDS, S.HOLDS, S.HOLDS, S.NARROWS, S.HOLDS, S.HOLDS, S.HOLDS],
    ),
    (
        BENT,
        [
            r"\frac{d^2y}{dx^2} - 5\frac{dy}{dx} + 6y = 0",
            r"\lambda^2 - 5\lambda + 6 = 0",
            r"(\lambda - 2)(\lambda - 3) = 0",
            r"\lambda_1 = 2, \lambda_2 = 3",
            "y = Ae^{2x} + Be^{3x}",
        ],
        [S.HOLDS] * 5,
    ),
    (
        BENT,
        [r"y^{\prime\prime} = 5y' - 6y", "r = \\frac{5 \\pm 1}{2}", "y = C1 e^{3x} + C2 e^{2x}"],
        [S.HOLDS] * 3,
    ),
    (
        NEAR,
        [
            r"\lim_{x \to 0} \frac{1 - \cos x}{x^2}",
            r"= \lim_{x \to 0} \frac{\sin x}{2x}",
            r"= \frac{1}{2} \lim\limits_{x \rightarrow 0^{+}} \frac{\sin x}{x} = 1/2",
        ],
        [S.HOLDS] * 4,
    ),
    (POLE, ["lim_{x->2+} (x+1)/(x-2)", r"= \lim_{h \to 0^+} \frac{3 + h}{h} = +\infty"], [S.HOLDS] * 3),
    (SQUARE, ["We use the rule for squares.", "$(x+3)^2 = x^2 + 6x + 9$"], [S.SKIPPED, S.HOLDS, S.HOLDS]),
    (
        INVERSE,
        [
            r"A = \begin{pmatrix} 1 & 2 \\ 3 & 5 \end{pmatrix}",
            r"\det A = 5 - 6 = -1",
            r"A^{-1} = \frac{1}{-1} \begin{pmatrix} 5 & -2 \\ -3 & 1 \end{pmatrix}",
            "= [[-5, 2], [3, -1]]",
        ],
        [S.SKIPPED, S.SKIPPED, S.HOLDS, S.HOLDS],
    ),
    (
        INVERSE,
        [
            r"\left(\begin{array}{cc|cc} 1 & 2 & 1 & 0 \\ 3 & 5 & 0 & 1 \end{array}\right)",
            r"\to \left(\begin{array}{cc|cc} 1 & 2 & 1 & 0 \\ 0 & -1 & -3 & 1 \end{array}\right)",
            r"R_1 \to R_1 + 2R_2",
            "\\left[\\begin{array}{cc|cc}\n1 & 0 & -5 & 2 \\\\\n0 & -1 & -3 & 1\n\\end{array}\\right]",
        ],
        [S.HOLDS, S.HOLDS, S.SKIPPED, S.HOLDS],
    ),
    (
        DETERMINANT,
        [
            r"\begin{vmatrix} 0 & 2 & 5 \\ 1 & 3 & -2 \\ 1 & 1 & 1 \end{vmatrix}",
            r"= -2 \begin{vmatrix}1&-2\\1&1\end{vmatrix} + 5\left|\begin{matrix}1&3\\1&1\end{matrix}\right|",
            "|A| = -2(1 + 2) + 5(1 - 3) = -16",
        ],
        [S.HOLDS] * 4,
    ),
    (PRODUCT, ["AB = Matrix([[1*4, 1], [2*4, 3]])", "= [[4, 1], [8, 3]]"], [S.HOLDS] * 2),
    (
        SUM,
        [r"S = \sum_{k=1}^{10} k^2 = \frac{10 \cdot 11 \cdot 21}{6}", "Sum(k**2, (k, 1, 10))"],
        [S.HOLDS] * 3,
    ),
    (
        TELESCOPE,
        [
            r"\frac{1}{k(k+1)} = \frac{1}{k} - \frac{1}{k+1}",
            r"\sum_{k=1}^{10} \frac{1}{k} - \sum_{k=2}^{11} \frac{1}{k}",
            r"= 1 - \frac{1}{11}",
        ],
        [S.SKIPPED, S.HOLDS, S.HOLDS],
    ),
    (
        FRACTIONS,
        [r"\frac{A}{u+6} + \frac{B}{u+1}", "A = 2", "B = 4", r"\frac{2}{u+6} + \frac{4}{u+1}"],
        [S.SKIPPED] * 3 + [S.HOLDS],
    ),
    (
        EIGENVALUES,
        [
            r"\det\begin{pmatrix} 3 - s & 1 \\ 1 & 3 - s \end{pmatrix} = 0",
            "(3 - s)^2 - 1 = 0",
            "(s - 2)(s - 4) = 0",
            "s_1 = 2, s_2 = 4",
        ],
        [S.HOLDS] * 4,
    ),
    (
        CURVES,
        [
            "2x - 3 = x^2 - 5x + 7",
            "x = 2 or x = 5",
            "(y = 2x - 3, x = 2) or (y = 2x - 3, x = 5)",
            "x_1 = 2, y_1 = 1, x_2 = 5, y_2 = 7",
            "(2, 1) and (5, 7)",
        ],
        [S.HOLDS] * 5,
    ),
    (
        ANGLE,
        [
            r"\sin\left(\frac{\pi}{4} + \frac{\pi}{6}\right)",
            r"= \sin\frac{\pi}{4}\cos\frac{\pi}{6} + \cos\frac{\pi}{4}\sin\frac{\pi}{6}",
            r"= \frac{\sqrt6 + \sqrt2}{4}",
        ],
        [S.HOLDS] * 3,
    ),
]

WRONG = [
    (ROAD, ["5*4 + 3*4^2/2 = 44 m", "= 45 m"], 1, Reason.DIFFERENT),
    (TWO, ["x^2 + x - 6 = 0", "(x+2)(x-3) = 0", "x = -2 or x = 3"], 1, Reason.MISSING),
    (TWO, ["x^2 + x - 6 = 0", "(x-2)(x+3) = 0", "x = 2"], 2, Reason.MISSING),
    (TWO, ["x^2 + x - 6 = 0", "(x-2)(x+3) = 0", "x = 2 or x = -3 or x = 0"], 2, Reason.EXTRA),
    (TWO, ["x^2 + x - 6 = 1", "(x-2)(x+3) = 0"], 0, Reason.MISSING),
    (THREE, ["3(x - 2) = 3", "", "3x - 2 = 3", "x = 5/3"], 2, Reason.MISSING),
    (THREE, ["2x = 6", "x = 3 or x = -3"], 1, Reason.EXTRA),
    (THREE, [r"\sqrt{x+1} = x - 1", "x + 1 = x^2 - 1", "x = 2"], 1, Reason.MISSING),
    (ABOVE, ["-2x + 1 < -3", "-2x < -4", "x < 2"], 2, Reason.EXTRA),
    (ABOVE, ["2x + 1 > 5", r"2x \ge 4", r"x \ge 2"], 1, Reason.EXTRA),
    (PARTS, [r"\int x e^x dx = x e^x - \int e^x dx", "So we get", "= xe^x + e^x + C"], 2, Reason.DIFFERENT),
    (PARTS, [r"\int x e^x dx", r"= \frac{x^2}{2} e^x"], 1, Reason.DIFFERENT),
    (INNER, [r"\int 2x\cos(x^2) dx", r"\left[\int 2\cos u \, du\right]_{u = x^2}"], 1, Reason.DIFFERENT),
    (AREA, [r"\int_{-1}^2 (8x-2) dx", r"= [4x^2 - 2x]_{-1}^2", "= 12 - 2"], 2, Reason.DIFFERENT),
    (AREA, [r"\int_{-1}^2 (8x-2) dx", r"= \left[8x^2 - 2x\right]_{-1}^2"], 1, Reason.DIFFERENT),
    (SLOPE, [r"\frac{d}{dx}[x^2 \sin x]", r"= 2x \frac{d}{dx}\left[\sin x\right]"], 1, Reason.DIFFERENT),
    (SLOPE, [r"\frac{d}{dx}[\sin x] = -\cos x", r"-x^2\cos x + 2x\sin x"], 0, Reason.DIFFERENT),
    (BOTH, ["x + y = 7, 2x - y = -1", "3x = 8", "x = 8/3"], 1, Reason.MISSING),
    (BOTH, ["x + y = 7", "x = 2", "x = 2, y = 9"], 2, Reason.MISSING),
    (NONE, [r"\text{no solution or } x^2 = 1", r"\text{no solution} \text{ or } x = 1"], 1, Reason.MISSING),
    (GROWTH, ["y' = 2xy", r"\ln|y| = x^2 + C", "y = e^{x^2} + C"], 2, Reason.DIFFERENT),
    (GROWTH, ["y' = 2xy", r"\ln|y| = x^2", "y = e^{x^2}"], 1, Reason.MISSING),
    (GROWTH, [r"\ln|y| = x^2 + C", "y = e^{x^2 + C}"], 1, Reason.MISSING),
    (GROWTH, [r"\ln|y| = 2x^2 + C"], 0, Reason.DIFFERENT),
    (START, ["y = 3 + Ce^{-2x}", "C = 2", "y = 3 + 2e^{-2x}"], 1, Reason.DIFFERENT),
    (START, [r"\frac{d}{dx}[e^{2x}y] = 6e^{2x}", "y = 3 + C"], 1, Reason.DIFFERENT),
    (BENT, ["r^2 - 5r + 6 = 0", "(r + 2)(r + 3) = 0", "r = -2 or r = -3"], 1, Reason.DIFFERENT),
    (BENT, ["r = 2, r = 3", "y = Ce^{2x}"], 1, Reason.MISSING),
    (
        NEAR,
        [r"\lim_{x \to 0} \frac{1 - \cos x}{x^2}", r"= \lim_{x \to 0} \frac{\sin x}{x}"],
        1,
        Reason.DIFFERENT,
    ),
    (NEAR, [r"\lim_{x \to 0} \frac{1 - \cos x}{x^2} = \infty"], 0, Reason.DIFFERENT),
    (POLE, [r"\lim_{x \to 2^{+}} \frac{x+1}{x-2} = -\infty"], 0, Reason.DIFFERENT),
    (SQUARE, ["(x+3)^2", "= x^2 + 9"], 1, Reason.DIFFERENT),
    (SQUARE, ["(x+3)^2 = x^2 + 6x + 6"], 0, Reason.DIFFERENT),
    (INVERSE, ["A^{-1} = [[5, -2], [-3, 1]]"], 0, Reason.DIFFERENT),
    (INVERSE, [r"\left(\begin{array}{cc|cc}1&2&1&0\\0&-1&0&1\end{array}\right)"], 0, Reason.DIFFERENT),
    (DETERMINANT, ["|A| = 2(1 + 2) + 5(1 - 3) = -4"], 0, Reason.DIFFERENT),
    (PRODUCT, ["AB = [[4, 1], [8, 3]]", "= [[4, 8], [1, 3]]"], 1, Reason.DIFFERENT),
    (SUM, [r"\sum_{k=1}^{10} k^2 = \left(\sum_{k=1}^{10} k\right)^2"], 0, Reason.DIFFERENT),
    (TELESCOPE, [r"\sum_{m=1}^{10} \frac{1}{m} - \sum_{m=2}^{10} \frac{1}{m}"], 0, Reason.DIFFERENT),
    (FRACTIONS, ["A = 2, B = 4", r"\frac{4}{u+6} + \frac{2}{u+1}"], 1, Reason.DIFFERENT),
    (EIGENVALUES, ["(3 - s)(3 - s) + 1 = 0"], 0, Reason.MISSING),
    (CURVES, ["x = 2 or x = 5", "(x = 2, y = 7) or (x = 5, y = 7)"], 1, Reason.MISSING),
    (ANGLE, [r"\sin\frac{\pi}{4} + \sin\frac{\pi}{6}"], 0, Reason.DIFFERENT),
]


@pytest.mark.parametrize(("problem", "lines", "steps"), RIGHT)
def test_a_right_solution_has_no_wrong_step(problem: Problem, lines: list[str], steps: list[Step]) -> None:
    assert [mark.step for mark in mark_solution(problem, "\n".join(lines))] == steps


@pytest.mark.parametrize(("problem", "lines", "line", "reason"), WRONG)
def test_the_first_wrong_line_is_found(problem: Problem, lines: list[str], line: int, reason: Reason) -> None:
    marks = mark_solution(problem, "\n".join(lines))
    assert first_wrong(marks) == line
    assert next(mark.reason for mark in marks if mark.step is Step.WRONG) is reason


def test_other_kinds_of_answers_have_no_steps() -> None:
    (mark,) = mark_solution(Problem(Kind.LIST, ("list", 1, 2)), "1, 2")
    assert (mark.step, mark.reason) == (Step.SKIPPED, Reason.SHAPE)


@pytest.mark.parametrize(
    ("family", "kind", "form"),
    [
        ("linear-equation", Kind.SOLUTIONS, Form.ANY),
        ("linear-system", Kind.SYSTEM, Form.ANY),
        ("factor-polynomial", Kind.EXPRESSION, Form.FACTORED),
        ("simplify-surds", Kind.VALUE, Form.SIMPLIFIED),
        ("inverse-matrix", Kind.MATRIX, Form.NUMBER),
        ("sum-of-powers", Kind.VALUE, Form.NUMBER),
        ("line-and-curve", Kind.SYSTEM, Form.ANY),
        ("eigenvalues", Kind.SOLUTIONS, Form.ANY),
        ("derivative-by-table", Kind.EXPRESSION, Form.ANY),
        ("definite-integral-by-table", Kind.VALUE, Form.ANY),
        ("integral-by-table", Kind.ANTIDERIVATIVE, Form.ANY),
        ("limit-by-factoring", Kind.VALUE, Form.ANY),
        ("initial-value-problem", Kind.DIFFERENTIAL, Form.ANY),
    ],
)
def test_a_trace_says_what_kind_of_answer_it_has(family: str, kind: Kind, form: Form) -> None:
    trace = Problems(all_families()[family], seed=5)[0]
    problem = Problem.of(trace)
    assert (problem.kind, problem.form) == (kind, form)
    elsewhere = structs.replace(trace.problem, state={"files": {}})
    with pytest.raises(BadTreeError, match="files"):
        Problem.of(structs.replace(trace, problem=elsewhere))


_LINES = st.lists(
    st.one_of(
        st.text(max_size=40), st.sampled_from([line for _, lines, *_ in RIGHT + WRONG for line in lines])
    ),
    max_size=12,
)


@UNTIMED
@given(
    st.sampled_from(
        [TWO, ABOVE, PARTS, SQUARE, AREA, SLOPE, BOTH, INVERSE, SUM, EIGENVALUES, GROWTH, START, BENT, POLE]
    ),
    _LINES,
)
def test_any_solution_is_marked_line_by_line(problem: Problem, lines: list[str]) -> None:
    marks = mark_solution(problem, "\n".join(lines))
    numbers = [mark.line for mark in marks]
    assert numbers == sorted(numbers)
