"""The grader is right about every adversarial answer, about what our printers print, and never stumbles."""

from __future__ import annotations

import doctest
import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from flint import arb
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rpsdg.benchmarks.adversarial import Case, cases
from rpsdg.math_domains import grading
from rpsdg.math_domains.derivatives import derivative
from rpsdg.math_domains.grading import Form, Kind, Problem, Reason, grade, score
from rpsdg.math_domains.grading.limits import LONGEST_TEXT, MOST_WORK
from rpsdg.math_domains.latex import latex
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.text import plain
from rpsdg.math_domains.trees import Tree, add, mul, places, put
from rpsdg.math_domains.witnesses.balls import Balls

from .written import EXPRESSIONS

CASES = cases()
UNTIMED = settings(deadline=None)
PRINTED = st.sampled_from([latex, plain])
PROBLEMS = list({case.problem: None for case in CASES})


def _name(case: Case) -> str:
    return f"{case.problem.kind.value}: {case.answer[:40]}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_adversarial(case: Case) -> None:
    found = grade(case.problem, case.answer)
    assert found.right is case.right, f"{case.why}; {found}"


def test_the_suite_has_what_other_graders_stumbled_over() -> None:
    sources = [case.source for case in CASES]
    assert sources.count("math-verify") == 9
    assert sources.count("reasoning-gym") == 7
    assert len(CASES) > 500


def _values(tree: Tree) -> list[arb]:
    """Return the value at three points that have nothing to do with those of the grader."""
    at = {"x": ("0.3", "1.7", "-2.6"), "y": ("2.2", "-0.7", "0.9"), "theta": ("1.1", "0.2", "-3.4")}
    return Balls(lambda name: tuple(map(arb, at[name]))).value(tree)


def _known(values: list[arb]) -> bool:
    return all(value.is_finite() and value.rel_one_accuracy_bits() > 20 for value in values)


def _smooth(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """Grow expressions whose derivative can be written down."""
    several = st.lists(inner.filter(bool), min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda parts: add(*parts)),
        several.map(lambda parts: mul(*parts)),
        st.tuples(st.just("/"), inner, inner.filter(bool)),
        st.tuples(st.just("^"), inner, st.integers(2, 3)),
        st.tuples(st.sampled_from(["sin", "cos", "exp"]), inner),
    )


@UNTIMED
@given(EXPRESSIONS, PRINTED)
def test_what_is_printed_is_right(tree: Tree, printed) -> None:
    assume(_known(_values(tree)))
    assert score(Problem(Kind.EXPRESSION, tree), printed(tree)) == 1.0


@UNTIMED
@given(EXPRESSIONS, PRINTED, st.data())
def test_what_is_changed_is_wrong(tree: Tree, printed, data) -> None:
    path = data.draw(st.sampled_from([path for path, part in places(tree) if type(part) is not tuple]))
    changed = put(tree, path, data.draw(st.one_of(st.integers(-12, 12), st.sampled_from(["x", "y", "pi"]))))
    before, after = _values(tree), _values(changed)
    assume(_known(before) and not all(a.overlaps(b) for a, b in zip(before, after, strict=True)))
    assert score(Problem(Kind.EXPRESSION, tree), printed(changed)) == 0.0


@UNTIMED
@given(st.recursive(st.one_of(st.integers(-6, 6), st.just("x")), _smooth, max_leaves=6), PRINTED)
def test_an_antiderivative_that_is_printed_is_right(tree: Tree, printed) -> None:
    integrand = derivative(tree, "x")
    problem = Problem(Kind.ANTIDERIVATIVE, integrand=integrand)
    assume(_known(_values(tree)) and _known(_values(integrand)))
    assert score(problem, f"{printed(tree)} + C") == 1.0
    assert score(problem, f"{printed(tree)} + x + C") == 0.0
    assert grade(problem, printed(tree)).reason is Reason.NO_CONSTANT


ROOTS = st.one_of(
    st.integers(-20, 20),
    st.tuples(st.just("/"), st.integers(1, 6), st.sampled_from([7, 11])),
    st.tuples(st.just("sqrt"), st.sampled_from([2, 3, 5])).map(lambda root: ("+", 1, root)),
)
WAYS = st.sampled_from(
    [
        lambda shown: " or ".join(f"x = {root}" for root in shown),
        lambda shown: ", ".join(f"x_{number} = {root}" for number, root in enumerate(shown)),
        lambda shown: f"The solutions are \\boxed{{\\left\\{{{', '.join(shown)}\\right\\}}}}.",
        lambda shown: "x = " + ", ".join(shown),
    ]
)


@UNTIMED
@given(st.lists(ROOTS, min_size=2, max_size=5, unique=True), WAYS, PRINTED, st.randoms())
def test_roots_are_right_in_any_order_and_none_may_be_missing(
    roots: list[Tree], way, printed, random
) -> None:
    problem = Problem(Kind.SOLUTIONS, ("or", *[("=", "x", root) for root in roots]))
    assert score(problem, printed(problem.gold)) == 1.0
    shown = [printed(root) for root in roots]
    random.shuffle(shown)
    assert score(problem, way(shown)) == 1.0
    assert grade(problem, way(shown[1:])).reason is Reason.MISSING
    assert grade(problem, way([*shown, "47"])).reason is Reason.EXTRA


