"""Problems of every family: pure, worked, verified from the problem alone; and what is wrong is found."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest
import sympy

from rpsdg.math_domains.canonical import canonical_form
from rpsdg.math_domains.checking import check
from rpsdg.math_domains.family import DrawAgainError
from rpsdg.math_domains.place import MisplacedError
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families, all_mistakes
from rpsdg.math_domains.rewriting import Detail
from rpsdg.math_domains.seen import Seen
from rpsdg.math_domains.streams import stream
from rpsdg.math_domains.sympy_bridge import to_sympy
from rpsdg.math_domains.trees import Tree, instead, size
from rpsdg.traces.identity import seal
from rpsdg.traces.levels import LEVELS
from rpsdg.traces.record import Trace

FAMILIES = [pytest.param(family, id=name) for name, family in all_families().items()]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", LEVELS)
def test_every_claim_of_every_problem_holds(family, level: int) -> None:
    for index in range(15):
        trace = Problems(family, seed=5, level=level)[index]

        assert check(msgspec.json.decode(msgspec.json.encode(trace), type=Trace)) == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_problem_depends_on_its_number_alone(family) -> None:
    forwards = [Problems(family, seed=1)[index] for index in range(4)]
    backwards = [Problems(family, seed=1)[index] for index in reversed(range(4))]

    assert forwards == backwards[::-1]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_solution_is_a_walk_from_the_answer_played_backwards(family, level: int) -> None:
    laid = 0
    for number in range(400):
        try:
            walk = family.lay(stream(family.name, number), level).walk()
        except (DrawAgainError, MisplacedError):
            continue
        for move, near, far in zip(walk.moves, walk.states, walk.states[1:], strict=False):
            assert move.apply(near) == far
            assert move.undo(far) == near
        laid += 1
        if laid == 8:
            return
    assert laid


@pytest.mark.parametrize("family", FAMILIES)
def test_sympy_agrees_with_the_answer(family) -> None:
    for index in range(4):
        trace = Problems(family, seed=9, level=1 + index % 2)[index]
        problem, answer = (to_sympy(read(s["sympy"])) for s in (trace.problem.state, trace.answer.state))

        if isinstance(problem, sympy.Eq):
            solutions = answer.args if isinstance(answer, sympy.Or) else [answer]
            for solution in solutions:
                assert sympy.simplify((problem.lhs - problem.rhs).subs(*solution.args).doit()) == 0
        elif isinstance(problem, sympy.And):
            for case in answer.args if isinstance(answer, sympy.Or) else [answer]:
                found = dict(equation.args for equation in case.args)
                assert all(sympy.simplify((e.lhs - e.rhs).subs(found)) == 0 for e in problem.args)
        elif isinstance(problem, sympy.core.relational.Relational):
            (x,) = problem.free_symbols
            for value in (sympy.Rational(k, 4) for k in range(-60, 61)):
                assert bool(problem.subs(x, value)) == bool(answer.subs(x, value))
        elif isinstance(problem, sympy.Integral) and len(problem.limits[0]) == 3:
            assert abs(sympy.N(problem) - sympy.N(answer)) < 1e-9 * (1 + abs(sympy.N(answer)))
        elif isinstance(problem, sympy.Integral):
            (x,) = problem.variables
            assert equal(sympy.diff(answer, x), problem.function)
        else:
            positive = {to_sympy(name): sympy.Symbol(name, positive=True) for _, name, _ in family.assuming}
            assert equal(problem.xreplace(positive), answer.xreplace(positive))


def equal(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Whether SymPy shows that two expressions are equal, once it is told what a sign is."""
    if isinstance(right, sympy.MatrixBase):
        return bool((left.doit() - right).is_zero_matrix)
    difference = (left - right).doit().replace(sympy.sign, lambda of: of / sympy.Abs(of))
    plain = difference.replace(sympy.Abs, lambda of: sympy.sqrt(of**2))
    return bool(sympy.simplify(sympy.expand_log(plain)) == 0)


@pytest.mark.parametrize("family", FAMILIES)
def test_neighbouring_seeds_share_no_more_than_chance(family) -> None:
    def ids(seed: int) -> list[str]:
        return [Problems(family, seed=seed)[index].id for index in range(12)]

    assert len(set(ids(1)) & set(ids(2))) <= 2


@pytest.mark.parametrize("family", FAMILIES)
def test_higher_levels_are_harder(family) -> None:
    def score(level: int) -> float:
        return sum(Problems(family, level=level)[index].score or 0 for index in range(25)) / 25

    assert score(1) < score(5)
    assert score(1) <= score(3) + 0.02


@pytest.mark.parametrize("family", FAMILIES)
def test_explanations_grow_with_the_detail(family) -> None:
    def told(detail: Detail) -> int:
        return sum(len(step.explanation) for step in Problems(family, detail=detail)[0].steps)

    assert told(Detail.BRIEF) < told(Detail.REASON)


