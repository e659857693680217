"""Which levels a run takes."""

from __future__ import annotations

from collections import Counter

import pytest

from rpsdg.runs.levels import LevelError, Levels, read_level_mix, read_levels


@pytest.mark.parametrize("text", ["", "0", "6", "2-", "4-2", "a", "1;2", "1-2-3", "1,,2"])
def test_levels_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(LevelError, match="were expected"):
        read_levels(text)


@pytest.mark.parametrize("text", ["", "1", "1=", "1=x", "6=1", "1=1,1=2", "1=-1", "1=nan"])
def test_weights_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(LevelError, match="were expected"):
        read_level_mix(text)


def test_no_weight_at_all() -> None:
    with pytest.raises(LevelError, match="add up to 0"):
        read_level_mix("1=0,2=0")


def test_levels_that_are_not_named_are_refused() -> None:
    levels = read_levels("4-5")
    assert levels.refuses(3, Counter(), 10) == "level 3 is not asked for"
    assert levels.refuses(5, Counter({5: 10}), 10) is None


def test_a_share_is_filled_and_not_more() -> None:
    levels = read_level_mix("1=1,2=3")
    assert levels.refuses(1, Counter({1: 1}), 8) is None
    assert levels.refuses(1, Counter({1: 2}), 8) == "there are enough of level 1"
    assert levels.refuses(2, Counter({1: 2, 2: 5}), 8) is None
    assert Levels().refuses(1, Counter({1: 99}), 1) is None
