"""Which bugs are put together."""

from __future__ import annotations

from itertools import islice, pairwise

from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules.nudged_literal import NudgedLiteral
from rpsdg.mutators.walks import Single, WalkDraw
from rpsdg.sandbox.tree import Entry, Tree

FILE = "".join(
    f"def f{n}(x):\n    return f{n + 1}(x) + 0\n\n\n" if n < 9 else "def f9(x):\n    return x + 0\n"
    for n in range(10)
).encode()
TREE = Tree({"a.py": Entry(FILE), "b.py": Entry(FILE)})


def singles(shared: int = 0) -> list[Single]:
    """One bug a function; each has a test of its own and as many others that all bugs make fail."""
    found = []
    for path in ("a.py", "b.py"):
        places = [i for i in range(len(FILE)) if FILE[i : i + 1] == b"0" and FILE[i - 2 : i] == b"+ "]
        for place in places:
            own = {f"own {path} {place}"} | {f"shared {n}" for n in range(shared)}
            found.append(Single(f"{path} {place:05}", NudgedLiteral(path, place, b"0", b"1"), frozenset(own)))
    return found


def walks(pool: list[Single], number: int, seed: int = 0) -> list[tuple[Mutator, ...]]:
    drawn = islice(WalkDraw(TREE, pool, seed), number)
    return [tuple(single.move for single in walk) for walk in drawn]


def test_walks_are_the_same_again_and_none_comes_twice() -> None:
    pool = singles()
    drawn = walks(pool, 60)
    assert drawn == walks(pool[::-1], 60)
    assert drawn != walks(pool, 60, seed=1)
    assert len({frozenset((m.path, m.start) for m in walk) for walk in drawn}) == len(drawn) == 60


def test_a_drawing_that_is_taken_up_again_goes_on_as_if_it_had_not_stopped() -> None:
    pool = singles()
    drawn = list(islice(WalkDraw(TREE, pool, 0), 30))
    tried = [tuple(single.id for single in walk) for walk in drawn[:12]]
    assert list(islice(WalkDraw(TREE, pool, 0, tried), 18)) == drawn[12:]
    # With more bugs to choose from, what was drawn before does not come again.
    tried = [tuple(single.id for single in walk) for walk in islice(WalkDraw(TREE, pool[:8], 0), 5)]
    later = list(islice(WalkDraw(TREE, pool, 0, tried), 40))
    assert not {frozenset(ids) for ids in tried} & {frozenset(s.id for s in walk) for walk in later}


def test_lengths_and_shapes_all_come() -> None:
    drawn = walks(singles(), 80)
    assert {len(walk) for walk in drawn} == {2, 3, 4}
    files = [len({move.path for move in walk}) for walk in drawn]
    assert 1 in files
    assert 2 in files

    def function(move: Mutator) -> int:
        return FILE.count(b"def ", 0, move.start)

    chains = [w for w in drawn if all(function(b) == function(a) + 1 for a, b in pairwise(w))]
    assert len(chains) > len(drawn) / 10


def test_a_bug_without_a_test_of_its_own_is_put_with_none() -> None:
    pool = [Single(single.id, single.move, frozenset({"one for all"})) for single in singles()]
    assert walks(pool, 5) == []
    assert len(walks(singles(shared=3), 5)) == 5


def test_bugs_in_one_function_are_not_put_together() -> None:
    two = [s for s in singles() if s.move.start < 60 and s.move.path == "a.py"][:1]
    twin = Single("twin", NudgedLiteral("a.py", two[0].move.start - 4, b"x", b"y"), frozenset({"other"}))
    assert walks([*two, twin], 3) == []
    assert walks([], 3) == []
