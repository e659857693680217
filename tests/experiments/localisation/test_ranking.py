from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.experiments.localisation.formulas import FORMULAS, dstar, ochiai
from rpsdg.experiments.localisation.ranking import standing

SUSPECTS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.booleans()), min_size=1, max_size=6
).filter(lambda suspects: any(is_faulty for _, is_faulty in suspects))


@given(SUSPECTS)
def test_figures_are_means_over_all_orders_of_ties(suspects):
    scores = [score for score, _ in suspects]
    faulty = [place for place, (_, is_faulty) in enumerate(suspects) if is_faulty]
    orders = [
        o for o in permutations(range(len(scores))) if all(scores[a] >= scores[b] for a, b in pairwise(o))
    ]
    firsts = [min(order.index(place) for place in faulty) + 1 for order in orders]
    found = standing(scores, faulty)
    assert found.rank == pytest.approx(float(Fraction(sum(firsts), len(firsts))))
    assert found.reciprocal == pytest.approx(sum(1 / first for first in firsts) / len(firsts))
    for k in range(8):
        assert found.top(k) == pytest.approx(sum(first <= k for first in firsts) / len(firsts))


@given(st.integers(1, 50), st.integers(0, 50), st.data())
def test_what_more_failing_tests_run_is_never_less_suspicious(failing, passing, data):
    ep = data.draw(st.integers(0, passing))
    ef = data.draw(st.integers(0, failing - 1))
    for formula in FORMULAS.values():
        assert formula(ef + 1, ep, failing, passing) >= formula(ef, ep, failing, passing)


@given(st.integers(1, 50), st.integers(1, 50), st.data())
def test_what_more_passing_tests_run_is_never_more_suspicious(failing, passing, data):
    ef = data.draw(st.integers(0, failing))
    ep = data.draw(st.integers(0, passing - 1))
    for formula in FORMULAS.values():
        assert formula(ef, ep + 1, failing, passing) <= formula(ef, ep, failing, passing)


def test_formulas_at_their_ends():
    assert ochiai(2, 0, 2, 5) == 1
    assert dstar(2, 0, 2, 5) == inf
    assert dstar(1, 1, 2, 5) == 0.5
