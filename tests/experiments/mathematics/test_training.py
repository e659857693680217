"""Training, in an environment that has PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rpsdg.benchmarks.consumer_home import make_home

pytestmark = pytest.mark.consumer


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    program = Path(__file__).with_name("tiny_training.py")
    found: dict[str, Any] = make_home("experiments").run(program, tmp_path_factory.mktemp("tiny"))
    return found


def test_a_run_that_was_stopped_ends_as_one_that_was_not(seen: dict[str, Any]) -> None:
    assert seen["steps_when_stopped"] == 4
    assert seen["losses_gone_on"] == seen["losses_at_once"]
    assert len(seen["losses_at_once"]) == seen["at_once"]["moments"][-1]["steps"] > 4
    assert seen["gone_on"] == seen["at_once"]


def test_arms_are_looked_at_after_equal_steps_and_equal_tokens(seen: dict[str, Any]) -> None:
    for arm in ("at_once", "answers"):
        moments = {moment["at"]: moment for moment in seen[arm]["moments"]}
        assert moments["steps"]["steps"] == 6
        assert 1200 <= moments["tokens"]["tokens"] < 1200 + 8 * 60
        assert {len(bits) for bits in moments["tokens"]["solved"].values()} == {5}


def test_verifiers_cost_the_same(seen: dict[str, Any]) -> None:
    for verdicts in seen["verified"]["verdicts"].values():
        cost = verdicts["label_tokens"] + 3 * verdicts["train_tokens"]
        assert 0 < cost <= max(30_000, verdicts["label_tokens"])
        assert len(verdicts["promised"]) == len(verdicts["came"])
        assert {len(bits) for bits in verdicts["chosen"].values()} == {4}
    assert seen["verified"]["verdicts"]["proof"]["label_tokens"] == 0


def test_solutions_are_written_together_as_one_by_one(seen: dict[str, Any]) -> None:
    assert seen["batched"]
