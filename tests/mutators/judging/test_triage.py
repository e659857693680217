"""What a first look decides, and which edits it may try by exchanging one function."""

from __future__ import annotations

from contextlib import closing

import pytest

import rpsdg.mutators.judging.triage
from rpsdg.mutators.judging.coverage import Coverage
from rpsdg.mutators.judging.triage import AUDITED, TriagePool, dismissal, swap_for
from rpsdg.mutators.mutator import Edit
from rpsdg.mutators.rules import all_mutators
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.glimpse import Glimpse, GlimpseOutcome
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.kernel import Reason

from .test_judge import bench_of

SOURCE = b"""\
from __future__ import annotations

LIMIT = 3


def outer(n, default=1):
    def inner(m):
        return m + 1
    return inner(n) + 1


class Box:
    size = 1

    @property
    def twice(self):
        return self.size * 2

    def fill(self): self.size += 1
"""
TREE = Tree({"box.py": Entry(SOURCE)})


def edit(old: bytes, new: bytes) -> Edit:
    assert SOURCE.count(old) == 1
    return Edit("box.py", SOURCE.index(old), old, new)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("green", Reason.UNDETECTED),
        ("hang", Reason.HANG),
        ("memory", Reason.OUT_OF_MEMORY),
        ("red", None),
        ("stuck", None),
        ("crash", None),
    ],
)
def test_dismissal(outcome: GlimpseOutcome, reason: Reason | None) -> None:
    """Only what a clean run would refuse is dismissed, and one in so many not even then."""
    seen = Glimpse(outcome, "t", (), "swap", 0.1, 0.1)
    found = [dismissal(seen, index) for index in range(3 * AUDITED)]
    assert [one is None for one in found].count(False) == (3 * (AUDITED - 1) if reason else 0)
    assert {one.reason for one in found if one is not None} == ({reason} if reason else set())


@pytest.mark.parametrize(
    ("old", "new", "name", "line"),
    [
        (b"m + 1", b"m + 2", "outer", 6),  # the outermost: `inner` is made anew by it
        (b"inner(n) + 1", b"inner(n)", "outer", 6),
        (b"size * 2", b"size * 3", "twice", 15),  # with its decorator
        (b"LIMIT = 3", b"LIMIT = 4", None, None),
        (b"default=1", b"default=2", None, None),  # the head runs at import
        (b"    size = 1", b"    size = 2", None, None),
        (b"self.size += 1", b"self.size += 2", None, None),  # on the line of its head
    ],
)
def test_swap(old: bytes, new: bytes, name: str | None, line: int | None) -> None:
    at_import = sum(1 << number for number in (1, 3, 6, 12, 13, 15, 16, 19))
    swap = swap_for(TREE, [edit(old, new)], Coverage({}, {"box.py": at_import}))
    assert (swap and swap.name, swap and swap.line) == (name, line)
    if swap is not None:
        # It compiles to the same function on the same lines, under the same future.
        assert new in swap.source
        kept = swap.source.splitlines()
        whole = SOURCE.replace(old, new).splitlines()
        assert all(text in {b"", whole[number]} for number, text in enumerate(kept))
        assert kept[0] == whole[0]


@pytest.mark.parametrize(
    ("new", "swapped"),
    [
        (b"inner(n) is 1", False),
        (b"inner(n) is not LIMIT", False),
        (b"inner(n) is None", True),
        (b"inner(n) is not None", True),
    ],
)
def test_no_swap_where_objects_are_compared_that_were_not(new: bytes, swapped: bool) -> None:
    """Constants of two functions are one object only if both were compiled together."""
    assert (swap_for(TREE, [edit(b"inner(n) + 1", new)], Coverage({}, {})) is not None) == swapped


def test_no_swap_of_a_body_that_runs_at_import() -> None:
    coverage = Coverage({}, {"box.py": 1 << 9})
    assert swap_for(TREE, [edit(b"m + 1", b"m + 2")], coverage) is None


