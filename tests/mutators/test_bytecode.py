from __future__ import annotations

import warnings

import pytest

from rpsdg.mutators.bytecode import same_bytecode

SAME = {
    "itself": ("x = 1\n", "x = 1\n"),
    "comments and blank lines": ("def f():\n    return 1\n", "# c\n\n\ndef f():  # d\n\n    return 1\n"),
    "folded constants": ("x = 60 * 60\n", "x = 3600\n"),
    "parentheses": ("x = a and b\n", "x = (a and\n   b)\n"),
    "docstrings": ("'A'\nclass C:\n    'B'\n    def f(): 'C'\n", "class C:\n    def f(): pass\n"),
    "order of a frozen set": ("x in {1, 2}\n", "x in {2, 1}\n"),
    "a string that does nothing": ("def f():\n    x = 1\n    'a'\n", "def f():\n    x = 1\n    'b'\n"),
    "two strings first": ("'a'\n'b'\nx = 1\n", "x = 1\n"),
    "nothing but a docstring": ("'a'\n", "'b'\n"),
    "line ends": ("x = 1\ny = 2\n", "x = 1\r\ny = 2\r\n"),
}  # fmt: skip
DIFFERENT = {
    "a number": ("x = 1\n", "x = 2\n"),
    "int and bool": ("x = 1\n", "x = True\n"),
    "zero and False": ("x = 0\n", "x = False\n"),
    "int and float": ("x = 1\n", "x = 1.0\n"),
    "the two zeros": ("x = 0.0\n", "x = -0.0\n"),
    "complex zeros": ("x = 0j\n", "x = -0j\n"),
    "inside a tuple": ("x = (1, (2, 3))\n", "x = (1, (2, 3.0))\n"),
    "inside a set": ("x in {1, 2}\n", "x in {1.0, 2}\n"),
    "text and bytes": ("x = 'a'\n", "x = b'a'\n"),
    "a name": ("x = a\n", "x = b\n"),
    "a local name": ("def f(a, b): return a\n", "def f(a, b): return b\n"),
    "a parameter's name": ("def f(a): return a\n", "def f(b): return b\n"),
    "a keyword-only parameter": ("def f(a): return a\n", "def f(*, a): return a\n"),
    "a default": ("def f(a=1): return a\n", "def f(a=2): return a\n"),
    "a nested function": ("def f():\n    def g(): return 1\n", "def f():\n    def g(): return 2\n"),
    "an exception type": ("try: f()\nexcept A: pass\n", "try: f()\nexcept B: pass\n"),
    "what a try covers": ("try:\n    f()\n    g()\nexcept A: pass\n", "try:\n    f()\nexcept A: pass\ng()\n"),
    "an assertion": ("assert x\n", "pass\n"),
    "a generator": ("def f():\n    return 1\n", "def f():\n    return 1\n    yield\n"),
    "an annotation": ("x: int = 1\n", "x: str = 1\n"),
}
UNKNOWN = {
    "syntax errors": ("x = = 1\n", "x = = 1\n"),
    "the other is broken": ("x = 1\n", "x = (\n"),
    "a null byte": ("x = 1\0\n", "x = 1\0\n"),
    "too deep": ("x = " + "(" * 5000 + ")" * 5000, "x = " + "(" * 5000 + ")" * 5000),
    "too long a chain": ("x = " + "-" * 100_000 + "1", "x = " + "-" * 100_000 + "1"),
    "return outside of a function": ("return 1\n", "return 1\n"),
}


@pytest.mark.parametrize("name", SAME)
def test_same(name):
    before, after = (text.encode() for text in SAME[name])
    assert same_bytecode(before, after)
    assert same_bytecode(after, before)


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name):
    before, after = (text.encode() for text in DIFFERENT[name])
    assert not same_bytecode(before, after)
    assert not same_bytecode(after, before)


@pytest.mark.parametrize("name", UNKNOWN)
def test_never_sure_of_what_does_not_compile(name):
    before, after = (text.encode() for text in UNKNOWN[name])
    assert not same_bytecode(before, after)


def test_bad_encoding():
    assert not same_bytecode(b"# coding: latin-9000\n", b"# coding: latin-9000\n")
    assert not same_bytecode(b"x = '\xff'\n", b"x = '\xff'\n")


def test_runs_nothing_and_warns_of_nothing():
    program = b"raise SystemExit('executed')\nx = 1 is 1\ny = '\\d'\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert same_bytecode(program, program + b"# a comment\n")
