"""The peers of the benchmark of mathematics: what is written after a paper does what the paper says."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import sympy

from rpsdg.benchmarks import backward
from rpsdg.benchmarks.mathematics_home import Peer, PeersHome


def test_the_answer_of_the_backward_generator_has_the_question_as_its_derivative() -> None:
    rng = Random(3)
    made = [found for _ in range(12) if (found := backward.backward(rng)) is not None]
    x = sympy.Symbol("x")
    checked = 0
    for question, answer in made:
        difference = sympy.sympify(answer).diff(x) - sympy.sympify(question)
        value = difference.subs(x, sympy.Rational(7, 10)).evalf(30)
        if value.is_number and value.is_finite:
            checked += 1
            assert abs(value) < 1e-12

    assert checked > 3


def test_its_trees_are_as_likely_as_each_other() -> None:
    drawn = Counter(tuple(backward._arities(Random(seed), 2)) for seed in range(4000))

    # Of two operators there are 6 trees: u(u(.)), u(b(..)), b(u(.).), b(.u(.)), b(b(..).), b(.b(..)).
    assert len(drawn) == 6 == backward._trees(1, 2)
    assert min(drawn.values()) > 0.8 * 4000 / 6


def test_a_peer_that_cannot_be_installed_is_named_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*arguments: object, **more: object) -> None:
        raise subprocess.CalledProcessError(1, "uv")

    monkeypatch.setattr(subprocess, "run", failing)

    assert PeersHome(tmp_path).measure(Peer("reasoning-gym", ("reasoning-gym==0.1.25",)), 1.0, 1) is None
    assert "reasoning-gym==0.1.25 cannot be installed" in caplog.text
