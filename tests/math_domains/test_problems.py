"""Problems of every family: pure, worked, verified from the problem alone; and what is wrong is found."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest

from rpsdg.math_domains.canonical import canonical_form, skeleton_digest
from rpsdg.math_domains.checking import check
from rpsdg.math_domains.laws import FAMILY_LAWS, MISTAKE_LAWS, never_made
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_families, all_mistakes, all_rules, all_topics
from rpsdg.math_domains.seen import Seen
from rpsdg.math_domains.streams import stream
from rpsdg.math_domains.trees import Tree, instead, size
from rpsdg.traces.identity import seal
from rpsdg.traces.record import Trace

FAMILIES = [pytest.param(family, id=name) for name, family in all_families().items()]
MISTAKES = [pytest.param(mistake, id=name) for name, mistake in all_mistakes().items()]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("law", FAMILY_LAWS, ids=lambda law: law.__name__)
def test_family_keeps_the_law(law, family) -> None:
    assert list(law(family)) == []


@pytest.mark.parametrize("name", ["linear-equation", "factor-polynomial", "derivative-by-table"])
def test_mistakes_have_the_share_that_is_asked_for(name: str) -> None:
    problems = Problems(all_families()[name], seed=3, wrong_steps=0.4)
    told = [any(step.label == "first-error" for step in problems[index].steps) for index in range(300)]

    assert sum(told) / 300 == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("name", [n for n in all_families() if n.startswith("integral-by")])
def test_what_follows_a_mistake_goes_on_to_an_answer(name: str) -> None:
    problems = Problems(all_families()[name], seed=5, wrong_steps=1.0)
    ends = [problems[index].negatives[0].state["sympy"] for index in range(40)]

    assert [end for end in ends if "Integral" in end or "C" not in end] == []


def test_every_mistake_is_made_by_some_family() -> None:
    assert never_made(all_mistakes(), all_families().values()) == set()


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("law", MISTAKE_LAWS, ids=lambda law: law.__name__)
def test_mistake_keeps_the_law(law, mistake) -> None:
    assert list(law(mistake)) == []


def test_no_two_families_rules_or_mistakes_share_a_name() -> None:
    topics = all_topics().values()

    assert sum(len(topic.families) for topic in topics) == len(all_families())
    assert sum(len(topic.rules) for topic in topics) == len(all_rules())
    assert sum(len(topic.mistakes) for topic in topics) == len(all_mistakes())


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


def test_a_product_of_matrices_is_another_one_the_other_way_round() -> None:
    one, other = (("matrix", ("row", a, 2), ("row", 3, 4)) for a in (1, 5))

    assert canonical_form(("*", one, other)) != canonical_form(("*", other, one))
    assert canonical_form(("*", ("inv", one), other)) != canonical_form(("*", other, ("inv", one)))
    assert canonical_form(("+", one, other)) == canonical_form(("+", other, one))


def test_names_that_stand_in_like_places_may_be_any() -> None:
    grouping = "x*y + x*c + 5*b*y + 5*b*c"
    system = "And(Eq(a + b - c, 0), Eq(b + c - a, 0), Eq(c + a - b, 2))"

    for text, letters in ((grouping, "xycb"), (system, "abc")):
        renamed = [
            instead(read(text), dict(zip(letters, other, strict=True))) for other in permutations(letters)
        ]
        assert len({canonical_form(tree) for tree in renamed}) == 1
        assert len({skeleton_digest(tree) for tree in renamed}) == 1


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
