"""The benchmarks of the grader: what they feed it, and what they report."""

from __future__ import annotations

import pytest

from rpsdg.benchmarks import grader, grader_fuzz
from rpsdg.benchmarks.adversarial import cases


def test_fuzzing_raises_nothing() -> None:
    seen = grader_fuzz.fuzz(1_500, seed=1)
    assert seen.inputs == 1_500
    assert seen.raised == 0
    assert seen.slowest_input


def test_an_input_depends_on_its_number_alone() -> None:
    answers = [case.answer for case in cases()]
    texts = [grader_fuzz.text_of(3, number, answers) for number in range(300)]
    assert texts[200:] == [grader_fuzz.text_of(3, number, answers) for number in range(200, 300)]
    assert len(set(texts)) > 280


def test_what_raises_is_counted_and_the_rest_still_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: object, text: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(grader_fuzz, "grade", broken)
    seen = grader_fuzz.fuzz(2 * grader_fuzz.MARKED)
    assert seen.raised == seen.inputs - 2  # every twentieth is marked as a solution


def test_without_a_peer_our_side_is_still_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grader, "_peer", lambda suite: None)
    figures = list(grader.run(True))
    assert [figure.ours for figure in figures[1:]] == [100, 100, 100]
    assert all(figure.ratio is None or figure.peer == 0 for figure in figures)