@UNTIMED
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=5, unique=True).map(sorted), st.data())
def test_a_set_is_the_same_as_intervals_and_as_relations(ends: list[int], data) -> None:
    closed = [data.draw(st.booleans()) for _ in ends]
    pairs = list(zip(ends[::2], ends[1::2], closed[::2], closed[1::2], strict=False))
    relations = [
        ("and", (">=" if low else ">", "x", a), ("<=" if high else "<", "x", b)) for a, b, low, high in pairs
    ]
    intervals = [f"{'[' if low else '('}{a}, {b}{']' if high else ')'}" for a, b, low, high in pairs]
    problem = Problem(Kind.SOLUTIONS, ("or", *relations))
    assert score(problem, " \\cup ".join(intervals)) == 1.0
    assert score(problem, " or ".join(f"x \\in {interval}" for interval in reversed(intervals))) == 1.0
    assert score(problem, " \\cup ".join([*intervals, "\\{10\\}"])) == 0.0


def test_threads_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda case: score(case.problem, case.answer), CASES))
    assert found == [float(case.right) for case in CASES]


_PIECES = st.sampled_from(
    [
        *(
            "\\frac",
            "\\boxed",
            "\\sqrt",
            "\\left",
            "\\right",
            "\\int",
            "\\begin{pmatrix}",
            "\\end{pmatrix}",
            "\\text",
        ),
        *(
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "|",
            "^",
            "_",
            "=",
            ",",
            "+",
            "-",
            "*",
            "/",
            "!",
            "%",
            "&",
            "\\\\",
            "\\{",
        ),
        *(
            "x",
            "y",
            "C",
            "e",
            "sin",
            "ln",
            "asinh",
            "9",
            "0",
            "1.5",
            "10**10",
            "99999",
            " or ",
            " and ",
            "±",
            "∞",
            "²",
        ),
        *(
            "the answer is",
            "$",
            "$$",
            "####",
            "<answer>",
            "</answer>",
            "\n",
            "°",
            "٣",
            "\ud800",
            "\x00",
            "...",
            "\\in",
        ),
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(alphabet=string.printable, max_size=200),
    st.lists(_PIECES, max_size=60).map("".join),
    st.tuples(_PIECES, st.integers(1, 4000), _PIECES).map(lambda parts: parts[0] * parts[1] + parts[2]),
)


@UNTIMED
@given(st.sampled_from(PROBLEMS), _TEXTS)
@example(PROBLEMS[0], "9" * 10_000)
@example(PROBLEMS[0], "9^" * 20 + "9")
@example(PROBLEMS[0], "10**10**9")
@example(PROBLEMS[0], "(" * 100_000)
@example(PROBLEMS[0], "\\boxed{" * 50_000)
@example(PROBLEMS[0], "x/" * 500 + "x")
@example(PROBLEMS[0], "asinh " * 20 + "x")
@example(PROBLEMS[0], "(x+y+1)^40" * 30)
@example(PROBLEMS[0], "((((x+1)^40)^40)^40)^40")
def test_any_text_ends_within_its_work(problem: Problem, text: str) -> None:
    found = grade(problem, text)
    assert found.work <= MOST_WORK
    assert found.right or found.reason is not Reason.EQUAL


def test_the_docstring_is_true() -> None:
    assert doctest.testmod(grading).failed == 0


def test_only_the_end_of_a_long_text_is_looked_at() -> None:
    problem = Problem(Kind.VALUE, 5)
    assert score(problem, "I think so. " * 10_000 + "The answer is 5.") == 1.0
    assert score(problem, "The answer is 5." + "I think so. " * LONGEST_TEXT) == 0.0


@pytest.mark.parametrize(
    ("form", "gold", "answer", "reason"),
    [
        (Form.FACTORED, "(x + 1)*(x - 1)", "x^2 - 1", Reason.FORM),
        (Form.EXPANDED, "x**2 - 1", "(x+1)(x-1)", Reason.FORM),
        (Form.ANY, "x**2 - 1", "x^2 + 1", Reason.DIFFERENT),
        (Form.ANY, "log(Abs(x))", "ln x", Reason.NARROWER),
        (Form.ANY, "x**2 - 1", "Derivative(x**3/3 - x, x)", Reason.RESTATED),
        (Form.ANY, "x**2 - 1", "what", Reason.UNREADABLE),
        (Form.ANY, "x**2 - 1", "x^2 - 1, x", Reason.SHAPE),
        (Form.ANY, "x**2 - 1", "(x^2 - 1)/10^800*10^800", Reason.TOO_LARGE),
        (Form.ANY, "sqrt(2)", "1.414", Reason.DIFFERENT),
    ],
)
def test_a_wrong_answer_has_its_reason(form: Form, gold: str, answer: str, reason: Reason) -> None:
    assert grade(Problem(Kind.EXPRESSION, read(gold), form=form), answer).reason is reason
