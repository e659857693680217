"""Every style in every depth tells what happened, the same way each time, and gives nothing away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.statements import (
    LEVELS,
    PLAINEST,
    Facts,
    Level,
    Statement,
    checked,
    choose,
    gather,
    leaks,
    named,
    needed_names,
    styles,
    telling_tests,
    unnamed,
    write,
)
from rpsdg.mutators.statements.facts import differing_calls, without_lines
from rpsdg.mutators.statements.leaking import vocabulary
from rpsdg.mutators.statements.writing import code, fenced
from rpsdg.sandbox.report import UNSHOWN, Call, Failure, TestReport
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.identity import mask
from rpsdg.traces.kernel import Move

PROGRAM = '''\
"""Numbers within limits."""


def clamp(value, low=0, high=9):
    """Return the value, or the limit it goes beyond."""
    if low > high:
        raise ValueError("the limits are crossed")
    return max(low, min(value, high))


class Box:
    def __init__(self, side):
        self.side = side

    def grown(self, by=1):
        return Box(self.side + by)
'''
TESTS = """\
import pytest

from shapes.sizes import Box, clamp


def test_high():
    assert clamp(99, 1, 9) == 9


def test_crossed():
    with pytest.raises(ValueError):
        clamp(1, 5, 2)


def test_box():
    assert Box(3).grown(by=2).side == 5
