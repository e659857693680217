"""The same bug at its place in another version of the program."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.mutators.anchoring import Anchored, Anchors, Lost, place_of
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.newness import marks, new_sites
from rpsdg.mutators.sampling import Draw, candidates, rates, share_of_new
from rpsdg.sandbox.tree import Entry, Tree

CLAMP = """\
def clamp(x, low, high):
    if x < low:
        return low
    if x > high:
        return high
    return x
"""
COUNT = """\
def count(items, start=0):
    total = start
    for item in items:
        if item and item > 0:
            total += 1
    return total
"""
SHOUT = """\
def shout(word):
    if not word:
        return ''
    return word.strip().upper()
"""
BOX = """\
class Box:
    def __init__(self, size=3):
        self.size = size

    def fits(self, n):
        return n <= self.size
"""
PARTS = [CLAMP, COUNT, SHOUT, BOX]


def tree(files: dict[str, str]) -> Tree:
    return Tree({path: Entry(text.encode()) for path, text in files.items()})


OLD = tree({"shop/one.py": "\n\n".join(PARTS), "shop/two.py": "LIMIT = 3\n"})
MOVES = candidates(OLD)
moves = st.sampled_from(MOVES)
few = settings(deadline=None, max_examples=40)  # the rules look at whole files


def found(move: Mutator, new: Tree) -> Anchored:
    anchored = Anchors(OLD, new).find(move)
    assert isinstance(anchored, Anchored)
    assert anchored.move.apply(new) != new
    assert anchored.move.undo(anchored.move.apply(new)) == new
    return anchored


@few
@given(moves)
def test_in_the_same_program_it_is_where_it_was(move: Mutator) -> None:
    assert found(move, OLD) == Anchored(move, moved=False)


@few
@given(moves, st.permutations(PARTS), st.integers(2, 5), st.booleans())
def test_it_follows_its_function_within_the_file(
    move: Mutator, parts: list[str], lines: int, comment: bool
) -> None:
    head = "# what was sold\n" if comment else ""
    new = tree({"shop/one.py": head + ("\n" * lines).join(parts), "shop/two.py": "LIMIT = 3\n"})
    anchored = found(move, new)
    assert not anchored.moved
    assert (anchored.move.rule, anchored.move.old, anchored.move.new) == (move.rule, move.old, move.new)
    assert place_of(new, anchored.move) == place_of(OLD, move)
    assert anchored.move in candidates(new)


@few
@given(moves)
def test_it_follows_its_file(move: Mutator) -> None:
    new = tree({"shop/first.py": "\n\n".join(PARTS), "shop/two.py": "LIMIT = 3\n"})
    anchored = found(move, new)
    assert anchored.moved == (move.path == "shop/one.py")


@few
@given(st.sampled_from([m for m in MOVES if place_of(OLD, m)[1] == "clamp"]))
def test_it_follows_its_function_to_another_file(move: Mutator) -> None:
    new = tree({"shop/one.py": "\n\n".join(PARTS[1:]), "shop/two.py": "LIMIT = 3\n\n\n" + CLAMP})
    anchored = found(move, new)
    assert anchored.moved
    assert place_of(new, anchored.move) == ("shop/two.py", "clamp")


@few
@given(st.sampled_from([m for m in MOVES if place_of(OLD, m)[1] == "clamp"]))
def test_of_equal_places_it_takes_its_own(move: Mutator) -> None:
    longer = CLAMP.replace("    return x\n", "    x = abs(x)\n    return x\n")
    new = tree({"shop/one.py": "\n\n".join([longer, *PARTS[1:]]), "shop/two.py": "LIMIT = 3\n"})
    anchored = Anchors(OLD, new).find(move)
    if isinstance(anchored, Anchored):
        assert place_of(new, anchored.move) == ("shop/one.py", "clamp")
        before = OLD[move.path].data[: move.start].count(b"\n")
        after = new[anchored.move.path].data[: anchored.move.start].count(b"\n")
        assert after == before or b"return x" in new["shop/one.py"].data.split(b"\n")[after]


def test_what_is_gone_is_lost_with_the_reason() -> None:
    new = tree({"shop/one.py": "\n\n".join([COUNT, SHOUT, BOX]), "shop/two.py": "LIMIT = 3\n"})
    reasons = {
        Anchors(OLD, new).find(move) for move in MOVES if place_of(OLD, move) == ("shop/one.py", "clamp")
    }
    assert reasons == {Lost("`clamp` of shop/one.py is gone")}
    changed = CLAMP.replace("x < low", "low > x")
    new = tree({"shop/one.py": "\n\n".join([changed, COUNT, SHOUT, BOX]), "shop/two.py": "LIMIT = 3\n"})
    move = next(move for move in MOVES if b"x < low" in move.old)
    assert Anchors(OLD, new).find(move) == Lost("the edit does not apply to `clamp` of shop/one.py any more")


def test_new_places_are_those_of_new_code_alone() -> None:
    assert new_sites(OLD, OLD, MOVES) == []
    added = (
        "def negate(flag, default=True):\n    if flag is None:\n        return default\n    return not flag\n"
    )
    new = tree({"shop/one.py": "\n\n".join([COUNT, added, CLAMP, SHOUT, BOX]), "shop/two.py": "LIMIT = 3\n"})
    sites = new_sites(OLD, new, candidates(new))
    assert {place_of(new, site) for site in sites} == {("shop/one.py", "negate")}
    longer = COUNT.replace("    return total\n", "    if total > 9:\n        return 9\n    return total\n")
    new = tree({"shop/one.py": "\n\n".join([CLAMP, longer, SHOUT, BOX]), "shop/two.py": "LIMIT = 3\n"})
    sites = new_sites(OLD, new, candidates(new))
    assert sites
    for site in sites:
        assert place_of(new, site) == ("shop/one.py", "count")
    before, after = (Counter((m.rule, m.old, m.new) for m in all_of) for all_of in (MOVES, candidates(new)))
    assert Counter((m.rule, m.old, m.new) for m in sites) == after - before


@few
@given(st.permutations(PARTS))
def test_marks_stay_while_functions_do(parts: list[str]) -> None:
    new = tree({"shop/one.py": "\n\n".join(parts), "shop/two.py": "LIMIT = 3\n"})
    assert sorted(marks(OLD, MOVES).values()) == sorted(marks(new, candidates(new)).values())
    assert len(set(marks(OLD, MOVES).values())) == len(MOVES)


@pytest.mark.parametrize("mix", ["realistic", "uniform"])
def test_the_share_of_new_code_is_what_it_would_have_had(mix: str) -> None:
    """Had everything been new, exactly what was drawn would be drawn again."""
    drawn = list(islice(Draw(OLD, MOVES, 7, Mix.load(mix), [True] * len(MOVES)), 12))
    known = rates(OLD, MOVES, 7, Mix.load(mix), drawn)
    assert set(share_of_new(OLD, MOVES, MOVES, 7, known)) == set(drawn)
    everything = rates(OLD, MOVES, 7, Mix.load(mix), MOVES)
    assert set(everything.values()) == {None}
    assert rates(OLD, MOVES, 7, Mix.load(mix), []) == dict.fromkeys(everything, 0.0)
