"""Every law holds, and the physics is right."""

from __future__ import annotations

import pytest

from rpsdg.math_domains.grading import Problem, score
from rpsdg.math_domains.laws import check_topic
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import all_topics
from rpsdg.math_domains.trees import BadTreeError
from rpsdg.math_domains.values import evaluated
from rpsdg_kinematics.motion import Motion
from rpsdg_kinematics.rules.motion import DistanceBetweenSpeeds, DistanceInTime, SpeedAfterTime

TOPIC = all_topics()["kinematics"]


def test_every_law_holds() -> None:
    assert [str(error) for _, error in check_topic(TOPIC) if error is not None] == []


def test_the_topic_is_whole() -> None:
    assert set(TOPIC.families) == {"change-of-speed", "meeting-of-movers", "uniform-acceleration"}
    assert (len(TOPIC.rules), len(TOPIC.mistakes)) == (4, 5)


@pytest.mark.parametrize("motion", [Motion(0, 2), Motion(5, 3), Motion(40, -4)])
def test_the_three_equations_agree(motion: Motion) -> None:
    time = 6
    speed = evaluated(SpeedAfterTime.equation(motion, time))
    low, high = sorted((motion.start, int(str(speed))))
    duration = read(f"({high} - {low})/{abs(motion.gain)}" if low else f"{high}/{abs(motion.gain)}")
    by_time, by_speeds = (
        DistanceInTime.equation(motion, time),
        DistanceBetweenSpeeds.equation(motion, duration),
    )

    assert by_time is not None
    assert by_speeds is not None
    assert evaluated(by_time) == evaluated(by_speeds)


@pytest.mark.parametrize("name", TOPIC.families)
def test_an_answer_counts_in_its_own_unit_alone(name: str) -> None:
    family = TOPIC.families[name]
    trace = Problems(family, seed=3, level=2)[0]
    value, _, unit = trace.answer.text.rpartition(" ")

    assert unit == family.unit.split("|")[0]
    assert score(Problem.of(trace), trace.answer.text) == score(Problem.of(trace), value) == 1.0
    assert score(Problem.of(trace), f"{value} km") == 0.0


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("uniform-acceleration", "5*11 + Integral(6 + 2*t, (t, 0, 7)) + 12*Subs(6 + 2*t, t, 7)"),
        ("uniform-acceleration", "12*Subs(6 + 2*t, t, 7)"),
        ("change-of-speed", "Integral(3 + 2*t, (t, 0, (7 - 4)/2))"),
        ("change-of-speed", "19*3 + Integral(20 - 4*t, (t, 0, 20/4))"),
        ("change-of-speed", "Integral(20 - 4*t, (t, 0, x))"),
        ("meeting-of-movers", "Eq(8*x, 60 + 5*x)"),
        ("meeting-of-movers", "8*t"),
    ],
)
def test_no_words_are_put_to_what_is_no_problem_of_a_family(name: str, problem: str) -> None:
    with pytest.raises(BadTreeError):
        TOPIC.families[name].told(read(problem))
