"""What the mutators of branches, returns and statements make of code that is awkward to edit."""

from __future__ import annotations

import textwrap

import pytest

from rpsdg.mutators.wording import shown

from .conftest import mutants


def in_function(body: str) -> str:
    return f"def f(a, b, c, x, y):\n{textwrap.indent(body, '    ')}\n"


BODIES = [
    # (rule, body of a function, every body it may become)
    ("dropped-branch", "if a:\n    x = b\nreturn x", ["return x"]),
    ("dropped-branch", "y()\n\n# Odd.\nif a:\n    x = b\n    # odd\n\nreturn x", ["y()\n\nreturn x"]),
    ("dropped-branch", "if a: x = b  # odd\nreturn x", ["return x"]),
    ("dropped-branch", "if a:\n    return b\nreturn x", []),  # a guard
    ("dropped-branch", "if a:\n    x = b\nelse:\n    x = c\nreturn x", []),
    ("dropped-branch", "if a:\n    z = b\nreturn z", []),  # NameError
    ("dropped-branch", "z = y()\nif a:\n    x = z\nreturn x", []),  # z would be unused
    ("dropped-branch", "if a:\n    x.y = b", []),  # nothing would be left
    ("dropped-branch", "if a:\n    print(b)\nreturn x", []),
    ("dropped-branch", "if sys.platform == a:\n    x = b\nreturn x", []),
    ("dropped-branch", "if a:\n    yield b\nreturn x", []),  # no generator any more
    ("dropped-branch", "if a:\n    yield b\nyield c", ["yield c"]),
    ("dropped-branch", "while x < a:\n    if b:\n        x += 1\n    y()", []),  # may never end
    ("dropped-case", "if a: x = 1\nelif b: x = 2\nelse: x = 3", ["if a: x = 1\nelse: x = 3"]),
    (
        "dropped-case",
        "if a:\n    x()\n\n# Odd.\nelif b:\n    y()\n    # odd\n\nelif c:\n    y(x)\nreturn x",
        [
            "if a:\n    x()\n\nelif c:\n    y(x)\nreturn x",
            "if a:\n    x()\n\n# Odd.\nelif b:\n    y()\n    # odd\nreturn x",
        ],
    ),
    ("dropped-case", "if a:\n    x()\nelif b:\n    pass\nreturn x", []),
    ("dropped-case", "if a:\n    x()\nelif b:\n    y()\nelse:\n    y()", []),
    ("dropped-case", "if a:\n    x()\nelif b:\n    return", []),
    ("dropped-case", "if a:\n    x()\nelif sys.version_info > b:\n    y()", []),
    ("dropped-case", "if a:\n    x()\nelif (z := y()):\n    x(z)", []),
    (
        "dropped-case",
        "match a:\n    case 1:\n        x()\n    # Odd.\n    case 2:\n        y()\n    case _:\n        pass",
        [
            "match a:\n    # Odd.\n    case 2:\n        y()\n    case _:\n        pass",
            "match a:\n    case 1:\n        x()\n    case _:\n        pass",
        ],
    ),
    ("dropped-case", "match a:\n    case 1:\n        x()\n    case _:\n        y()", []),
    ("dropped-else", "if a:\n    x = 1\n# Odd.\nelse:\n    x = 2\n    # odd\nreturn x", [
        "if a:\n    x = 1\nreturn x"]),
    ("dropped-else", "if a:\n    x()\nelif b:\n    y()\nelse:\n    raise c", [
        "if a:\n    x()\nelif b:\n    y()"]),
    ("dropped-else", "if a:\n    z = 1\nelse:\n    z = 2\nreturn z", []),  # NameError
    ("dropped-else", "if a:\n    return x\nelse:\n    return y", []),
    ("dropped-else", "for x in a:\n    y()\nelse:\n    b()", []),
    ("dropped-else", "for x in a:\n    if b:\n        y()\n    else:\n        continue", []),
    ("unguarded-code", "if a:\n    x = x.b\n    y()\nreturn x", ["x = x.b\ny()\nreturn x"]),
    ("unguarded-code", "if (a and\n        b):\n    # odd\n    y(\n        x)", ["# odd\ny(\n    x)"]),
    ("unguarded-code", "if a:\n    y('''\nb''')", []),
    ("unguarded-code", "if a: y()", []),
    ("unguarded-code", "if a:\n    return y()", []),
    ("unguarded-code", "if x is None:\n    x = []\nreturn x", []),
    ("unguarded-code", "if not hasattr(a, 'x'):\n    a.x = y()", []),
    ("unguarded-code", "# Only once.\nif a:\n    y()", []),
    ("unguarded-code", "if (z := a):\n    y(z)", []),
    ("unguarded-code", "z = a()\nif z:\n    y()", []),  # z would be unused
    ("unguarded-code", "if a:\n    y()\nelse:\n    x()", []),
    ("dropped-jump", "for x in a:\n    if x:\n        y = x\n        break\nreturn y", [
        "for x in a:\n    if x:\n        y = x\nreturn y"]),
    ("dropped-jump", "for x in a:\n    if x:\n        y()\n        continue\n    b()", [
        "for x in a:\n    if x:\n        y()\n    b()"]),
    ("dropped-jump", "for x in a:\n    if x:\n        y()\n        continue\n    else:\n        b()", []),
    ("dropped-jump", "for x in a:\n    try:\n        y()\n    except b:\n        c()\n        continue", []),
    ("dropped-jump", "for x in a:\n    try:\n        y()\n    except b:\n        c()\n        continue\n"
        "    b()", [
        "for x in a:\n    try:\n        y()\n    except b:\n        c()\n    b()"]),
    ("dropped-jump", "for x in a:\n    for z in x:\n        y()\n    else:\n        b()\n"
        "        continue", []),
    ("dropped-jump", "for x in a:\n    try:\n        if x:\n            b()\n            continue\n"
        "    except c:\n"
        "        pass\n    else:\n        y()", [
        "for x in a:\n    try:\n        if x:\n            b()\n    except c:\n        pass\n    else:\n"
        "        y()"]),
    ("dropped-jump", "for x in a:\n    if x:\n        break\n    b()", []),  # a guard
    ("dropped-jump", "while True:\n    if x:\n        y()\n        break\n    b()", []),
    ("dropped-fallback", "return x or []", ["return x"]),
    ("dropped-fallback", "y = (x or b).c", ["y = x.c"]),
    ("dropped-fallback", "y = (a + b or c) * 2", ["y = (a + b) * 2"]),
    ("dropped-fallback", "y = (\n    a.b\n    or c\n)", ["y = a.b"]),
    ("dropped-fallback", "return(a or b)", ["return(a)"]),
    ("dropped-fallback", "y(a if a is not None else b)", ["y(a)"]),
    ("dropped-fallback", "return b if a is None else a.c", ["return a.c"]),
    ("dropped-fallback", "y = f'{x or 1}'", ["y = f'{x}'"]),
    ("dropped-fallback", "x = x or []", []),
    ("dropped-fallback", "if x or y:\n    a()", []),
    ("dropped-fallback", "return x == a or x == b", []),
    ("dropped-fallback", "return x.startswith(a) or x.is_b", []),
    ("dropped-fallback", "y = 's' if x else ''", []),
    ("dropped-fallback", "y = (a  # why\n     or b)", []),
    ("missing-return", "return y(x)", ["y(x)"]),
    ("missing-return", "if a:\n    return x.y()\nreturn b", ["if a:\n    x.y()\nreturn b"]),
    ("missing-return", "return (x.y(\n    a))", ["(x.y(\n    a))"]),
    ("missing-return", "return len(x)", []),
    ("missing-return", "return ', '.join(x)", []),
    ("missing-return", "return Point(x, y)", []),
    ("missing-return", "return x.y", []),
    ("missing-return", "yield x\nreturn y()", []),
    ("early-return", "for z in a:\n    y(z)\nreturn x", ["for z in a:\n    y(z)\n    return x"]),
    ("early-return", "while a:\n  y()\nreturn x", ["while a:\n  y()\n  return x"]),
    ("early-return", "for z in a:\n    y(z)\nreturn", []),
    ("early-return", "for z in a:\n    y(z)\n    continue\nreturn x", []),
    ("early-return", "for z in a:\n    y(z)\nelse:\n    b()\nreturn x", []),
    ("early-return", "for z in a:\n    y(z)\n# Done.\nreturn x", []),
    ("early-return", "for z in a:\n    yield z\nreturn x", []),
    ("early-return", "for z in a:\n    try:\n        return y(z)\n    except b:\n        continue\n"
        "return x", []),
    ("early-return", "for z in a:\n    try:\n        return y(z)\n    except b:\n        y()\nreturn x", [
        "for z in a:\n    try:\n        return y(z)\n    except b:\n        y()\n    return x"]),
    ("early-return", "for z in a: y(z)\nreturn x", []),
    ("wrong-return", "z = x.strip()\ny(z)\nreturn z", ["z = x.strip()\ny(z)\nreturn x"]),
    ("wrong-return", "z = []\nfor i in a:\n    z.append(i)\nreturn z", [
        "z = []\nfor i in a:\n    z.append(i)\nreturn a"]),
    ("wrong-return", "z = x.strip()\nreturn z", []),  # z would be unused
    ("wrong-return", "z = len(x)\ny(z)\nreturn z", []),
    ("wrong-return", "z = Point(x)\ny(z)\nreturn z", []),
    ("wrong-return", "z = a.get(x)\ny(z)\nreturn z", []),
    ("dropped-return", "z = []\nz.append(x)\n\nreturn z", ["z = []\nz.append(x)"]),
    ("dropped-return", "self.x = a\nreturn self", ["self.x = a"]),
    ("dropped-return", "z = y(x)\nreturn z", []),
    ("dropped-return", "if a:\n    y(x)\n    return x\nb()", []),
    ("dropped-return", "y(x)\nreturn None", []),
    ("dropped-return", "def g():\n    x()\nreturn g", []),
    ("dropped-yield", "yield a\nyield from b", ["yield from b", "yield a"]),
    ("dropped-yield", "yield a", []),
    ("dropped-yield", "y()\nyield a", []),
    ("dropped-yield", "yield a\nfor x in b:\n    y = x\n    yield y", [
        "for x in b:\n    y = x\n    yield y"]),
    ("undelegated-yield", "yield from a", ["yield a"]),
    ("undelegated-yield", "x = yield from a(b)", ["x = yield a(b)"]),
    ("undelegated-yield", "yield from(a)", ["yield (a)"]),
    ("undelegated-yield", "yield a", []),
    ("dropped-assignment", "x = x.strip()\nreturn x", ["return x"]),
    ("dropped-assignment", "# Odd.\nx = x.strip()  # odd\n\nreturn x", ["return x"]),
    ("dropped-assignment", "a, b = b, a\nreturn a, b", ["return a, b"]),
    ("dropped-assignment", "x[a] = b\nx.y = c\nreturn x", ["x.y = c\nreturn x", "x[a] = b\nreturn x"]),
    ("dropped-assignment", "z = x.strip()\nreturn z", []),  # NameError
    ("dropped-assignment", "z = y()\nx = z\nreturn x", []),  # z would be unused
    ("dropped-assignment", "if a:\n    x = b\nreturn x", []),  # nothing would be left
    ("dropped-assignment", "cache[x] = y\nreturn x", []),
    ("dropped-assignment", "while x:\n    x = x.y\n    a()", []),
    ("dropped-assignment", "self.x = a\nreturn x", []),
    ("dropped-call", "x.append(a)\nreturn x", ["return x"]),
    ("dropped-call", "self._check(\n    a,\n)\n\nreturn x", ["return x"]),
    ("dropped-call", "print(a)\nsys.stderr.write(b)\nx.close()\nreturn x", []),
    ("dropped-call", "log.info(a)\nlen(x)\nreturn x", []),
    ("dropped-call", "z = y()\nx.append(z)\nreturn x", []),  # z would be unused
    ("dropped-call", "x.pop()\nreturn x", []),
    ("dropped-call", "for z in a:\n    x.append(z)", []),
    ("dropped-deletion", "x.pop(a)\ndel y[b], c\nreturn x", ["del y[b], c\nreturn x"]),
    ("dropped-deletion", "del x[a]\nreturn x", ["return x"]),
    ("dropped-deletion", "del x\nreturn y", []),
    ("dropped-deletion", "y = x.pop()\nreturn x", []),
    ("dropped-deletion", "while x:\n    y(x[0])\n    x.pop(0)", []),
    ("dropped-update", "x += 1\nreturn x", ["return x"]),
    ("dropped-update", "for z in a:\n    x += z\nreturn x", []),  # nothing would be left
    ("dropped-update", "while x < a:\n    y()\n    x += 1", []),
    ("swapped-statements", "a = b\nb = c\nreturn a, b", ["b = c\na = b\nreturn a, b"]),
    ("swapped-statements", "x += 1  # odd\ny(a[x])\nreturn x", ["y(a[x])\nx += 1  # odd\nreturn x"]),
    ("swapped-statements", "x.append(a)\nx.append(b)", ["x.append(b)\nx.append(a)"]),
    ("swapped-statements", "x.append(a)\nx.append(a)", []),
    ("swapped-statements", "a = x\nb = y", []),
    ("swapped-statements", "z = x\ny(z)\nreturn z", []),  # NameError
    ("swapped-statements", "x = x.strip()\ny = a(x)\nreturn y", []),  # x would be unused
    ("swapped-statements", "x += 1\nx += a\nreturn x", []),
    ("swapped-statements", "a = b\n# Then.\nb = c\nreturn a, b", []),
    ("swapped-statements", "# First.\na = b\nb = c\nreturn a, b", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "before", "after"), BODIES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_mutant_of_a_body(rule, before, after):
    assert mutants(rule, in_function(before)) == [in_function(body) for body in after]


CLASSES = [  # methods of a class, and every line that may go
    ("def __init__(self):\n    self.x = 0\n    self.y = 0", []),
    ("x = 1\ndef __init__(self, a):\n    self.x = a\n    self.y = 0", ["self.x = a"]),
    ("def __init__(self):\n    self.x = 0\n    self.y = 0\ndef g(self, a):\n    self.x = a\n    a()", [
        "self.x = a"]),
    ("def g(self, a):\n    self.x = a\n    a()\ndef h(self, a):\n    self.x = a\n    a()", []),
    ("def __init__(self, a):\n    self.x = a\n    self.x = a + 1", ["self.x = a", "self.x = a + 1"]),
    ("x = 1\ndef g(self, a):\n    self.x = a", []),  # nothing would be left
    ("_cache = 1\ndef g(self, a):\n    self._cache = a\n    a()", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "gone"), CLASSES)
def test_dropped_initialisation(body, gone):
    before = f"class C:\n{textwrap.indent(body, '    ')}\n"
    lines = before.splitlines(keepends=True)
    found = [
        set(lines) - set(text.splitlines(keepends=True)) for text in mutants("dropped-initialisation", before)
    ]
    assert [line.strip() for (line,) in found] == gone


def test_an_attribute_is_not_used_before_it_is_set():
    method = "def {}(self, a):\n    self.x += a\n    self.y = self.x\n    return self.x\n"
    assert mutants("swapped-statements", method.format("add"))
    assert not mutants("swapped-statements", method.format("__init__"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("    a()\n    b()\n", "`a(); b()`"),
        ("    # c\n    elif a:  # d\n        b(\n            c,\n        )\n", "`elif a: b(c,)`"),
        ("        case 1 | 2:\n            a()\n            b()\n", "`case 1 | 2: a(); b()`"),
        ("else:\n    a = '''b\nc'''\n", "`else: a = '''b c'''`"),
    ],
)
def test_lines_of_code_are_shown_on_one_line(code, expected):
    assert shown(code.encode()) == expected
