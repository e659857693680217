from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.experiments.localisation.clusters import clustered

BUGS = st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 1)), min_size=1, max_size=12)


@given(BUGS, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_the_mean_is_in_its_interval_whatever_the_histories(bugs, seeds):
    groups, values = [group for group, _ in bugs], [value for _, value in bugs]
    found = clustered([values] * seeds, groups, 100)
    assert found.value == pytest.approx(sum(values) / len(values))
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


@given(BUGS)
@settings(max_examples=40, deadline=None)
def test_the_same_bugs_twice_say_no_more_than_once(bugs):
    groups, values = [group for group, _ in bugs], [value for _, value in bugs]
    once, twice = clustered([values], groups, 100), clustered([values * 2], groups * 2, 100)
    assert twice == pytest.approx(once)


def test_one_history_gives_no_interval_but_many_do():
    alike = clustered([[0.0, 1.0] * 10], ["a"] * 20, 200)
    assert alike.low == alike.high == 0.5
    apart = clustered([[0.0, 1.0] * 10], list("abcdefghijklmnopqrst"), 200)
    assert apart.low < 0.4 < 0.6 < apart.high


@pytest.mark.parametrize(("values", "groups"), [([], ["a"]), ([[1.0]], []), ([[1.0]], ["a", "b"])])
def test_values_without_bugs_are_refused(values, groups):
    with pytest.raises(ValueError, match="a value of each bug"):
        clustered(values, groups, 10)