@pytest.mark.parametrize("name", ["linear-equation", "factor-polynomial", "derivative-by-table"])
def test_mistakes_have_the_share_that_is_asked_for(name: str) -> None:
    problems = Problems(all_families()[name], seed=3, wrong_steps=0.4)
    told = [any(step.label == "first-error" for step in problems[index].steps) for index in range(300)]

    assert sum(told) / 300 == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_wrong_solution_is_proved_wrong_at_its_first_error_alone(family) -> None:
    problems = Problems(family, seed=2, wrong_steps=1.0)
    for index in range(10):
        trace = problems[index]
        labels = [step.label for step in trace.steps]
        first = labels.index("first-error")

        assert labels == ["correct"] * first + ["first-error"] + ["after-error"] * (len(labels) - first - 1)
        assert check(trace) == ()


@pytest.mark.parametrize("name", [n for n in all_families() if n.startswith("integral-by")])
def test_what_follows_a_mistake_goes_on_to_an_answer(name: str) -> None:
    problems = Problems(all_families()[name], seed=5, wrong_steps=1.0)
    ends = [problems[index].negatives[0].state["sympy"] for index in range(40)]

    assert [end for end in ends if "Integral" in end or "C" not in end] == []


def test_every_mistake_is_made_by_some_family() -> None:
    made = set()
    for family in all_families().values():
        for index in range(80):
            trace = Problems(family, seed=4, wrong_steps=1.0)[index]
            made.add(trace.negatives[0].verdict["mistake"])

    assert made == set(all_mistakes())


@pytest.mark.parametrize("name", all_mistakes())
def test_a_mistake_does_what_its_page_says(name: str) -> None:
    mistake = all_mistakes()[name]
    before, after = map(read, mistake.sample)
    moves = [move for rule in mistake.rules for move in rule.spot(before)]

    made = []
    for move in moves:
        try:
            made.append(mistake.misapply(move).undo(before))
        except LookupError:
            continue

    assert after in made
    assert (type(mistake).__doc__ or "").splitlines()[0].endswith(".")


def changed(trace: Trace, **values: object) -> Trace:
    return seal(msgspec.structs.replace(trace, **values))


def test_a_false_claim_is_found() -> None:
    trace = Problems(all_families()["linear-equation"], level=3)[0]
    first, *rest = trace.steps
    other = {"sympy": "Eq(x, 77)", "latex": "x = 77"}
    replace = msgspec.structs.replace
    forged = {
        "problem": changed(trace, problem=replace(trace.problem, state=other)),
        "answer": changed(trace, answer=replace(trace.answer, text="x = 77")),
        "steps": changed(trace, steps=tuple(rest)),
        "explanation": changed(trace, steps=(replace(first, explanation="Trust me."), *rest)),
        "move": changed(trace, steps=(replace(first, rule="collect-like-terms"), *rest)),
        "evidence": changed(trace, steps=(replace(first, evidence=()), *rest)),
        "score": changed(trace, score=0.5),
        "statement": changed(trace, problem=replace(trace.problem, statement="Solve it.")),
    }

    for claim, false in forged.items():
        assert check(false), claim


def test_renamed_and_reordered_problems_are_the_same() -> None:
    same = ["Eq(3*x + 7, 19)", "Eq(7 + 3*t, 19)", "Eq(19, 7 + t*3)"]

    assert len({canonical_form(read(text)) for text in same}) == 1
    assert canonical_form(read("Eq(3*x + 7, 20)")) != canonical_form(read(same[0]))


@pytest.mark.parametrize(
    "text", ["a*c + a*d + b*c + b*d", "a*b + b*c + c*d", "And(Eq(a + b, 2), Eq(a - b, c))"]
)
def test_it_makes_no_difference_which_of_several_names_is_which(text: str) -> None:
    tree = read(text)

    forms = {
        canonical_form(instead(tree, dict(zip("abcd", order, strict=True)))) for order in permutations("wxyz")
    }

    assert len(forms) == 1


def test_seen_tells_new_from_known_digests() -> None:
    digests = [stream(k).randbytes(16) for k in range(1000)]
    seen = Seen(1000)

    assert all(seen.add(digest) for digest in digests)
    assert not any(seen.add(digest) for digest in digests)


def test_integrands_are_no_longer_than_their_answers() -> None:
    def tree(state: dict[str, str]) -> Tree:
        return read(state["sympy"])

    families = [family for name, family in all_families().items() if name.startswith("integral")]
    traces = [Problems(family)[index] for family in families for index in range(50)]
    problem = sum(size(tree(trace.problem.state)) for trace in traces)
    answer = sum(size(tree(trace.answer.state)) for trace in traces)

    assert problem < 1.3 * answer
