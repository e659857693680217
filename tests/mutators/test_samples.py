"""The samples of all mutators in one project: with all the bugs in it, each sample's own test fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rpsdg.mutators.domain import BugFix
from rpsdg.mutators.judging.judge import TestVerdict
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.kernel import Judged


@pytest.mark.network
def test_the_judge_sees_every_sample(local_sandbox: Sandbox, settings: Settings) -> None:
    files: dict[str, Entry] = {}
    moves: dict[str, Mutator] = {}
    domain = BugFix(local_sandbox, settings)
    for rule, mutator in all_mutators().items():
        example = domain.example(mutator)
        name = f"sample_{rule.replace('-', '_')}"
        test = (
            example.state["test_program.py"]
            .data.decode()
            .replace("from program import", f"from {name} import")
        )
        files[f"{name}.py"] = example.state["program.py"]
        files[f"test_{name}.py"] = Entry(test.encode())
        assert isinstance(example.move, Mutator)
        elsewhere = tuple(edit._replace(path=f"{name}.py") for edit in example.move.elsewhere)
        moves[f"test_{name}.py"] = replace(example.move, path=f"{name}.py", elsewhere=elsewhere)
    solved = Tree(files)
    buggy = solved
    for move in moves.values():
        buggy = move.apply(buggy)

    with domain.judging(solved) as judge:
        near, far = judge(solved), judge(buggy)

    assert isinstance(near, Judged)
    assert near.verdict.solved
    assert isinstance(far, Judged)
    assert isinstance(far.verdict, TestVerdict)
    unseen = moves.keys() - {node.partition("::")[0] for node in far.verdict.failing}
    assert not unseen
    # Nothing but the samples' own tests fails: the bugs do not meet.
    assert not [node for node in far.verdict.failing if node.endswith("test_the_program_can_be_loaded")]
