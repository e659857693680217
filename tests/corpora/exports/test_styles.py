"""The law of answers: read again and applied to the program, they give what was meant."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.programs import Programs
from rpsdg.corpora.exports.styles import AnswerError, Style, apply_answer, file_block, write_answer
from rpsdg.corpora.exports.unfit import UnfitError
from rpsdg.mutators.diffs import DiffError
from rpsdg.sandbox.tree import Entry, Tree

STYLES: tuple[Style, ...] = ("whole-file", "diff", "search-replace")
BEFORE = Tree({"a.py": Entry(b"x = 1\ny = 2\nx = 1\n"), "b c.py": Entry(b"")})

# What would end a block, a path or a line if it were taken for markup, and what repeats.
LINES = st.sampled_from(
    [
        "",
        "x = 1",
        "y = 2",
        "```",
        "```python",
        "`````diff",
        "File: a.py",
        'File: "a.py"',
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "<<<<<<<<< SEARCH",
        "=========",
        "\\ No newline at end of file",
        "\\ No newline at end of file: search",
        "@@ -1 +1 @@",
        "--- a/a.py",
        "a\rb",
        "form\x0cfeed \x1e \u2028",
        "é",
    ]
)
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=8), st.sampled_from(["\n", ""])
)
PATHS = st.sampled_from(["a.py", "b c.py", '"q".py', "File: d.py", "e\nf.py", "tab\t.txt", " g ", "é.py"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.dictionaries(PATHS, st.tuples(TEXTS, TEXTS), min_size=1, max_size=3), st.sampled_from(STYLES))
def test_an_answer_leads_to_what_was_meant(texts: dict[str, tuple[str, str]], style: Style) -> None:
    before, after = (
        Tree({path: Entry(pair[side].encode()) for path, pair in texts.items()}) for side in (0, 1)
    )
    assume(before != after)

    answer = write_answer(style, before, after)

    assert apply_answer(style, before, answer) == after
    assert apply_answer(style, before, f"The cause is this:\n\n{answer}\n\nThat is all.\n") == after


@pytest.mark.parametrize("style", STYLES)
def test_fixes_and_wrong_fixes_of_real_bugs(style: Style, bugs: Dataset) -> None:
    programs, pairs = Programs(bugs), 0
    for trace in bugs.traces():
        broken = programs.of(trace.problem.state)
        for state in (trace.answer.state, *(negative.state for negative in trace.negatives)):
            meant = programs.of(state)
            if meant != broken:
                assert apply_answer(style, broken, write_answer(style, broken, meant)) == meant
                pairs += 1
    assert pairs > 20


def test_a_search_is_as_long_as_it_takes_to_be_found_once() -> None:
    after = BEFORE.replace("a.py", b"x = 1\ny = 2\nx = 3\n")

    assert "<<<<<<< SEARCH\ny = 2\nx = 1\n=======\ny = 2\nx = 3\n" in write_answer(
        "search-replace", BEFORE, after
    )


@pytest.mark.parametrize(
    ("style", "answer", "says"),
    [
        ("whole-file", "I cannot do it.", "holds no block"),
        ("search-replace", "", "holds no block"),
        ("diff", "```python\nx = 1\n```", "no fenced diff"),
        ("whole-file", "File: a.py\n```python\nx = 1\n", "no line"),
        ("whole-file", "File: ../../etc/passwd\n```text\nroot\n```", "not a file of the program"),
        ("search-replace", "File: new.py\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE", "not a file"),
        ("search-replace", "File: a.py\n<<<<<<< SEARCH\nx = 1\n=======\n>>>>>>> REPLACE", "exactly once"),
        ("search-replace", "File: a.py\n<<<<<<< SEARCH\nz\n=======\n>>>>>>> REPLACE", "exactly once"),
        ("search-replace", "File: a.py\n<<<<<<< SEARCH\nz\n", "no line"),
        ("search-replace", "File: a.py\n```python\nx = 1\n```", "block of `a.py` was expected"),
        ("whole-file", 'File: "a\n```python\nx\n```', "cannot be read"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(style: Style, answer: str, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        apply_answer(style, BEFORE, answer)


def test_a_diff_that_does_not_fit_is_named() -> None:
    diff = "```diff\ndiff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-q\n+r\n```"
    with pytest.raises(DiffError, match="line 1"):
        apply_answer("diff", BEFORE, diff)


def test_what_is_no_text_is_left_out() -> None:
    tree = Tree({"a.py": Entry(b"\xff\n"), "link": Entry(b"a.py", "link")})
    with pytest.raises(UnfitError, match="not UTF-8"):
        file_block("a.py", tree)
    with pytest.raises(UnfitError, match="links"):
        file_block("link", tree)
    with pytest.raises(UnfitError, match="added or removed"):
        write_answer("whole-file", tree, BEFORE)