SPEAKING = {
    "speaking.py": """
class Current:
    pass

def language():
    try:
        return {"fr": "fr"}[Current.language]
    except (AttributeError, KeyError):
        return "en"

def speak(language):
    Current.language = language
""",
    "tests/test_a.py": """
import time
from speaking import language, speak

def test_at_first():
    time.sleep(0.2)
    assert language() == "en"

def test_spoken():
    speak("fr")
    assert language() == "fr"
    speak("en")
    assert language() == "en"
""",
}


@pytest.mark.network
def test_a_test_may_pass_because_of_what_another_one_left(local_sandbox: Sandbox, settings: Settings) -> None:
    """The quickest test comes first, and leaves the program in a state that hides the bug from the other."""
    bench = bench_of(SPEAKING, local_sandbox, settings)
    (forgotten,) = [
        move
        for move in all_mutators()["narrowed-handler"].find(bench.tree)
        if move.edits[0].new.strip() == b"KeyError"
    ]
    with closing(TriagePool(bench)) as triage:
        seen = triage.look([forgotten])
    assert seen is not None
    assert (seen.outcome, seen.node) == ("red", "tests/test_a.py::test_at_first")


LEAKING = {
    "leaking.py": """
KNOWN = {"path": "here"}

def path():
    try:
        return KNOWN["path"]
    except KeyError:
        return None
""",
    "tests/test_a.py": """
from time import sleep

from leaking import KNOWN, path

def test_at_first():
    assert path() == "here"

def test_none():
    sleep(0.1)
    KNOWN["path"] = None
    assert path() is None

def test_forgotten():
    sleep(0.2)
    del KNOWN["path"]
    assert path() is None

class TestAgain:
    def test_none(self):
        KNOWN["path"] = None
        assert path() is None

    def test_forgotten(self):
        del KNOWN["path"]
        assert path() is None
""",
}


@pytest.mark.network
def test_a_test_that_fails_without_the_bug_in_that_order_says_nothing(
    local_sandbox: Sandbox, settings: Settings
) -> None:
    """The two tests that run the line fail one behind the other; with the others in between they pass."""
    bench = bench_of(LEAKING, local_sandbox, settings)
    harmless = next(all_mutators()["widened-handler"].find(bench.tree))
    with closing(TriagePool(bench)) as triage:
        assert triage.look([harmless]) is None
    assert len(bench.reaching(harmless.edits)) == 2


SCALING = {
    "scaling.py": """
def scaled(n, twice=True):
    return 2 * n if twice else n
""",
    "tests/test_a.py": """
import time
from scaling import scaled

def test_signature():
    assert scaled.__defaults__ == (True,)

def test_scaled():
    time.sleep(0.2)
    assert scaled(3) == 6
""",
}


@pytest.mark.network
def test_tests_that_run_a_function_are_asked_first_of_its_head(
    local_sandbox: Sandbox, settings: Settings
) -> None:
    """What runs at import is reached by every test; the quickest of them would seldom tell."""
    bench = bench_of(SCALING, local_sandbox, settings)
    move = next(iter(all_mutators()["wrong-default"].find(bench.tree)))
    with closing(TriagePool(bench)) as triage:
        seen = triage.look([move])
    assert seen is not None
    assert (seen.outcome, seen.node) == ("red", "tests/test_a.py::test_scaled")


@pytest.mark.network
def test_what_would_take_as_long_as_the_suite_is_left_to_it(
    local_sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug that no test sees and nearly all tests reach: the first of them run, the others do not."""
    monkeypatch.setattr(rpsdg.mutators.judging.triage, "_LONG", 0.1)
    slow = SCALING["tests/test_a.py"].replace("assert scaled(3) == 6", "scaled(3)")
    slow = slow.replace("assert scaled.__defaults__ == (True,)", "pass")
    bench = bench_of(dict(SCALING, **{"tests/test_a.py": slow}), local_sandbox, settings)
    move = next(iter(all_mutators()["wrong-default"].find(bench.tree)))
    with closing(TriagePool(bench)) as triage:
        assert triage.look([move]) is None
