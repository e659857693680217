"""Intervals and calibration."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.experiments.statistics import calibration, difference, mean

OUTCOMES = st.integers(1, 12).flatmap(
    lambda problems: st.lists(
        st.lists(st.sampled_from([0.0, 1.0]), min_size=problems, max_size=problems), min_size=1, max_size=4
    )
)


@given(OUTCOMES)
@settings(max_examples=25, deadline=None)
def test_the_mean_lies_in_its_interval_and_the_interval_in_the_range(outcomes: list[list[float]]) -> None:
    found = mean(outcomes)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.value == pytest.approx(sum(map(sum, outcomes)) / sum(map(len, outcomes)))


@given(OUTCOMES)
@settings(max_examples=25, deadline=None)
def test_nothing_differs_from_itself(outcomes: list[list[float]]) -> None:
    found = difference(outcomes, outcomes)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert not found.is_clear


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng, held = Random(1), 0
    for _ in range(60):
        easy = [rng.random() for _ in range(40)]  # how likely each problem is solved, by whatever seed
        rows = [[float(rng.random() < chance) for chance in easy] for _ in range(3)]
        found = mean(rows)
        held += found.low <= 0.5 <= found.high
    assert held >= 52


def test_seeds_that_disagree_widen_the_interval() -> None:
    alike = mean([[1.0, 0.0] * 50] * 4)
    apart = mean([[1.0] * 100, [0.0] * 100] * 2)
    assert apart.high - apart.low > 3 * (alike.high - alike.low)


def test_unequal_numbers_of_problems_are_refused() -> None:
    with pytest.raises(ValueError, match="same problems"):
        mean([[1.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="same problems"):
        mean([])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_a_calibration_error_is_a_share_and_all_promises_are_in_a_bin(said: list[tuple[float, bool]]) -> None:
    found = calibration([promise for promise, _ in said], [came for _, came in said])
    assert 0 <= found.error <= 1
    assert sum(count for count, _, _ in found.bins) == len(said)


@given(st.integers(1, 50), st.booleans())
def test_who_always_is_sure_and_right_is_calibrated_and_who_is_wrong_is_not(count: int, came: bool) -> None:
    assert calibration([float(came)] * count, [came] * count).error == 0
    assert calibration([float(not came)] * count, [came] * count).error == 1
