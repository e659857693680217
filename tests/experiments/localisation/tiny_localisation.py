"""A program for the environment that trains: the whole experiment on programs of a few lines.

It tells as JSON what it saw; the test beside it says what that has to be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from rpsdg.experiments.localisation import part
from rpsdg.experiments.localisation.learning import MODELS, Example, train
from rpsdg.experiments.localisation.plan import read_plan
from rpsdg.experiments.localisation.records import MinedBug
from rpsdg.experiments.localisation.results import read
from rpsdg.experiments.localisation.store import Work

MODULE = """\
def {name}(prices, limit):
    if not prices:
        return 0
    whole = 0
    for price in prices:
        if price > limit:
            whole = whole + limit
        else:
            whole = whole + price
    return whole
"""
TESTS = """\
from {module} import {name}


def test_nothing():
    assert {name}([], 3) == 0


def test_small():
    assert {name}([1, 2], 3) == 3


def test_large():
    assert {name}([9, 2], 3) == 5
"""
PLAN = """
[mine]
bugs = 2
commits = 5
[[histories]]
url = "https://git.example.org/owner/purse"
[training]
bugs = 3
seed = 1
mixtures = ["uniform", "operators"]
[[training.programs]]
source = "{0}/basket"
repository = "https://git.example.org/owner/basket"
[[training.programs]]
source = "{0}/cart"
repository = "https://git.example.org/owner/cart"
[evaluate]
seeds = [1, 2]
share = 0.8
resamples = 20
"""


def program(folder: Path, name: str, wrong: tuple[str, str] = ("", "")) -> None:
    """Write a program with its tests."""
    folder.mkdir(parents=True, exist_ok=True)
    text = MODULE.format(name=name)
    (folder / f"{folder.name}.py").write_text(text.replace(*wrong) if wrong[0] else text)
    (folder / f"test_{folder.name}.py").write_text(TESTS.format(module=folder.name, name=name))


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it says."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def mined(origin: Path) -> MinedBug:
    """Make a history with one fix; return the bug that it mends."""
    program(origin, "spent", ("price > limit", "price >= limit * 2"))
    git(origin, "init", "-q")
    git(origin, "add", ".")
    git(origin, "commit", "-q", "-m", "Begin")
    program(origin, "spent", ("whole = 0", "whole = 1"))
    git(origin, "commit", "-q", "-a", "-m", "Spoil")
    program(origin, "spent")
    git(origin, "commit", "-q", "-a", "-m", "Fix")
    return MinedBug(
        repository="https://git.example.org/owner/purse",
        commit=git(origin, "rev-parse", "HEAD"),
        parent=git(origin, "rev-parse", "HEAD^"),
        files=("purse.py",),
        failing=("test_purse.py::test_large", "test_purse.py::test_small"),
        steady=3,
        faulty={"purse.py": (4,)},
        changed=2,
        family="literals",
        says_fix=True,
    )


def ranks() -> dict[str, list[float]]:
    """Return the ranks that each model, trained twice, gives to bugs that one feature tells."""
    rng = np.random.default_rng(1)
    examples = []
    for number in range(40):
        rows = rng.random((30, 3))
        examples.append(Example(str(number), rows, (int(rows[:, 1].argmax()),)))
    return {
        f"{model} {time}": [train(examples[:30], model, 7).standing(one).rank for one in examples[30:]]
        for model in MODELS
        for time in (1, 2)
    }


def main(folder: Path) -> None:
    """Do all of it, and then again."""
    program(folder / "basket", "total")
    program(folder / "cart", "whole_price")
    bug = mined(folder / "owner" / "purse")
    os.environ["RPSDG_HISTORIES"] = f"file://{folder}/{{owner}}/{{name}}"
    (folder / "plan.toml").write_text(PLAN.format(folder))
    plan, work = read_plan(folder / "plan.toml"), Work(folder / "work")
    part.evaluate(plan, work, 1, folder / "results", [bug])
    first = {path: path.read_bytes() for path in (folder / "results").iterdir()}
    made = {path: path.stat().st_mtime_ns for path in (folder / "work").rglob("*") if path.is_file()}
    part.evaluate(plan, work, 1, folder / "results", [bug])
    again = {path: path.stat().st_mtime_ns for path in (folder / "work").rglob("*") if path.is_file()}
    results = read(folder / "results")
    assert results is not None
    print(
        json.dumps(
            {
                "same": first == {path: path.read_bytes() for path in (folder / "results").iterdir()},
                "nothing_done_again": made == again,
                "injected": results.summary.injected,
                "held_out": [[bug.mixture, bug.group, bug.suspects] for bug in results.held_out],
                "real": [
                    [bug.bug, bug.kind, {arm: len(p) for arm, p in bug.places.items()}]
                    for bug in results.real
                ],
                "chosen": [choice.chosen in MODELS for choice in results.summary.choices],
                "ranks": ranks(),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
