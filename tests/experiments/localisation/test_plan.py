from __future__ import annotations

from pathlib import Path

import pytest

from rpsdg.experiments.localisation.plan import mixture, read_plan
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.rules import all_mutators
from rpsdg.traces.errors import ExitCode, UsageError

PLAN = """
[mine]
bugs = 3
commits = 40
[[histories]]
url = "https://git.example.org/me/basket"
[training]
bugs = 8
seed = 8
mixtures = ["realistic", "operators"]
[[training.programs]]
source = "pypi:toolz==1.0.0"
repository = "https://git.example.org/pytoolz/toolz"
[[training.programs]]
source = "pypi:cachetools==5.5.0"
repository = "https://git.example.org/tkem/cachetools"
[evaluate]
seeds = [1, 2]
share = 0.8
resamples = 1000
"""
MORE = '[[training.programs]]\nsource = "{}"\nrepository = "{}"\n[evaluate]'


def test_the_plan_that_comes_with_it_can_be_used_and_keeps_train_and_test_apart() -> None:
    plan = read_plan()
    tested = {history.url for history in plan.histories}
    assert len(tested) >= 10
    assert tested.isdisjoint(program.repository for program in plan.training.programs)
    quick = plan.quick()
    assert quick.training.bugs < plan.training.bugs
    assert quick.digest("realistic") == plan.digest(
        "realistic"
    )  # its bugs are the first of those of the whole


def test_classic_mutation_testing_has_operators_and_conditions_and_nothing_that_is_missing() -> None:
    mix = Mix.load(mixture("operators"))
    assert mix.families is not None
    planted = {
        rule
        for rule, mutator in all_mutators().items()
        if mix.families.get(mutator.family) and mix.rules.get(rule, 1)
    }
    assert {"wrong-operator", "shifted-boundary", "confused-connective", "nudged-literal"} <= planted
    assert not {rule for rule in planted if rule.startswith(("lost-", "dropped-guard", "missing-"))}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[evaluate]", MORE.format("pypi:b==1", "https://git.example.org/me/Basket.git/"), "both trains and"),
        ("[evaluate]", MORE.format("pypi:b==1", "https://git.example.org/fork/python-basket"), "same name"),
        ("[evaluate]", MORE.format("pypi:basket==1", "https://git.example.org/me/b"), "same name"),
        (
            "[evaluate]",
            MORE.format("pypi:toolz==1.0.0", "https://git.example.org/me/b"),
            "toolz==1.0.0 twice",
        ),
        ("[1, 2]", "[1, 1]", "the seed 1 twice"),
        ("[1, 2]", "[]", "no seed"),
        ("0.8", "1.2", "share of 1.2"),
        ("resamples = 1000", "resamples = 0", "below 1"),
        ('"operators"]', '"operator"]', "neither the name of one"),
        ("seed = 8", "sed = 8", "no plan"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    assert len(read_plan(path).training.programs) == 2
    path.write_text(PLAN.replace(old, new))
    with pytest.raises(UsageError, match=said) as caught:
        read_plan(path)
    assert caught.value.hint
    assert caught.value.code == ExitCode.USAGE
