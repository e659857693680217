"""No two splits share the shape of a problem; difficulty follows the dial."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.math_domains.curriculum import Curriculum, LevelMix, as_dial, parse_dial
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.skeletons import FEWEST, few_skeletons, skeletons_drawn
from rpsdg.math_domains.splitting import SHARES, Split, split_of, splits_with
from rpsdg.math_domains.streams import chance
from rpsdg.traces.errors import UsageError
from rpsdg.traces.levels import LEVELS

FAMILIES = [pytest.param(family, id=name) for name, family in all_families().items()]
LEVEL = st.floats(LEVELS[0], LEVELS[-1])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_with_few_skeletons_goes_whole_to_one_split(family) -> None:
    found, few = skeletons_drawn(family, draws=100), few_skeletons(family.name)

    if few is None:
        assert splits_with(family.name) == set(Split)
    else:
        assert found <= few  # else: `make docs`
        assert len(few) < FEWEST
        assert {split_of(skeleton) for skeleton in few} == splits_with(family.name)
        assert len(splits_with(family.name)) == 1


def test_the_shares_of_skeletons_are_those_promised() -> None:
    drawn = Counter(split_of(f"{number:032x}") for number in range(20_000))

    assert {split: pytest.approx(share, abs=0.01) for split, share in SHARES.items()} == {
        split: drawn[split] / 20_000 for split in Split
    }


@given(target=LEVEL)
def test_the_mean_of_a_level_between_two_is_the_number_asked_for(target: float) -> None:
    weights = LevelMix.near(target).weights

    assert sum(level * weight for level, weight in zip(LEVELS, weights, strict=True)) == pytest.approx(target)
    assert sum(weights) == pytest.approx(1)


@given(start=LEVEL, end=LEVEL, over=st.integers(1, 50))
def test_a_curriculum_goes_one_way_and_stays_at_its_end(start: float, end: float, over: int) -> None:
    way = Curriculum(start, end, over)
    means = [
        sum(level * weight for level, weight in zip(LEVELS, way.at(index).weights, strict=True))
        for index in range(over + 3)
    ]

    assert means[0] == pytest.approx(start)
    assert means == pytest.approx(sorted(means, reverse=end < start))
    assert over == 1 or means[over - 1 :] == pytest.approx([end] * 4)


@given(weights=st.lists(st.floats(0, 9), min_size=5, max_size=5).filter(any))
def test_levels_come_with_their_shares(weights: list[float]) -> None:
    mix = LevelMix(tuple(weights))
    drawn = Counter(mix.level((number + 0.5) / 1000) for number in range(1000))

    assert [drawn[level] / 1000 for level in LEVELS] == pytest.approx(
        [weight / sum(weights) for weight in weights], abs=0.0021
    )


def test_problems_follow_the_dial() -> None:
    family = all_families()["linear-equation"]

    def levels(dial: str, count: int) -> list[int]:
        problems = Problems(family, level=parse_dial(dial, count))
        return [int(str(problems[index].provenance.source["level"])) for index in range(count)]

    assert set(levels("4", 5)) == {4}
    assert set(levels("1:1,5:1", 40)) == {1, 5}
    rising = levels("1..5", 60)
    assert max(rising[:10]) <= 2
    assert min(rising[-10:]) >= 4
    assert Problems(family, level=3)[7] == Problems(family, level=as_dial(3))[7]


@pytest.mark.parametrize(
    "text", ["", "six", "0", "5.5", "1:x", "9:1", "1:-1", "1:0", "1..", "1..6", "nan", "1:inf"]
)
def test_what_is_no_difficulty_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_dial(text, 100)


@given(key=st.lists(st.integers(0, 99) | st.text("abc", max_size=3), max_size=4))
def test_a_chance_depends_on_its_key_alone(key: list[int | str]) -> None:
    assert 0 <= chance(*key) < 1
    assert chance(*key) == chance(*key)
