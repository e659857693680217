"""The laws of mathematics can be broken, and each notices what it is there for."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

import pytest

from rpsdg.math_domains.algebra.families.linear import LinearEquation
from rpsdg.math_domains.algebra.mistakes.common import DividedOneSide
from rpsdg.math_domains.algebra.rules.both_sides import DivideBothSides
from rpsdg.math_domains.algebra.rules.trigonometry import SineFromCosine
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.laws import FAMILY_LAWS, MISTAKE_LAWS, RULE_LAWS, check_families
from rpsdg.math_domains.laws.proofs import answers, proved
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.tape import Tape

LAWS = {law.__name__: law for law in (*FAMILY_LAWS, *RULE_LAWS)}
CALLS = count()


def changed(base: type, **changes: object) -> Any:
    """Return a lawful class with some of it replaced, and with its name."""
    return type(base.__name__, (base,), {"__doc__": base.__doc__, **changes})


def lay(rng: Random, level: int) -> Tape:
    return LinearEquation().lay(rng, level)


def draw_again(self, rng: Random, level: int) -> Tape:
    raise DrawAgainError


Curt = changed(DivideBothSides, brief=("Divide by {by}.",), step=("Divide by {by}.",), reason=())


@pytest.mark.parametrize(
    ("changes", "law", "words"),
    [
        ({"__doc__": None}, "has_a_page", "docstring"),
        ({"__doc__": "Solve it"}, "has_a_page", "docstring"),
        ({"topic": "Algebra"}, "has_a_page", "not a path"),
        ({"asks": ("Solve {problem}.", "Solve {other}.")}, "asks_in_words_that_fit", "names (other)"),
        ({"asks": ("Solve {problem}",)}, "asks_in_words_that_fit", "no sentence"),
        ({"told": lambda self, problem: {"problem": 7}}, "every_claim_of_every_problem_holds", "statement"),
        (
            {"lay": lambda self, rng, level: lay(Random(next(CALLS)), level)},
            "a_problem_depends_on_its_number_alone",
            "another order",
        ),
        ({"lay": draw_again}, "a_solution_is_a_walk_played_backwards", "made no problem"),
        (
            {"lay": lambda self, rng, level: lay(Random(rng.randint(1, 6)), 1)},
            "neighbouring_seeds_share_no_more_than_chance",
            "the seeds 1 and 2 share",
        ),
        (
            {"lay": lambda self, rng, level: lay(Random(2), 2)},
            "neighbouring_seeds_share_no_more_than_chance",
            "only 1 are different",
        ),
        ({"lay": lambda self, rng, level: lay(rng, 6 - level)}, "higher_levels_are_harder", "mean scores"),
        (
            {"lay": lambda self, rng, level: Tape(read("Eq(3*x, 12)")).do(Curt, by=3)},
            "explanations_grow_with_the_detail",
            "no longer",
        ),
        ({"unit": "m"}, "a_worked_solution_is_graded_right_line_by_line", "graded wrong, written x ="),
    ],
)
def test_a_law_that_a_family_breaks_says_so(changes, law: str, words: str) -> None:
    found = list(LAWS[law](changed(LinearEquation, **changes)()))

    assert words in found[0]


@pytest.mark.parametrize(
    ("changes", "law", "words"),
    [
        ({"__doc__": None}, "keeps_the_laws_of_the_kernel", "has a page"),
        ({"law": ("Eq(a, b)", "Eq(a/n, b)")}, "sympy_proves_it", "does not find Eq(a, b) equal"),
        (
            {"sample": ("Eq(x, 5)", "Eq(3*x, 12)")},
            "a_solver_finds_the_step_that_the_sample_shows",
            "Eq(x, 5)",
        ),
        (
            {"step": ("divide both sides of it by {by}",)},
            "explanations_are_sentences_at_every_detail",
            "no sentence",
        ),
    ],
)
def test_a_law_that_a_rule_breaks_says_so(changes, law: str, words: str) -> None:
    found = list(LAWS[law](changed(DivideBothSides, **changes)))

    assert words in found[0]


def test_a_rule_that_is_not_true_is_noticed() -> None:
    wrong = changed(SineFromCosine, right="sin(a)", sample=("sin(x)", "1 - cos(x)**2"))

    assert "a witness says no" in next(LAWS["every_move_found_is_true_and_can_be_aimed_again"](wrong))


@pytest.mark.parametrize(
    "changes", [{"__doc__": "Divide"}, {"sample": ("Eq(3*x, 12)", "Eq(x, 13)")}, {"sample": ("x", "y")}]
)
def test_a_law_that_a_mistake_breaks_says_so(changes) -> None:
    mistake = changed(DividedOneSide, **changes)()

    assert len([found for law in MISTAKE_LAWS for found in law(mistake)]) == 1


def test_what_raises_breaks_a_law() -> None:
    def lay_nothing(self, rng, level):
        raise ZeroDivisionError("by nought")

    ((name, error),) = check_families([changed(LinearEquation, lay=lay_nothing)()])

    assert name == "linear-equation"
    assert "it raises ZeroDivisionError: by nought" in str(error)


@pytest.mark.parametrize(
    ("problem", "right", "wrong"),
    [
        ("Eq(2*x, 4)", "Eq(x, 2)", "Eq(x, 3)"),
        ("Eq(x**2, 4)", "Or(Eq(x, 2), Eq(x, -2))", "Or(Eq(x, 2), Eq(x, -1))"),
        ("And(Eq(t**2, 4), Gt(t, 0))", "Eq(t, 2)", "Eq(t, -2)"),
        ("And(Eq(x + y, 3), Eq(x - y, 1))", "And(Eq(x, 2), Eq(y, 1))", "And(Eq(x, 1), Eq(y, 2))"),
        ("Gt(2*x, 4)", "Gt(x, 2)", "Ge(x, 2)"),
        ("Integral(5 + 3*t, (t, 0, 4))", "44", "45"),
        ("3*Subs(5 + 3*t, t, 4)", "51", "50"),
        ("Integral(2*x, x)", "x**2 + C", "x**2/2 + C"),
    ],
)
def test_sympy_tells_an_answer_from_another(problem: str, right: str, wrong: str) -> None:
    assert answers(read(problem), read(right))
    assert not answers(read(problem), read(wrong))


def test_sympy_tells_a_law_from_what_is_none() -> None:
    assert proved(read("(a + b)**2"), read("a**2 + 2*a*b + b**2"), [])
    assert not proved(read("(a + b)**2"), read("a**2 + b**2"), [])
    assert proved(read("Eq(n*a, n*b)"), read("Eq(a, b)"), [])
    assert not proved(read("Eq(a**2, b**2)"), read("Eq(a, b)"), [])
