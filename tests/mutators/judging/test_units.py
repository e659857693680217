"""What counts as a change of a program, and what a task depends on."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from rpsdg.mutators.judging.coverage import Coverage
from rpsdg.mutators.judging.reach import Reaches, touched
from rpsdg.mutators.judging.units import MODULE, unit_at, units_of
from rpsdg.mutators.mutator import Edit
from rpsdg.mutators.newness import changed_units
from rpsdg.sandbox.tree import Entry, Tree

FUNCTIONS = [
    "def add(a, b=LIMIT):\n    return a + b\n",
    'def text(x):\n    """Say it."""\n    # a comment\n    if x:\n        return str(x)\n    return ""\n',
    "@wraps\nasync def wait(*items):\n    def inner(y):\n        return y\n    return inner(items)\n",
    "class Box:\n    size = 3\n\n    def get(self):\n        return self.size\n\n    def put(self, x):\n"
    "        self.x = x\n",
    "try:\n    import json\nexcept ImportError:\n    json = None\n",
    "LIMIT = 3\n",
    "from os import path, sep\n",
]
orders = st.permutations(FUNCTIONS)


def hashes(text: str) -> dict[str, str]:
    return {name: unit.hash for name, unit in units_of(text.encode()).items()}


def tree(**files: str) -> Tree:
    return Tree({path.replace("__", "/") + ".py": Entry(text.encode()) for path, text in files.items()})


@given(orders, orders, st.integers(0, 3))
def test_the_order_of_functions_is_no_change(one: list[str], other: list[str], lines: int) -> None:
    assert hashes("\n".join(one)) == hashes(("\n" * lines).join(other))


@given(orders, st.sampled_from(FUNCTIONS[:4]))
def test_what_moves_to_another_file_keeps_its_hash(order: list[str], moved: str) -> None:
    whole = "\n".join(order)
    rest = "\n".join(text for text in order if text != moved)
    before, after = tree(one=whole, two=""), tree(one=rest, two=moved)
    assert not changed_units(before, after)


@given(orders)
def test_formatting_and_words_for_people_are_no_change(order: list[str]) -> None:
    whole = "\n".join(order)
    assert hashes(whole) == hashes(ast.unparse(ast.parse(whole)))  # which has no comments
    assert hashes(whole) == hashes(whole.replace('"""Say it."""', "'''Say it, and more.'''"))
    assert hashes(whole) == hashes(whole.replace('    """Say it."""\n', ""))


@given(orders)
def test_every_line_of_a_function_belongs_to_its_unit(order: list[str]) -> None:
    data = "\n".join(order).encode()
    for name, words in (
        ("add", b"a + b"),
        ("wait", b"return y"),
        ("Box.put", b"self.x"),
        ("=LIMIT", b"LIMIT = "),
    ):
        assert unit_at(data, data.index(words)) == name


@given(orders)
def test_a_change_is_one_of_its_unit_alone(order: list[str]) -> None:
    before = "\n".join(order)
    for old, new, changed in (
        ("a + b", "a - b", {"add"}),
        ("size = 3", "size = 4", {"Box"}),
        ("self.x = x", "self.x = [x]", {"Box.put"}),
        ("LIMIT = 3", "LIMIT = 4", {"=LIMIT"}),
        ("import path, sep", "import path, sep, curdir", {"=curdir"}),
    ):
        assert changed_units(tree(x=before), tree(x=before.replace(old, new))) == {"x.py": changed}


def test_what_is_no_python_is_one_unit() -> None:
    (unit,) = units_of(b"def f(:\n").values()
    assert unit.name == MODULE
    assert unit.hash != units_of(b"def g(:\n")[MODULE].hash


PROGRAM = """\
import re

LIMIT = 3
OTHER = 4


class Box:
    size = LIMIT

    def get(self):
        return self.size


def used(x):
    return re.sub(str(LIMIT), "", x)


def unused(x):
    return OTHER
"""
CONFTEST = """\
import pytest


@pytest.fixture
def box():
    return helper()


def helper():
    return 1


@pytest.fixture(autouse=True)
def always():
    yield


@pytest.fixture
def never():
    return 3
"""
TESTS = """\
CASES = [1, 2]


def test_used(box):
    assert check(CASES)


def check(cases):
    return True


def test_other():
    assert True
"""


def test_what_a_task_depends_on() -> None:
    program = tree(x=PROGRAM, tests__conftest=CONFTEST, tests__test_x=TESTS)
    line = PROGRAM[: PROGRAM.index("return re")].count("\n") + 1
    ran = {"tests/test_x.py::test_used[a]": {"x.py": 1 << line}, "tests/test_x.py::test_other": {"x.py": 0}}
    reaches = Reaches(program, Coverage(ran, {}))
    edit = Edit("x.py", PROGRAM.index("self.size"), b"self.size", b"0")
    reach = reaches.of(["tests/test_x.py::test_used[a]"], [edit])
    of_program = {name for path, name in reach if path == "x.py"}
    assert of_program == {"used", "=re", "=LIMIT", "Box.get", "Box", MODULE}
    of_tests = {name for path, name in reach if path == "tests/test_x.py"}
    assert of_tests == {"test_used", "check", "=CASES", MODULE}
    shared = {name for path, name in reach if path == "tests/conftest.py"}
    assert shared == {"box", "helper", "always", "=pytest", MODULE}

    inherited = (
        TESTS
        + "\n\nclass Base:\n    def test_it(self):\n        check(1)\n\n\nclass TestX(Base):\n    pass\n"
    )
    grown = tree(x=PROGRAM, tests__test_x=inherited)
    reach_of_class = Reaches(grown, Coverage({"tests/test_x.py::TestX::test_it": {}}, {})).of(
        ["tests/test_x.py::TestX::test_it"], []
    )
    assert {name for _, name in reach_of_class} == {"TestX", "Base", "Base.test_it", "check", MODULE}

    assert touched(reach, program) == []
    unrelated = program.replace("x.py", PROGRAM.replace("return OTHER", "return 5").encode())
    assert touched(reach, unrelated) == []
    helped = program.replace("tests/conftest.py", CONFTEST.replace("return 1", "return 2").encode())
    assert touched(reach, helped) == [("tests/conftest.py", "helper")]
    gone = program.replace("x.py", PROGRAM.replace("def used", "def renamed").encode())
    assert touched(reach, gone) == [("x.py", "used")]
