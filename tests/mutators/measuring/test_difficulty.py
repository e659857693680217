"""What makes a bug hard, worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.mutators.functions import function_at
from rpsdg.mutators.judging.coverage import Coverage, bits, lines_of
from rpsdg.mutators.measuring.difficulty import DEFAULT_CUTS, knowledge, score, walk_score
from rpsdg.mutators.measuring.localization import faulty_lines, ochiai_rank
from rpsdg.mutators.mutator import Edit
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.errors import UsageError
from rpsdg.traces.levels import LEVELS, Cuts, cut, level_of

FEATURES = {
    "failing_tests": 3.0,
    "traceback_names_line": 0.0,
    "traceback_names_function": 1.0,
    "traceback_names_file": 1.0,
    "ochiai_rank": 5.0,
    "fix_bytes": 20.0,
    "knowledge": 1.0,
    "grader_strength": 0.5,
}


def mask(*lines: int) -> int:
    return sum(1 << line for line in lines)


@pytest.mark.parametrize(
    ("name", "harder"),
    [
        ("failing_tests", 1.0),
        ("traceback_names_function", 0.0),
        ("ochiai_rank", 50.0),
        ("fix_bytes", 300.0),
        ("knowledge", 3.0),
        ("grader_strength", 1.0),
    ],
)
def test_each_part_makes_a_bug_harder(name: str, harder: float) -> None:
    assert score({**FEATURES, name: harder}) > score(FEATURES)


def test_a_traceback_that_names_the_line_makes_it_easier() -> None:
    assert score({**FEATURES, "traceback_names_line": 1.0}) < score(FEATURES)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.floats(0, 1))
def test_one_more_bug_is_never_easier(scores: list[float], more: float) -> None:
    assert max(scores) - 1e-6 <= walk_score(scores) <= walk_score([*scores, more]) + 1e-6 <= 1 + 2e-6


@given(st.lists(st.floats(0, 1).map(lambda x: round(x, 6)), min_size=50, max_size=200, unique=True))
def test_cuts_make_levels_equally_frequent(scores: list[float]) -> None:
    cuts = cut(scores, "test")
    sizes = [sum(level_of(value, cuts) == level for value in scores) for level in LEVELS]
    assert max(sizes) - min(sizes) <= 2


def test_too_few_scores_cannot_be_cut() -> None:
    with pytest.raises(UsageError, match="five different scores"):
        cut([0.1, 0.2, 0.2, 0.3, 0.4], "test")


def test_levels_go_up_with_the_score() -> None:
    cuts = Cuts((0.2, 0.4, 0.6, 0.8), "test")
    assert [level_of(value, cuts) for value in (0.0, 0.2, 0.5, 0.7, 0.8, 1.0)] == [1, 2, 3, 4, 5, 5]
    assert list(DEFAULT_CUTS.cuts) == sorted(DEFAULT_CUTS.cuts)


BASE = Tree({"m.py": Entry(b"a\nb\nc\nd\ne\n")})


def test_ochiai_ranks_by_failing_and_passing_tests() -> None:
    # Line 3 runs in both failing tests and no passing one; line 1 in everything; line 4 in one failing test.
    passing = {"p1": {"m.py": mask(1, 2)}, "p2": {"m.py": mask(1, 4)}}
    failing = {"f1": {"m.py": mask(1, 3, 4)}, "f2": {"m.py": mask(1, 3)}}
    coverage = Coverage({**passing, **failing}, {})
    edit = [Edit("m.py", 4, b"c", b"C")]
    ranks = {
        line: ochiai_rank(coverage, edit, failing, {"m.py": mask(line)}, BASE).rank for line in (1, 3, 4, 5)
    }
    assert ranks[3] == 1
    assert 2 / math.sqrt(2 * 4) > 1 / math.sqrt(2 * 2)  # line 1 before line 4
    assert (ranks[1], ranks[4]) == (2, 3)
    assert ranks[5] == 4  # no failing test runs it


def test_lines_that_passing_tests_ran_are_found_behind_a_removed_one() -> None:
    coverage = Coverage({"p": {"m.py": mask(1, 4)}, "f": {"m.py": mask(1, 5)}}, {})
    # Line 2 is gone, so what was line 4 is line 3 now, and what was line 5 is line 4.
    failing = {"f": {"m.py": mask(1, 4)}}
    rank = ochiai_rank(coverage, [Edit("m.py", 2, b"b\n", b"")], failing, {"m.py": mask(4)}, BASE)
    assert rank.rank == 1


def test_equally_suspicious_lines_share_the_mean_place() -> None:
    failing = {"f": {"m.py": mask(1, 2, 3, 4)}}
    rank = ochiai_rank(Coverage(failing, {}), [], failing, {"m.py": mask(2)}, BASE)
    assert (rank.rank, rank.of) == (2.5, 4)


def test_where_code_is_missing_the_neighbours_are_meant() -> None:
    buggy = b"def f(x):\n    y = 1\n    return y\n"
    gap = [Edit("m.py", buggy.index(b"    return"), b"", b"    if x:\n        y = 2\n")]
    assert set(bits(faulty_lines(buggy, gap, mask(2, 3)))) == {2, 3}


def test_an_edit_counts_for_its_whole_statement() -> None:
    data = b"x = [\n    1,\n    2,\n]\nif (\n    a\n    and b\n):\n    y = 1\n"
    assert set(bits(lines_of(data, [Edit("m.py", data.index(b"2"), b"2", b"3")]))) == {1, 2, 3, 4}
    assert set(bits(lines_of(data, [Edit("m.py", data.index(b"b\n"), b"b", b"c")]))) == {5, 6, 7, 8}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (b"    return 0", b"        return 0", {2, 3, 4, 5}),  # tests that never came so far may return now
        (b"    return 0", b"    return 1", {5}),
        (b"    return 0\n", b"", {5}),
        (b"0", b"1", {5}),
        (b"", b"    print(x)\n", {2, 3, 4, 5}),
    ],
)
def test_code_that_enters_another_block_counts_for_the_whole_body(
    old: bytes, new: bytes, lines: set[int]
) -> None:
    data = b"def f(x):\n    for y in x:\n        if y:\n            return y\n    return 0\n\nf([])\n"
    start = data.index(old or b"    return 0")
    assert set(bits(lines_of(data, [Edit("m.py", start, old, new)]))) == lines


@pytest.mark.parametrize(
    ("fix", "where"),
    [(b"x + step", 0), (b"other(x)", 1), (b"helper(x)", 2), (b"unheard_of(x)", 3)],
)
def test_where_the_words_of_a_fix_are(fix: bytes, where: int) -> None:
    text = b"def other(y):\n    return y\n\n\ndef f(x, step):\n    print(step)\n    return x\n"
    tree = Tree({"m.py": Entry(text), "n.py": Entry(b"def helper(z):\n    return z\n")})
    assert knowledge(tree, [Edit("m.py", text.rindex(b"x\n"), b"x", fix)]) == where


def test_the_innermost_function_is_found() -> None:
    data = (
        b"class A:\n    @property\n    def b(self):\n        def c():\n            pass\n        return c\n"
        b"\n\nx = 1\n"
    )
    assert [function_at(data, line).name for line in (1, 2, 4, 6, 9)] == ["A", "A.b", "A.b.c", "A.b", ""]
