"""What each mutator makes of code that is awkward to edit."""

from __future__ import annotations

import re
import textwrap

import pytest

from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.reading.source import parse
from rpsdg.mutators.rules import all_mutators

from .conftest import mutants

ALL = [
    # (rule, line, every line it may become)
    ("dropped-argument", "f(a, b)", ["f(a)"]),
    ("dropped-argument", "f(a)", []),
    ("dropped-argument", "f(k=1)", ["f()"]),
    ("dropped-argument", "f( k=1, )", ["f()"]),
    ("dropped-argument", "f(a, k=1)", ["f(a)"]),
    ("dropped-argument", "f(a, b, k=1, **o)", ["f(a, k=1, **o)", "f(a, b, **o)", "f(a, b, k=1)"]),
    ("dropped-argument", "f(*a, b)", ["f(*a)"]),
    ("dropped-argument", "f(a, *b)", ["f(a)"]),
    ("dropped-argument", "f(a, b,)", ["f(a,)"]),
    ("dropped-argument", "f((x for x in a), b)", ["f((x for x in a))"]),
    ("dropped-argument", "max(a, b, c)", ["max(b, c)", "max(a, c)", "max(a, b)"]),
    ("dropped-argument", "isinstance(a, b)", []),
    ("dropped-argument", "logger.info('x', a)", []),
    ("dropped-argument", "x: f(a, b) = 1", []),
    ("dropped-argument", "s = f'{f(a, b)} é {g(c)}'", ["s = f'{f(a)} é {g(c)}'"]),
    ("dropped-argument", "s = f'é {f(c, d)}'", ["s = f'é {f(c)}'"]),
    ("dropped-conjunct", "if a and b: pass", ["if b: pass", "if a: pass"]),
    ("dropped-conjunct", "if (a and b): pass", ["if b: pass", "if a: pass"]),
    ("dropped-conjunct", "if(a and b): pass", ["if(b): pass", "if(a): pass"]),
    ("dropped-conjunct", "if a and b and c: 1", ["if b and c: 1", "if a and c: 1", "if a and b: 1"]),
    ("dropped-conjunct", "if (a or b) and c: pass", ["if c: pass", "if (a or b): pass"]),
    ("dropped-conjunct", "if a or (b and c): pass", ["if a or c: pass", "if a or b: pass"]),
    ("dropped-conjunct", "if not (a and b == c): pass", ["if not b == c: pass", "if not a: pass"]),
    ("dropped-conjunct", "if not(a and b): pass", ["if not(b): pass", "if not(a): pass"]),
    ("dropped-conjunct", "{y for y in z if a and b}", ["{y for y in z if b}", "{y for y in z if a}"]),
    ("dropped-conjunct", "x = 1 if a and b else 2", ["x = 1 if b else 2", "x = 1 if a else 2"]),
    ("dropped-conjunct", "f = lambda: a and b", ["f = lambda: b", "f = lambda: a"]),
    ("dropped-conjunct", "assert a and b, c and d", ["assert b, c and d", "assert a, c and d"]),
    ("dropped-conjunct", "x = a and b", []),
    ("dropped-conjunct", "if a or b: pass", []),
    ("unwrapped-conversion", "x = int(a)", ["x = a"]),
    ("unwrapped-conversion", "x = int(x)", []),
    ("unwrapped-conversion", "x = int(a + b)", ["x = a + b"]),
    ("unwrapped-conversion", "x = int(a + b) * 2", ["x = (a + b) * 2"]),
    ("unwrapped-conversion", "x = int((a + b)) * 2", ["x = (a + b) * 2"]),
    ("unwrapped-conversion", "x = list(a or b)[0]", ["x = (a or b)[0]"]),
    ("unwrapped-conversion", "x = list(y for y in z)", ["x = (y for y in z)"]),
    ("unwrapped-conversion", "f(list(y for y in z))", ["f(y for y in z)"]),
    ("unwrapped-conversion", "f(list(y for y in z), 1)", ["f((y for y in z), 1)"]),
    ("unwrapped-conversion", "f(k=list(y for y in z))", ["f(k=(y for y in z))"]),
    ("unwrapped-conversion", "f(list(y for y in z),)", ["f((y for y in z),)"]),
    ("unwrapped-conversion", "class C(f(list(x) for x in y)): pass", ["class C(f(x for x in y)): pass"]),
    ("unwrapped-conversion", "x = int(-1).real", ["x = (-1).real"]),
    ("unwrapped-conversion", "x = float(1).real", ["x = (1).real"]),
    ("unwrapped-conversion", "x = [y for y in list(a if b else c)]", ["x = [y for y in (a if b else c)]"]),
    ("unwrapped-conversion", "x = [y for y in list(a + b)]", ["x = [y for y in a + b]"]),
    ("unwrapped-conversion", "x = 1 if int(a)else 2", ["x = 1 if (a)else 2"]),
    ("unwrapped-conversion", "x = list(a := b)", ["x = (a := b)"]),
    ("unwrapped-conversion", "x = list(lambda: a)", ["x = (lambda: a)"]),
    ("unwrapped-conversion", "x = int(a) ** int(-b)", ["x = a ** int(-b)", "x = int(a) ** (-b)"]),
    ("unwrapped-conversion", "x = f'{list({a})}'", ["x = f'{({a})}'"]),
    ("unwrapped-conversion", "x = f'{str(a)} {int(b)}'", ["x = f'{str(a)} {b}'"]),
    ("unwrapped-conversion", "x = f'é{str(c)!r}'", ["x = f'é{c!r}'"]),
    ("unwrapped-conversion", "int(a)", []),
    ("unwrapped-conversion", "x = float('inf')", []),
    ("unwrapped-conversion", "x = int(a, 8)", []),
    ("unwrapped-conversion", "x = dict(a=1)", []),
    ("unwrapped-conversion", "x = list(*a)", []),
    ("unwrapped-conversion", "x = len(a)", []),
    ("nudged-literal", "x = 0", ["x = 1"]),
    ("nudged-literal", "x = 1", ["x = 0", "x = 2"]),
    ("nudged-literal", "x = 10", ["x = 9", "x = 11"]),
    ("nudged-literal", "x = 1_000", ["x = 999", "x = 1_001"]),
    ("nudged-literal", "x = 10_00", []),
    ("nudged-literal", "x = 0x10 + 0b1 + 0o7 + 00", []),
    ("nudged-literal", "x = 0.5 + 1e3 + 2j", []),
    ("nudged-literal", "x = y[-1]", []),
    ("nudged-literal", "x = y-1", ["x = y-2"]),
    ("nudged-literal", "x = y * 2", ["x = y * 3"]),
    ("nudged-literal", "x += 1", ["x += 2"]),
    ("nudged-literal", "x = y << 3 | 1", []),
    ("nudged-literal", "x = 1 if y else 0", ["x = 2 if y else 0"]),
    ("nudged-literal", "while 1: pass", []),
    ("nudged-literal", "ok = sys.version_info >= (3, 8)", []),
    ("nudged-literal", "version_info = (1, 2)", []),
    ("nudged-literal", "x: A[1] = y", []),
    ("dropped-element", "x = [a, b]", ["x = [b]", "x = [a]"]),
    ("dropped-element", "x = [a]", []),
    ("dropped-element", "x = [a, b,]", ["x = [b,]", "x = [a,]"]),
    ("dropped-element", "x = (a, b)", ["x = (b,)", "x = (a,)"]),
    ("dropped-element", "x = (a, b,)", ["x = (b,)", "x = (a,)"]),
    ("dropped-element", "x = (a, a)", ["x = (a,)"]),
    ("dropped-element", "x = a, b", []),
    ("dropped-element", "x = a, b, c", ["x = b, c", "x = a, c", "x = a, b"]),
    ("dropped-element", "x = {a: b, **c}", ["x = {**c}", "x = {a: b}"]),
    ("dropped-element", "x = {a, *b}", ["x = {*b}", "x = {a}"]),
    ("dropped-element", "x, y = a, b", []),
    ("dropped-element", "(x, y), [z, w] = a", []),
    ("dropped-element", "for (x, y) in a: pass", []),
    ("dropped-element", "del (x, y)", []),
    ("dropped-element", "x = a[b, c]", []),
    ("dropped-element", "x = [(a, b)]", []),
    ("dropped-element", "__all__ = ['a', 'b']", []),
    ("dropped-element", "__all__ += ['a', 'b']", []),
    ("dropped-element", "x: T[(a, b)] = c", []),
    ("dropped-element", "def f(x: (a, b)) -> [c, d]: pass", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "before", "after"), ALL, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_mutant_of_a_line(rule, before, after):
    assert mutants(rule, before + "\n") == [line + "\n" for line in after]


ONE = {
    "argument on its own line": (
        "dropped-argument",
        "f(\n    a,\n    k=1,  # why\n    m=2,\n)\n",
        "f(\n    a,\n    m=2,\n)\n",
    ),
    "last argument on its own line": ("dropped-argument", "f(\n    a,\n    k=1,\n)\n", "f(\n    a,\n)\n"),
    "last argument, no trailing comma": ("dropped-argument", "f(\n    a,\n    k=1\n)\n", "f(\n    a\n)\n"),
    "last argument, closed behind it": ("dropped-argument", "f(a,\n  k=1)\n", "f(a)\n"),
    "last argument, both commented": (
        "dropped-argument",
        "f(\n    a,  # one\n    k=1,  # two\n)\n",
        "f(\n    a,  # one\n)\n",
    ),
    "argument at the end of a line": ("dropped-argument", "f(a, k=1,\n  m=2)\n", "f(a,\n  m=2)\n"),
    "first argument before a break": ("dropped-argument", "f(k=1,\n  m=2)\n", "f(m=2)\n"),
    "carriage returns": ("dropped-argument", "f(\r\n    a,\r\n    k=1,\r\n)\r\n", "f(\r\n    a,\r\n)\r\n"),
    "behind wide letters": ("dropped-argument", "x = 'é'; f('ü', k='ö')\n", "x = 'é'; f('ü')\n"),
    "element between comments": (
        "dropped-element",
        "x = [\n    # odd\n    1,\n    3,\n    # even\n    2,\n]\n",
        "x = [\n    # odd\n    1,\n    # even\n    2,\n]\n",
    ),
    "element between blank lines": (
        "dropped-element",
        "x = [\n    1,\n\n    2,\n\n    3,\n]\n",
        "x = [\n    1,\n\n    3,\n]\n",
    ),
    "pair on two lines": ("dropped-element", "x = (\n    a,\n    b,\n)\n", "x = (\n    b,\n)\n"),
    "conjunct on its own line": (
        "dropped-conjunct",
        "if (\n    a\n    and b\n    and c\n):\n    pass\n",
        "if (\n    a\n    and c\n):\n    pass\n",
    ),
    "conjunct with the operator behind": (
        "dropped-conjunct",
        "if (a and\n        b and\n        c):\n    pass\n",
        "if (b and\n        c):\n    pass\n",
    ),
    "one of two lines": ("dropped-conjunct", "if (a\n        and b):\n    pass\n", "if a:\n    pass\n"),
    "a conjunct over two lines": (
        "dropped-conjunct",
        "if (a and b\n        == c):\n    pass\n",
        "if (b\n        == c):\n    pass\n",
    ),
    "a conversion over two lines": ("unwrapped-conversion", "x = int(a +\n    b)\n", "x = (a +\n    b)\n"),
    "a call over two lines": ("unwrapped-conversion", "x = int(f(\n    a\n))\n", "x = f(\n    a\n)\n"),
    "strings over two lines": ("unwrapped-conversion", "x = str('a'\n  'b')\n", "x = ('a'\n  'b')\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_mutant(name):
    rule, before, after = ONE[name]
    assert mutants(rule, before).count(after) == 1


GUARDS = {
    "blank lines on both sides": (
        "x = 1\n\n# Nothing to do.\nif a:\n    return\n\ny = 2\n",
        "x = 1\n\ny = 2\n",
    ),
    "a blank line above": ("x = 1\n\nif a:\n    return\ny = 2\n", "x = 1\n\ny = 2\n"),
    "a blank line below": ("x = 1\nif a:\n    return\n\ny = 2\n", "x = 1\n\ny = 2\n"),
    "first": ("# Odd.\nif a:\n    raise E(\n        b\n    )\n\ny = 2\n", "y = 2\n"),
    "last": ("x = 1\n\nif a:\n    raise E\n", "x = 1\n"),
    "on one line": ("x = 1\nif a: return 1  # odd\ny = 2\n", "x = 1\ny = 2\n"),
    "with a statement before": ("if a:\n    b = 1\n    return b\ny = 2\n", "y = 2\n"),
    "with a comment at its end": ("if a:\n    return\n    # odd\n# y\ny = 2\n", "# y\ny = 2\n"),
    "an unrelated comment above": ("x = 1\n# Odd.\n\nif a:\n    return\ny = 2\n", "x = 1\n# Odd.\n\ny = 2\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", GUARDS)
def test_guard_goes(name):
    before, after = (f"def f():\n{textwrap.indent(text, '    ')}" for text in GUARDS[name])
    assert mutants("dropped-guard", before) == [after]


@pytest.mark.parametrize(
    "body",
    [
        "if a:\n    return",
        "'''Doc.'''\nif a:\n    return 1",
        "x = 1\nif a:\n    return",
        "x = 1\nif a:\n    return 1\nelse:\n    y",
        "if x:\n    y\nelif a:\n    return 1\nz",
        "if a:\n    b\n    c\n    return 1\nz",
        "if a:\n    b\nz",
        "if a:\n    for b in c: pass\n    return\nz",
        "if (a := b) is None:\n    return\nz",
        "if a:\n    yield 1\n    return\nz",
        "for a in b:\n    c()\n    if a:\n        continue",
    ],
)
def test_no_guard(body):
    assert mutants("dropped-guard", f"def f():\n{textwrap.indent(body, '    ')}\n") == []


def test_guards_of_a_module_stay():
    assert mutants("dropped-guard", "if a:\n    raise E\nx = 1\n") == []


NAMES = {  # each read that has an alternative is marked with it
    "twins": "def f(i, j):\n    return ‹i→j› + ‹j→i›\n",
    "loop": "def f(n):\n    for i, j in n:\n        print(‹i→j›)\n",
    "comprehension": "def f(n):\n    return [‹i→j› for i, j in n if ‹j→i›]\n",
    "inner comprehension": "def f(n):\n    return [x for i, j in n for x in ‹i→j›.k]\n",
    "lambda": "def f():\n    return lambda i, j: ‹i→j›\n",
    "with and except": (
        "def f():\n    with a as b1, c as b2:\n        try: pass\n"
        "        except E as b3:\n            x(‹b1→b2›)\n"
    ),
    "f-string": "def f(i, j):\n    return f'é{‹i→j›!r:>{9}}'\n",
    "assigned before": "def f(a1):\n    a2 = x\n    ‹a1→a2›.b\n    ‹a2→a1›.b\n",
    "not yet bound": "def f(a1):\n    a1.b\n    a2 = x\n    ‹a2→a1›.b\n",
    "inside its own binding": "def f(a1):\n    a2 = a1.b\n    ‹a2→a1›.b\n",
    "within the branch": "def f(a1):\n    if x:\n        a2 = x\n        ‹a1→a2›.b\n        ‹a2→a1›.b\n",
    "behind the branch": "def f(a1):\n    if x:\n        a2 = x\n        ‹a2→a1›.b\n    a1.b\n",
    "behind the loop": "def f(n):\n    for i, j in n:\n        ‹i→j›.b, ‹j→i›.b\n    i.b, j.b\n",
    "no self-assignment": "def f(a1):\n    a2 = x\n    ‹a1→a2›.b\n    ‹a2→a1›.b\n    a2 = a1\n",
    "deleted": "def f(a1):\n    a2 = x\n    a1.b\n    a2.b\n    del a2\n",
    "global": "def f(a1):\n    global a2\n    a2 = x\n    a1.b\n    a2.b\n",
    "self": "def f(self, sell):\n    return self.a, sell.a\n",
    "called": "def f(a1, a2):\n    a1()\n    a2()\n",
    "keyword and attribute": "def f(a1, a2):\n    x(a1=0, a2=0).a1.a2\n",
    "default and annotation": "def f(a1, a2):\n    def g(x: a1 = a1, y: a2 = a2): pass\n",
    "names of the module": "def f(a1, a2):\n    print(a3, a4)\n",
    "no function": "a1 = a2 = 1\nprint(a1, a2)\n",
    "patterns": "def f(a1, a2):\n    match x:\n        case a1.b | C(a1=1): y\n        case a2.b: x\n",
}


@pytest.mark.parametrize("name", NAMES)
def test_wrong_name(name):
    mark = re.compile("‹(.*?)→(.*?)›")
    before = mark.sub(r"\1", NAMES[name])
    after = []
    for found in mark.finditer(NAMES[name]):
        program = NAMES[name][: found.start()] + found[2] + NAMES[name][found.end() :]
        after.append(mark.sub(r"\1", program))
    assert mutants("wrong-name", before) == after


def test_at_most_two_names_for_one():
    found = mutants("wrong-name", "def f(a1, a2, a3, a4, a5):\n    return a1\n")
    assert len(found) == 2


EXPLAINED = [
    ("dropped-argument", "    key=len,  # the longest\n", "", "add the argument `key=len`."),
    ("dropped-argument", ", **options", "", "add the argument `**options`."),
    ("dropped-argument", ",\n  a(\n    1,\n  )", "", "add the argument `a(1,)`."),
    ("dropped-element", "b, ", "", "put `b` back."),
    ("dropped-element", "(a, b)", "(b,)", "write `(a, b)`, not `(b,)`."),
    ("dropped-element", "'# no comment', ", "", "put `'# no comment'` back."),
    ("dropped-element", ", '`'", "", "put `` '`' `` back."),
    ("dropped-conjunct", "a\n  and b", "b", "write `a and b`, not `b`."),
    (
        "dropped-guard",
        "    # c\n    if a:\n        b = 1\n        return b\n",
        "",
        "guard `if a: b = 1; return b` back.",
    ),
    (
        "dropped-guard",
        " if not (a and\n    b): raise E(c)  # d\n",
        "",
        "guard `if not (a and b): raise E(c)` back.",
    ),
    ("dropped-guard", "  if a:\n    raise E('''b\nc''')\n", "", "guard `if a: raise E('''b c''')` back."),
    ("nudged-literal", "1", "2", "write `1`, not `2`."),
    ("unwrapped-conversion", "int(x)", "x", "write `int(x)`, not `x`."),
    ("wrong-name", "high", "low", "write `high`, not `low`."),
    ("shifted-boundary", "<", "<=", "write `<`, not `<=`."),
]


@pytest.mark.parametrize(("rule", "old", "new", "end"), EXPLAINED)
def test_explanation(rule, old, new, end):
    mutator: type[Mutator] = all_mutators()[rule]
    assert mutator("program.py", 0, old.encode(), new.encode()).explain().endswith(end)


@pytest.mark.parametrize(
    "code",
    [
        "'''Doc 1.'''",
        "x: 'A[1]' = y",
        "__all__ = ['a', f(1)]",
        "__version__ = '1', 2",
        "log.info(1)",
        "self.logger.warning('%s', 1)",
        "warnings.warn('x', stacklevel=2)",
        "if TYPE_CHECKING:\n    x = 1",
        "if __name__ == '__main__':\n    f(1)",
        "def f() -> A[1]: pass",
    ],
)
def test_protected(code):
    assert mutants("nudged-literal", code + "\n") == []


@pytest.mark.parametrize(
    "data",
    [
        b"x = = 1\n",
        b"x = 1\0\n",
        b"x = 1\ry = 2\r",
        b"\xff\n",
        b"try: pass\nexcept (A, B) : pass\n",
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"# coding: nonsense\n",
        b"x = " + b"(" * 9000 + b")" * 9000,
        b"x = a" + b" and a" * 20_000,
        b"x = " + b"-" * 500 + b"1\n",
        b"if a: pass\n" + b"elif a: pass\n" * 900,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_files_that_cannot_be_edited_are_left_alone(data):
    assert parse(data) is None
