"""Moves that are made one upon the other: aims that shift, and lead back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.mutators.judging.lattice import planted
from rpsdg.mutators.mutator import Edit, MisplacedEditError, Mutator, difference
from rpsdg.mutators.rules.shifted_boundary import ShiftedBoundary
from rpsdg.sandbox.tree import Entry, Tree

texts = st.binary(max_size=6)


@st.composite
def bugs(draw: st.DrawFn) -> tuple[Tree, list[Mutator]]:
    """A program of two files and bugs that do not touch each other, each of one edit or several."""
    files: dict[str, bytes] = {"a.py": b"", "b.py": b""}
    edits: list[Edit] = []
    for _ in range(draw(st.integers(1, 8))):
        path = draw(st.sampled_from(sorted(files)))
        files[path] += draw(st.binary(min_size=1, max_size=8))
        old, new = draw(texts), draw(texts)
        edits.append(Edit(path, len(files[path]), old, new))
        files[path] += old + b"|"
    rng = draw(st.randoms(use_true_random=False))
    rng.shuffle(edits)
    moves: list[Mutator] = []
    while edits:
        size = draw(st.integers(1, len(edits)))
        first, *others = edits[:size]
        moves.append(ShiftedBoundary(*first, elsewhere=tuple(others)))
        del edits[:size]
    return Tree({path: Entry(data) for path, data in files.items()}), moves


@given(bugs())
def test_the_order_of_planting_changes_nothing(drawn: tuple[Tree, list[Mutator]]) -> None:
    tree, moves = drawn
    all_of_them = frozenset(range(len(moves)))
    assert planted(tree, moves, all_of_them) == planted(tree, moves[::-1], all_of_them)


@given(bugs())
def test_every_bug_can_be_taken_out_again(drawn: tuple[Tree, list[Mutator]]) -> None:
    tree, moves = drawn
    made: list[Edit] = []
    placed: list[Mutator] = []
    state = tree
    for move in moves:
        placed.append(move.rebased(made))
        assert placed[-1].grounded(made) == move
        assert type(move).aimed(placed[-1].aim()) == placed[-1]
        state = placed[-1].apply(state)
        made += move.edits
    for move in reversed(placed):
        state = move.undo(state)
    assert state == tree


def test_bugs_that_meet_are_refused() -> None:
    one = ShiftedBoundary("a.py", 2, b"<", b"<=")
    with pytest.raises(MisplacedEditError, match="meet"):
        ShiftedBoundary("a.py", 1, b"x<", b"y").rebased(one.edits)


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_a_difference_is_the_edit_that_makes_it(before: bytes, after: bytes) -> None:
    edit = difference("a.py", before, after)
    assert before[: edit.start] + edit.new + before[edit.end :] == after
    assert before[edit.start : edit.end] == edit.old
    assert not (edit.old and edit.new) or edit.old[:1] != edit.new[:1]
