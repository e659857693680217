"""The whole experiment on programs of a few lines, in the environment that has scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rpsdg.benchmarks.consumer_home import make_home

pytestmark = pytest.mark.consumer


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    program = Path(__file__).with_name("tiny_localisation.py")
    found: dict[str, Any] = make_home("experiments").run(program, tmp_path_factory.mktemp("tiny"))
    return found


def test_what_is_done_is_not_done_again(seen: dict[str, Any]) -> None:
    assert seen["same"]
    assert seen["nothing_done_again"]


def test_bugs_of_every_mixture_and_program_are_made_and_ranked(seen: dict[str, Any]) -> None:
    assert seen["injected"].keys() == {"uniform", "operators"}
    for programs in seen["injected"].values():
        assert len(programs) == 2
        assert all(0 < count <= 3 for count in programs.values())
    assert len(seen["held_out"]) == sum(sum(of.values()) for of in seen["injected"].values())
    assert seen["chosen"] == [True, True]


def test_a_real_bug_is_seen_again_and_ranked_by_all(seen: dict[str, Any]) -> None:
    ((bug, kind, places),) = seen["real"]
    assert bug.startswith("purse-")
    assert kind == "one mutator"
    learned = {"uniform": 2, "operators": 2}
    assert places == {**dict.fromkeys(["random", "Ochiai", "DStar", "Tarantula", "Op2"], 1), **learned}


def test_models_learn_what_can_be_learned_and_the_same_from_the_same(seen: dict[str, Any]) -> None:
    models = {name.rpartition(" ")[0] for name in seen["ranks"]}
    for model in models:
        one, other = seen["ranks"][f"{model} 1"], seen["ranks"][f"{model} 2"]
        assert one == other
        assert sum(one) / len(one) < 3  # by chance it would be 15
