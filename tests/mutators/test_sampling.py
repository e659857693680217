"""Which candidate comes next: steered to the mixture, spread over functions, the same for every worker."""

from __future__ import annotations

from collections import Counter, deque
from itertools import islice

import pytest

from rpsdg.mutators.mix import Mix
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.sampling import LAG, Draw, candidates, ordered
from rpsdg.sandbox.tree import Entry, Tree

TABLE = "TABLE = [" + ", ".join(str(n) for n in range(400)) + "]\n"
SMALL = "".join(f"def f{n}(x, y):\n    return [x, y, {n}, 7]\n\n\n" for n in range(20))
TREE = Tree({"table.py": Entry(TABLE.encode()), "small.py": Entry(SMALL.encode())})


def many(family: str, number: int) -> list[Mutator]:
    """Make moves that need not fit any text: drawing looks at their place alone."""
    rule = next(rule for rule in all_mutators().values() if rule.family == family)
    return [rule("small.py", place, b"x", b"y") for place in range(number)]


def test_a_long_table_counts_for_no_more_than_a_function() -> None:
    rule = all_mutators()["dropped-element"]
    moves = [move for move in candidates(TREE) if move.rule == rule.rule]
    assert sum(move.path == "table.py" for move in moves) >= 3
    first = ordered(TREE, moves, 1, {})[:20]
    assert sum(move.path == "table.py" for move in first) <= 6


def test_a_rule_of_no_weight_is_left_out() -> None:
    moves = many("names", 5) + many("literals", 5)
    rule = moves[0].rule
    assert {move.rule for move in ordered(TREE, moves, 0, {rule: 0.0})} == {moves[-1].rule}


@pytest.mark.parametrize("jobs", [1, 7, 31])
def test_the_number_of_workers_changes_nothing(jobs: int) -> None:
    mix = Mix("two", {"names": 0.5, "literals": 0.5}, {})
    moves = many("names", 300) + many("literals", 300)

    def drawn(ahead: int) -> list[Mutator]:
        accepted: list[bool] = []
        draw = Draw(TREE, moves, 3, mix, accepted)
        under_way: deque[Mutator] = deque()
        found = []
        for move in islice(draw, 400):
            found.append(move)
            under_way.append(move)
            if len(under_way) > ahead:
                accepted.append(under_way.popleft().start % 3 == 0)
        return found

    assert drawn(2 * jobs) == drawn(0)
    assert 2 * jobs < LAG


def test_what_is_accepted_has_the_shares_of_the_mixture() -> None:
    shares = {"names": 0.6, "literals": 0.3, "branches": 0.1}
    yields = {"names": 0.2, "literals": 0.9, "branches": 0.5}
    moves = [move for family in shares for move in many(family, 3000)]
    accepted: list[bool] = []
    have: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for move in Draw(TREE, moves, 0, Mix("three", shares, {}), accepted):
        tried[move.family] += 1
        good = int(tried[move.family] * yields[move.family]) > int(
            (tried[move.family] - 1) * yields[move.family]
        )
        accepted.append(good)
        have[move.family] += good
        if sum(have.values()) == 500:
            break
    for family, share in shares.items():
        assert abs(have[family] / 500 - share) < 0.03


def test_all_candidates_are_drawn_in_the_end_and_none_twice() -> None:
    moves = many("names", 40) + many("literals", 70)
    accepted = [False] * len(moves)
    drawn = list(Draw(TREE, moves, 5, Mix("two", {"names": 0.9, "literals": 0.1}, {}), accepted))
    assert sorted(drawn, key=repr) == sorted(moves, key=repr)