"""
HIGH, CROSSED, BOX = (f"tests/test_sizes.py::test_{name}" for name in ("high", "crossed", "box"))


def tree(program: str = PROGRAM, tests: str = TESTS) -> Tree:
    files = {"shapes/__init__.py": "", "shapes/sizes.py": program, "tests/test_sizes.py": tests}
    return Tree({path: Entry(text.encode()) for path, text in files.items()})


FIXED = tree()


@dataclass(frozen=True)
class Slip(Move[Tree]):
    """A move that is only talked about."""

    buggy: Tree

    def explain(self) -> str:
        return "The smaller limit has to be compared with the larger one: write `min(value, high)` there."

    def aim(self) -> dict[str, object]:
        return {}

    def apply(self, state: Tree) -> Tree:
        return self.buggy

    def undo(self, state: Tree) -> Tree:
        return FIXED

    @classmethod
    def find(cls, state: Tree):
        return iter(())


def call(
    name: str, *arguments: str, value: str, ended: str = "returned", line: int = 7, **more: object
) -> Call:
    known = {"kind": "method" if "." in name else "function", "receiver": None, **more}
    return Call(
        path="shapes/sizes.py",
        module="shapes.sizes",
        name=name,
        arguments=arguments,
        caller="tests/test_sizes.py",
        line=line,
        ended=ended,  # type: ignore[arg-type] # any text, for short
        value=value,
        **known,  # type: ignore[arg-type] # of several types
    )


def told(
    buggy: Tree,
    failures: dict[str, Failure],
    *,
    outcome: str = "failed",
    wrong: dict[str, tuple[Call, ...]] | None = None,
    right: dict[str, tuple[Call, ...]] | None = None,
) -> Facts:
    failing = [node for node in (HIGH, CROSSED, BOX) if node in failures or outcome == "broken"]
    outcomes = dict.fromkeys(failures, outcome)
    report = TestReport(outcomes=outcomes, failures=failures, calls=wrong or {})  # type: ignore[arg-type] # any text
    fine = TestReport(outcomes=dict.fromkeys(failing, "passed"), calls=right or {})
    chosen = telling_tests(failing, report)
    return gather(
        project="shapes 1.0",
        failing=failing,
        told=chosen,
        report=report,
        command="python -m pytest " + " ".join(chosen),
        steady=3,
        buggy=buggy,
        fixed=FIXED,
        calls_buggy=report if wrong else None,
        calls_fixed=fine if right else None,
    )


def samples() -> dict[str, tuple[Facts, Tree]]:
    """One problem of each kind, with the tree that has it."""
    lower = tree(PROGRAM.replace("min(value, high)", "min(value, low)"))
    wrong = told(
        lower,
        {
            HIGH: Failure(
                "assert 1 == 9\n +  where 1 = clamp(99, 1, 9) at 0x7f0123456789",
                (("tests/test_sizes.py", 7),),
            )
        },
        wrong={HIGH: (call("clamp", "99", "1", "9", value="1"),)},
        right={HIGH: (call("clamp", "99", "1", "9", value="9"),)},
    )
    unguarded = tree(
        PROGRAM.replace('    if low > high:\n        raise ValueError("the limits are crossed")\n', "")
    )
    silent = told(
        unguarded,
        {CROSSED: Failure("Failed: DID NOT RAISE <class 'ValueError'>", (("tests/test_sizes.py", 11),))},
        wrong={CROSSED: (call("clamp", "1", "5", "2", value="5", line=12),)},
        right={
            CROSSED: (
                call(
                    "clamp",
                    "1",
                    "5",
                    "2",
                    value="ValueError: the limits are crossed",
                    ended="raised",
                    line=12,
                ),
            )
        },
    )
    without = tree(PROGRAM.replace("        self.side = side\n", "        pass\n"))
    raises = told(
        without,
        {
            BOX: Failure(
                "AttributeError: 'Box' object has no attribute 'side'",
                (("tests/test_sizes.py", 16), ("shapes/sizes.py", 16)),
            )
        },
    )
    gone = tree(PROGRAM[: PROGRAM.index("class Box")])
    message = (
        "ImportError while importing test module '/testbed/tests/test_sizes.py'.\n"
        "tests/test_sizes.py:3: in <module>\n    from shapes.sizes import Box, clamp\n"
        "E   ImportError: cannot import name 'Box' from 'shapes.sizes' (/testbed/shapes/sizes.py)"
    )
    broken = told(gone, {"tests/test_sizes.py": Failure(message)}, outcome="broken")
    return {
        "wrong": (wrong, lower),
        "silent": (silent, unguarded),
        "raises": (raises, without),
        "broken": (broken, gone),
    }


SAMPLES = samples()
PAIRS = [(style, level) for style in styles() for level in LEVELS]


def test_there_are_enough_styles() -> None:
    assert len(styles()) >= 12
    assert {"failure-report", "failing-call", "user-story", PLAINEST[0]} <= set(styles())
    for style in styles().values():
        assert (style.__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(("style", "level"), PAIRS)
def test_a_style(style: str, level: Level, sample: str) -> None:
    facts, buggy = SAMPLES[sample]
    if not styles()[style].suits(facts):
        with pytest.raises(LookupError, match="nothing"):
            write(facts, style, level, "seed")
        return
    statement = write(facts, style, level, "seed")
    text = statement.text
    assert statement == write(facts, style, level, "seed")
    assert named(statement.name) == (style, level)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text
    assert "shapes 1.0" in text
    assert "3 tests" in text or "all 3" in text.lower() or "There are 3" in text
    assert leaks(text, [Slip(buggy)], buggy, FIXED, facts.needed) == []
    assert unnamed(text, facts.needed) == []
    assert without_lines(text) == text
    if level == "high":
        assert facts.told[0] in text
    if level == "low":
        assert "::" not in text


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(("style", "level"), PAIRS)
def test_a_style_is_stable_under_the_mask(style: str, level: Level, sample: str) -> None:
    facts, _ = SAMPLES[sample]
    failures = {
        node: Failure(
            f.message.replace("0x7f0123456789", "0x7fffffffabcd").replace("{1, 2}", "{2, 1}"), f.frames
        )
        for node, f in facts.report.failures.items()
    }
    again = replace(facts, report=replace(facts.report, failures=failures))
    if styles()[style].suits(facts):
        assert mask(write(facts, style, level, "s").text) == mask(write(again, style, level, "s").text)


def test_the_words_vary_with_the_seed() -> None:
    facts, _ = SAMPLES["wrong"]
    for style, level in PAIRS:
        texts = {write(facts, style, level, str(seed)).text for seed in range(40)}
        assert len(texts) > 1 or (style, level) == ("failure-report", "high"), (style, level)
    everything = [write(facts, *choose(7, index), seed=str(index)).text for index in range(300)]
    assert len(set(everything)) > 200


def test_the_styles_come_equally_often() -> None:
    count = Counter(choose(5, index) for index in range(4 * len(PAIRS)))
    assert set(count.values()) == {4}
    assert set(count) == set(PAIRS)
    assert [choose(5, index) for index in range(9)] != [choose(6, index) for index in range(9)]


@pytest.mark.parametrize("name", ["", "failing-call", "failing-call/", "nothing/high", "failing-call/higher"])
def test_names_of_no_style(name: str) -> None:
    with pytest.raises(LookupError):
        named(name)


def test_a_rewritten_statement_says_so() -> None:
    assert Statement("x\n", "question", "low", rewritten=True).name == "question/low+rewritten"
    assert named("question/low+rewritten") == ("question", "low")


# --- what is told


def test_a_failing_call_says_what_came_and_what_should_have() -> None:
    facts, _ = SAMPLES["wrong"]
    text = write(facts, "failing-call", "high", "seed").text
    assert "from shapes.sizes import clamp\n\nclamp(99, 1, 9)" in text
    assert "it returns `1`" in text
    assert "it should return `9`" in text


def test_what_an_expected_error_says_is_left_to_the_program() -> None:
    facts, _ = SAMPLES["silent"]
    text = write(facts, "failing-call", "high", "seed").text
    assert "it should raise `ValueError`" in text
    assert "crossed" not in text.replace("test_crossed", "")


def test_the_present_style_is_kept() -> None:
    facts, _ = SAMPLES["wrong"]
    text = write(facts, "failure-report", "high", "any").text
    assert text.startswith(
        "# `test_high` fails in shapes 1.0\n\nPart of shapes 1.0 no longer works as it should."
    )
    assert (
        f"- `{HIGH}`\n\n      assert 1 == 9\n       +  where 1 = clamp(99, 1, 9) at 0x7f0123456789\n" in text
    )


def test_problems() -> None:
    kinds = {name: facts.problem(facts.told[0]) for name, (facts, _) in SAMPLES.items()}
    assert {name: problem.kind for name, problem in kinds.items()} == {name: name for name in SAMPLES}
    assert kinds["raises"].type == "AttributeError"
    assert kinds["broken"].type == "ImportError"
    assert kinds["broken"].headline.startswith("ImportError: cannot import name 'Box'")
    assert "test_sizes.py:3" not in kinds["broken"].message


def test_tracebacks_have_no_line_numbers() -> None:
    facts, _ = SAMPLES["raises"]
    frames = facts.frames[BOX]
    assert [(f.path, f.function) for f in frames] == [
        ("tests/test_sizes.py", "test_box"),
        ("shapes/sizes.py", "grown"),
    ]
    assert [f.source for f in frames] == ["assert Box(3).grown(by=2).side == 5", None]
    assert facts.asserted == {BOX: "Box(3).grown(by=2).side == 5"}


def test_one_test_among_many() -> None:
    facts, _ = SAMPLES["wrong"]
    more = replace(facts, failing=(*facts.failing, "tests/other.py::a", "tests/test_sizes.py::b"))
    text = write(more, "test-names-only", "medium", "seed").text
    assert "2 more tests fail, in `tests/other.py`, `tests/test_sizes.py`." in text


# --- differing calls


def one(buggy: Call, fixed: Call) -> str | None:
    found = differing_calls(HIGH, [buggy], [fixed], FIXED)
    return f"{found[0].call} {found[0].got.value} {found[0].expected.value}" if found else None


@pytest.mark.parametrize(
    ("buggy", "fixed", "expected"),
    [
        (call("f", "1", value="2"), call("f", "1", value="3"), "f(1) 2 3"),
        (call("f", "1", value="2"), call("f", "1", value="2"), None),
        (call("f", "1", value="2"), call("f", "4", value="3"), None),
        (call("f", value="{1, 2}"), call("f", value="{2, 1}"), None),
        (call("f", value="1"), call("f", value="1.0"), "f() 1 1.0"),
        (call("f", value="<a at 0x7f0000000000>"), call("f", value="<a at 0x7f1111111111>"), None),
        (call("f", value="<a>"), call("f", value="<b>"), None),
        (call("f", UNSHOWN, value="1"), call("f", UNSHOWN, value="2"), None),
        (call("f", value=UNSHOWN), call("f", value="2"), None),
        (call("f", value="'" + 400 * "x" + "'"), call("f", value="2"), None),
        (
            call("f", value="E: a", ended="raised"),
            call("f", value="[1]", ended="yielded"),
            "f() E: a [1]",
        ),
        (
            call("Box.grown", "2", value="1", receiver="Box(3)"),
            call("Box.grown", "2", value="2", receiver="Box(3)"),
            "Box(3).grown(2) 1 2",
        ),
        (
            call("Box.grown", value="1", receiver="<Box>"),
            call("Box.grown", value="2", receiver="<Box>"),
            "Box.grown() 1 2",
        ),
        (
            call("Box.unit", value="1", receiver="Box", kind="classmethod"),
            call("Box.unit", value="2", receiver="Box", kind="classmethod"),
            "Box.unit() 1 2",
        ),
        (
            call("Box.area", value="1", receiver="Box(3)", kind="attribute"),
            call("Box.area", value="2", receiver="Box(3)", kind="attribute"),
            "Box(3).area 1 2",
        ),
        (
            call("Box.__init__", "3", value="None", receiver="a"),
            call("Box.__init__", "3", value="ValueError: no", ended="raised", receiver="b"),
            "Box(3) None ValueError: no",
        ),
        (
            call("Box.__len__", value="1", receiver="Box(3)"),
            call("Box.__len__", value="2", receiver="Box(3)"),
            "len(Box(3)) 1 2",
        ),
        (
            call("Box.__get__", value="1", receiver="Box(3)"),
            call("Box.__get__", value="2", receiver="Box(3)"),
            None,
        ),
        # What cannot be written down stands in the test.
        (call("clamp", UNSHOWN, value="1"), call("clamp", UNSHOWN, value="2"), "clamp(99, 1, 9) 1 2"),
    ],
)
def test_differing_calls(buggy: Call, fixed: Call, expected: str | None) -> None:
    assert one(buggy, fixed) == expected


def test_equal_calls_are_compared_in_turn() -> None:
    wrong = [call("f", "1", value=value) for value in "1239"]
    right = [call("f", "1", value=value) for value in "1234"]
    (found,) = differing_calls(HIGH, wrong, right, FIXED)
    assert (found.got.value, found.expected.value) == ("9", "4")


def test_a_test_that_goes_another_way_when_it_is_watched_tells_no_calls() -> None:
    facts, buggy = SAMPLES["wrong"]
    report = replace(facts.report, outcomes={HIGH: "passed"})
    fine = TestReport(outcomes={HIGH: "passed"}, calls={HIGH: (call("clamp", "99", "1", "9", value="9"),)})
    again = gather(
        project="p", failing=[HIGH], told=[HIGH], report=facts.report, command="c", steady=1,
        buggy=buggy, fixed=FIXED, calls_buggy=report, calls_fixed=fine,
    )  # fmt: skip
    assert again.differing == ()


# --- leaks

GUARD = '    if low > high:\n        raise ValueError("the limits are crossed")\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("It fails.", None),
        ("See `shapes/sizes.py`.", None),
        ("See `shapes/sizes.py:6`.", "a line of the edit"),
        ("See sizes.py, line 7.", "a line of the edit"),
        ('File "shapes/sizes.py", line 6, in clamp', "a line of the edit"),
        ("Look at line 6.", "a line of the edit"),
        ("Look at lines 6-7.", "a line of the edit"),
        ("sizes.py#L6", "a line of the edit"),
        ("`shapes/sizes.py:60`", None),
        ("There are 6 tests.", None),
        ("It is a `dropped-guard`.", "names the rule"),
        ("The dropped guard is to blame.", "names the rule"),
        ("DroppedGuard", "names the rule"),
        ("It should say that they are crossed.", "only the fix has: `crossed`"),
        ("It should raise `ValueError: the limits are crossed`.", "the limits are crossed"),
        ('It lacks `raise ValueError("the limits are crossed")`.', "quotes a line"),
        ("It should raise `ValueError`.", None),
    ],
)
def test_leaks(text: str, why: str | None) -> None:
    buggy = tree(PROGRAM.replace(GUARD, ""))
    (move,) = [m for m in all_mutators()["dropped-guard"].find(FIXED) if m.apply(FIXED) == buggy]
    found = leaks(text, [move], buggy, FIXED)
    assert (found == []) if why is None else any(why in reason for reason in found), found


def test_explanations_leak() -> None:
    buggy = tree(PROGRAM.replace("min(value, high)", "min(value, low)"))
    move = Slip(buggy)
    assert leaks("I think the smaller limit has to be compared with it.", [move], buggy, FIXED)
    assert leaks("Use `min(value, high)`.", [move], buggy, FIXED)
    assert not leaks("The limit is wrong.", [move], buggy, FIXED)


def test_words_of_the_styles_leak_in_code_only() -> None:
    fixed = tree(PROGRAM.replace("low > high", "low > high or should"))
    assert "should" in vocabulary()
    buggy = tree()
    assert not leaks("It should work.", [], buggy, fixed)
    assert leaks("It is `should`.", [], buggy, fixed)
    assert leaks("```\nshould\n```", [], buggy, fixed)
    assert leaks("- x\n\n      should\n", [], buggy, fixed)


@given(st.sampled_from(PAIRS), st.text("0123456789abcdef", max_size=4), st.sampled_from(sorted(SAMPLES)))
def test_what_is_checked_gives_nothing_away(pair: tuple[str, Level], seed: str, sample: str) -> None:
    facts, buggy = SAMPLES[sample]
    found = checked(facts, *pair, seed, moves=[Slip(buggy)], buggy=buggy, fixed=FIXED)
    assert found == checked(facts, *pair, seed, moves=[Slip(buggy)], buggy=buggy, fixed=FIXED)
    assert leaks(found.statement.text, [Slip(buggy)], buggy, FIXED, facts.needed) == []
    assert found.refused or (found.statement.style, found.statement.level) == pair
    assert found.statement == write(facts, *named(found.statement.name), seed)


def test_a_leaking_style_gives_way_to_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    facts, _ = SAMPLES["wrong"]
    buggy = tree(PROGRAM.replace(GUARD, ""))
    # A message that only the fix has comes up in the failing test by chance.
    failures = {HIGH: Failure("RuntimeError: the limits are crossed", (("tests/test_sizes.py", 7),))}
    leaking = replace(facts, report=replace(facts.report, failures=failures), differing=(), asserted={})
    found = checked(leaking, "exception-only", "high", "s", moves=[], buggy=buggy, fixed=FIXED)
    assert [name for name, _ in found.refused] == ["exception-only/high", "exception-only/medium"]
    assert found.statement.name == "exception-only/low"
    assert "crossed" not in found.statement.text
    found = checked(leaking, "failing-call", "medium", "s", moves=[], buggy=buggy, fixed=FIXED)
    assert found.refused[:2] == tuple(
        (f"failing-call/{depth}", ("it has nothing to tell here",)) for depth in ("medium", "low")
    )
    assert found.statement.level == "medium"
    monkeypatch.setattr("rpsdg.mutators.statements.leaks", lambda *_: ["it leaks"])
    found = checked(leaking, "question", "low", "s", moves=[], buggy=buggy, fixed=FIXED)
    assert (found.statement.style, found.statement.level) == PLAINEST
    assert len(found.refused) == len(styles())


# --- needed names

RENAMED = ("def clamp(", "def limit(")
CLAMP = "clamp(value, low=..., high=...)"


@pytest.mark.parametrize(
    ("change", "tests", "expected"),
    [
        (("class Box:", "class Case:"), TESTS, ["Box(side)", "Box.grown(by=...)", "Box.side"]),
        (RENAMED, TESTS, [CLAMP]),
        (RENAMED, "import shapes.sizes\n\nshapes.sizes.clamp(1)\n", [CLAMP]),
        (RENAMED, "from shapes import sizes\ngetattr(sizes, 'clamp')\n", [CLAMP]),
        (RENAMED, "from shapes import sizes\n", []),
        (("def grown(self, by=1)", "def grown(self)"), TESTS, ["Box.grown(by=...)"]),
        (("def grown(self, by=1)", "def grown(self)"), "from shapes.sizes import Box\nBox(1).grown(2)\n", []),
        (("def grown(", "def larger("), TESTS, ["Box.grown(by=...)"]),
        (("        self.side = side\n", "        pass\n"), TESTS, ["Box.side"]),
        (("        self.side = side\n", "        pass\n"), "side = 1\n", []),
        (("high))", "low))"), TESTS, []),
    ],
)  # fmt: skip
def test_needed_names(change: tuple[str, str], tests: str, expected: list[str]) -> None:
    assert change[0] in PROGRAM
    fixed, buggy = tree(tests=tests), tree(PROGRAM.replace(*change), tests)
    found = needed_names(buggy, fixed, ["tests/test_sizes.py"])
    assert sorted({needed.shown for needed in found}) == expected


def test_a_method_that_a_base_class_has_is_not_missing() -> None:
    base = "class Base:\n    def grown(self, by=1):\n        return self\n\n\n"
    program = base + PROGRAM.replace("class Box:", "class Box(Base):")
    lost = program.replace(
        "    def grown(self, by=1):\n        return Box(self.side + by)\n", "    unused = 1\n"
    )
    assert lost != program
    assert needed_names(tree(lost), tree(program), ["tests/test_sizes.py"]) == ()


def test_needed_names_are_told_and_do_not_leak() -> None:
    facts, buggy = SAMPLES["broken"]
    assert [needed.name for needed in facts.needed] == ["Box", "grown", "side"]
    assert "`Box(side)`, `Box.grown(by=...)` and `Box.side`" in write(facts, *PLAINEST, "s").text
    found = checked(facts, *PLAINEST, "s", moves=[], buggy=buggy, fixed=FIXED)
    assert found.refused == ()
    assert leaks(found.statement.text, [], buggy, FIXED) == []  # `Box` still stands in the tests


# --- Markdown


@given(st.text())
def test_code_spans_and_blocks_hold_any_text(text: str) -> None:
    span = code(text)
    fence = span[: len(span) - len(span.lstrip("`"))]
    assert span.count(fence) == 2 or fence * 2 in span
    assert "\n" not in span
    block = fenced(text)
    first, *_, last = (
        block.splitlines() if "\r" not in text else (block.split("\n")[0], block.split("\n")[-1])
    )
    assert first.startswith("```")
    assert last == first.removesuffix("text")
    assert f"\n{last}" not in block.removesuffix(last)[len(first) :].rstrip("\n") or last not in text
