"""What the mutators of exceptions, contexts, definitions and shared state make of awkward code."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from .conftest import mutants

IN_FUNCTION = [
    # (rule, body of a function, everything it may become)
    (
        "widened-handler",
        "try: f()\nexcept KeyError: g()",
        [("KeyError", "LookupError"), ("KeyError", "Exception")],
    ),
    ("widened-handler", "try: f()\nexcept(A, B): g()", [("except(A, B)", "except Exception")]),
    ("widened-handler", "try: f()\nexcept m.Error as e: g(e)", [("m.Error", "Exception")]),
    ("widened-handler", "try: f()\nexcept KeyError: g()\nexcept Exception: h()", []),
    ("widened-handler", "try: f()\nexcept KeyError: raise", []),
    ("widened-handler", "try: f()\nexcept ImportError: g()", []),
    ("widened-handler", "try: f()\nexcept: g()", []),
    ("narrowed-handler", "try: f()\nexcept (A, B): g()", [("(A, B)", "B"), ("(A, B)", "A")]),
    ("narrowed-handler", "try: f()\nexcept(A, B,): g()", [("(A, B,)", " B"), ("(A, B,)", " A")]),
    (
        "narrowed-handler",
        "try: f()\nexcept (A, m.B, C): g()",
        [("A, m.B, C", "m.B, C"), ("A, m.B, C", "A, C"), ("A, m.B, C", "A, m.B")],
    ),
    (
        "narrowed-handler",
        "try: f()\nexcept (KeyError, LookupError): g()",
        [("(KeyError, LookupError)", "KeyError")],
    ),
    ("narrowed-handler", "try: f()\nexcept (OSError, IOError): g()", []),
    ("narrowed-handler", "try: f()\nexcept OSError: g()", [("OSError", "FileNotFoundError")]),
    (
        "narrowed-handler",
        "try: f()\nexcept KeyError: g()\nexcept LookupError: h()",
        [("LookupError", "IndexError")],
    ),
    ("narrowed-handler", "try:\n    import a\nexcept Exception: g()", []),
    ("wrong-exception", "raise ValueError(1)", [("ValueError", "TypeError")]),
    ("wrong-exception", "raise KeyError", [("KeyError", "IndexError"), ("KeyError", "ValueError")]),
    ("wrong-exception", "raise SystemExit(1)", []),
    ("wrong-exception", "raise m.ValueError(1)", []),
    ("wrong-exception", "raise", []),
    ("swallowed-exception", "try: f()\nexcept A:\n    g()\n    raise\nh()", [("    raise\n", "")]),
    (
        "swallowed-exception",
        "try: f()\nexcept A as e:\n    # Why.\n    raise B(\n        1\n    ) from e",
        [("except A as e:\n    # Why.\n    raise B(\n        1\n    ) from e", "except A:\n    pass")],
    ),
    (
        "swallowed-exception",
        "try: f()\nexcept A as e:\n    g(e)\n    raise B from e",
        [("    raise B from e\n", "")],
    ),
    ("swallowed-exception", "try: f()\nexcept A:\n    raise\nexcept B:\n    g()", []),
    ("swallowed-exception", "try: f()\nexcept A:\n    x = 1\n    raise B(x)", []),
    ("dropped-cause", "try: f()\nexcept A as e:\n    g(e)\n    raise B(1) from e", [(" from e", "")]),
    (
        "dropped-cause",
        "try: f()\nexcept A as e: raise B(1) from e",
        [("A as e: raise B(1) from e", "A: raise B(1)")],
    ),
    ("dropped-cause", "try: f()\nexcept A: raise B(1) from None", [(" from None", "")]),
    ("dropped-cause", "raise B from e", []),
    (
        "dropped-handler",
        "x = 1\n# Why.\ntry:\n    f()\nexcept A:\n    pass\n    # c\ny = 2",
        "x = 1\nf()\ny = 2",
    ),
    (
        "dropped-handler",
        "try:\n    # c\n    f(\n        1)\n\nexcept A: g()\nelse:\n    h()",
        "# c\nf(\n    1)\nh()",
    ),
    ("dropped-handler", "try: f()  # c\nexcept A: g()", "f()  # c"),
    ("dropped-handler", "try:\n    f('''\n    a''')\nexcept A: g()", []),
    ("dropped-handler", "try:\n    f()\nexcept A: raise", []),
    ("dropped-handler", "try:\n    f()\nexcept A: g()\nfinally: h()", []),
    ("dropped-handler", "x = 1\ntry:\n    f()\nexcept A: g(x)", []),
    (
        "dropped-except-arm",
        "try: f()\nexcept A: g()\n# Why.\nexcept B:\n    h()",
        [("except A: g()\n", ""), ("# Why.\nexcept B:\n    h()\n", "")],
    ),
    ("dropped-except-arm", "try: f()\nexcept A: g()", []),
    ("dropped-except-arm", "try: f()\nexcept A: g()\nexcept B: g()", []),
    ("dropped-except-arm", "try: f()\nexcept A: raise\nexcept B: g()", [("except A: raise\n", "")]),
    ("dropped-cleanup", "try:\n    f()\nfinally:\n    g()", "f()"),
    (
        "dropped-cleanup",
        "try:\n    f()\nexcept A:\n    h()\nfinally:\n    g()",
        [("finally:\n    g()\n", "")],
    ),
    ("dropped-cleanup", "x = k()\ntry:\n    f()\nfinally:\n    g(x)", []),
    ("dropped-cleanup", "try:\n    f()\nfinally:\n    a.close()", []),
    ("fragile-cleanup", "try:\n    f()\nfinally:\n    g()", "f()\ng()"),
    ("fragile-cleanup", "try:\n    return f()\nfinally:\n    g()", []),
    ("fragile-cleanup", "try:\n    x = 1\nfinally:\n    g()", []),
    (
        "widened-try",
        "try:\n    x = f()\n    # c\nexcept A:\n    g()\n\nelse:\n    h(x)\ny = 1",
        "try:\n    x = f()\n    # c\n    h(x)\nexcept A:\n    g()\ny = 1",
    ),
    (
        "widened-try",
        "try:\n    x = f()\nexcept A:\n    return 1\n\nreturn h(x)  # c",
        "try:\n    x = f()\n    return h(x)  # c\nexcept A:\n    return 1",
    ),
    ("widened-try", "try:\n    x = f()\nexcept A:\n    x = 1\nreturn h(x)", []),
    ("widened-try", "try:\n    x = f()\nexcept A:\n    return 1\nreturn x", []),
    ("widened-try", "try:\n    return f()\nexcept A:\n    return 1\nh()", []),
    ("dropped-context", "# Why.\nwith a:  # c\n    # d\n    f()\n    # e\ng()", "# d\nf()\n# e\ng()"),
    ("dropped-context", "with a as b: f()", "f()"),
    ("dropped-context", "with a as b: f(b)", []),
    ("dropped-context", "with a, b(1) as c: f(c)", [("a, ", "")]),
    ("dropped-context", "with self._lock: f()", []),
    ("dropped-context", "with a:\n    f('''\n''')", []),
    ("mutated-iteration", "for x in list(xs):\n    xs.remove(x)", [("list(xs)", "xs")]),
    ("mutated-iteration", "for x in xs[:]:\n    del xs[0]", [("xs[:]", "xs")]),
    ("mutated-iteration", "for k, v in list(d.items()):\n    d.pop(k)", [("list(d.items())", "d.items()")]),
    ("mutated-iteration", "for x in list(xs):\n    ys.remove(x)", []),
    ("mutated-iteration", "for x in list(f(xs)):\n    xs.remove(x)", []),
    ("mutated-iteration", "for x in list(self.xs):\n    self.drop(x)", [("list(self.xs)", "self.xs")]),
    ("mutated-iteration", "for x in list(self.xs):\n    print(x)", []),
    ("shared-reference", "y = x[:]", [("x[:]", "x")]),
    ("shared-reference", "return [*a.b]", [("[*a.b]", "a.b")]),
    ("shared-reference", "return {**x}", [("{**x}", "x")]),
    ("shared-reference", "self.x = [y for y in x]", [("[y for y in x]", "x")]),
    ("shared-reference", "x = x[:]\nx[:] = y\ndel x[:]\nlen(x[:])\nx[:] == y", []),
    ("shared-reference", "y = f(x)[:]\nz = [*x, *y]", []),
    ("late-binding", "for i in x:\n    a(lambda i=i: i)", [("lambda i=i:", "lambda:")]),
    ("late-binding", "for i in x:\n    a(lambda s, k=i: k + s.k)", [("s, k=i: k + s.k", "s: i + s.k")]),
    ("late-binding", "for i in x:\n    def g(s, i=i):\n        return i\n    y(g)", [("s, i=i", "s")]),
    ("late-binding", "return [lambda j, i=i: i for i in x]", [("j, i=i", "j")]),
    ("late-binding", "a(lambda i=i: i)", []),
    ("late-binding", "for i in x:\n    sorted(a, key=lambda j, i=i: j + i)", []),
    (
        "late-binding",
        "for i in x:\n    a(partial(g, i))\n    b(partial(h, k))",
        [("partial(g, i)", "lambda *args: g(i, *args)")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "body", "after"), IN_FUNCTION)
def test_in_a_function(rule, body, after):
    before = "def f():\n" + textwrap.indent(body + "\n", "    ")
    if isinstance(after, str):
        expected = [after]
    else:
        for old, _ in after:
            assert body.count(old.rstrip("\n")) >= 1
        expected = [(body + "\n").replace(old, new, 1).rstrip("\n") for old, new in after]
    assert mutants(rule, before) == ["def f():\n" + textwrap.indent(text + "\n", "    ") for text in expected]


AWAIT = [
    ("await g()", "g()"),
    ("await g()\nawait h", "g()\nawait h"),
    ("x = (await g()).y", "x = g().y"),
    ("x = (await g())[0] + 1", "x = g()[0] + 1"),
    ("return(await g())", "return(g())"),
]


@pytest.mark.parametrize(("before", "after"), AWAIT)
def test_missing_await(before, after):
    program = "async def f():\n{}\n"
    found = mutants("missing-await", program.format(textwrap.indent(before, "    ")))
    assert found == [program.format(textwrap.indent(after, "    "))]


@pytest.mark.parametrize("body", ["await asyncio.sleep(0)", "await task"])
def test_nobody_waits_for_it(body):
    assert mutants("missing-await", f"async def f():\n    {body}\n") == []


WHOLE: dict[str, tuple[str, str, list[Any]]] = {
    "wrong exception of the same family": (
        "wrong-exception",
        "class AError(Exception): pass\nclass B(AError): pass\nclass C(AError): pass\n"
        "class D(ValueError): pass\n"
        "def f():\n    raise B(x=1)\ndef g():\n    raise D(1)\n",
        [("raise B", "raise C"), ("raise D", "raise ValueError")],
    ),
    "attributes": (
        "wrong-exception",
        "class C:\n    def __getattr__(self, name):\n        raise AttributeError(name)\n",
        [("raise AttributeError", "raise KeyError")],
    ),
    "super": (
        "dropped-super",
        "class A(B):\n    def __init__(self):\n        # First of all.\n        super().__init__()\n\n"
        "        self.x = 1\n    def g(self):\n        B.g(self)\n        return 1\n    def h(self):\n"
        "        super().h()\n    def i(self):\n        return super().i()\n",
        [("        # First of all.\n        super().__init__()\n\n", ""), ("        B.g(self)\n", "")],
    ),
    "super without a base": (
        "dropped-super",
        "class A:\n    def __init__(self):\n        super().__init__()\n        self.x = 1\n"
        "class B(A):\n    def close(self):\n        super().close()\n        self.x = 2\n",
        [],
    ),
    "special method": (
        "dropped-special-method",
        "class A:\n    x = 1\n\n    # Quick.\n    @f\n    def __hash__(self):\n        return 1\n"
        "        # c\n\n"
        "    def g(self):\n        pass\n",
        [("    # Quick.\n    @f\n    def __hash__(self):\n        return 1\n        # c\n\n", "")],
    ),
    "special methods that stay": (
        "dropped-special-method",
        "@total_ordering\nclass A:\n    def __repr__(self):\n        return 1\n    __str__ = __repr__\n"
        "    def __lt__(self, other):\n        return 1\n    def __init__(self):\n        self.x = 1\n"
        "    def __len__(self):\n        raise NotImplementedError\n"
        "class B:\n    def __hash__(self):\n        return 1\n",
        [],
    ),
    "overriding method": (
        "dropped-method",
        "class A:\n    def f(self):\n        return 1\nclass B(A):\n    x = 1\n\n    def f(self):\n"
        "        return 2\n",
        [("    x = 1\n\n    def f(self):\n        return 2\n", "    x = 1\n")],
    ),
    "method that is called": (
        "dropped-method",
        "class A:\n    def f(self):\n        return self.g()\n\n    def g(self):\n        return self.g\n"
        "    def h(self):\n        return 1\n",
        [("\n    def g(self):\n        return self.g\n", "\n")],
    ),
    "methods that stay": (
        "dropped-method",
        "class A:\n    def f(self):\n        return self.g, self.h, self.x\n    def g(self):\n"
        "        return 1\n"
        "    k = g\n    @property\n    def h(self):\n        return 1\n    @h.setter\n    def h(self, x):\n"
        "        self.y = x\n    @other\n    def x(self):\n        return 1\n",
        [],
    ),
    "helper": (
        "dropped-helper",
        "import a\n\n\ndef _f(x):\n    return _f(x)\n\n\ndef g():\n    return _f(1)\n",
        [("def _f(x):\n    return _f(x)\n\n\n", "")],
    ),
    "helpers that stay": (
        "dropped-helper",
        "def _a(): return 1\nx = _a()\ndef _b(): return 1\ndef f(y=_b): return _b\n@d\ndef _c(): pass\n"
        "def g(): _c(), _e(), h()\ndef h(): pass\n# Why.\ndef _e(): pass\ndef _z(): _z()\ny = 1\n",
        [],
    ),
    "decorators": (
        "dropped-decorator",
        "import functools\nfunctools.x\nclass A:\n    # Why.\n    @property  # c\n    def f(self): return 1\n"
        "    @staticmethod\n    def g(x): return 1\n    @functools.wraps(\n        f2)\n    @other\n"
        "    def h(self): return 1\n    def k(self): return self.g(1)\n",
        [
            ("    @property  # c\n", ""),
            ("    @staticmethod\n", ""),
            ("    @functools.wraps(\n        f2)\n", ""),
        ],
    ),
    "decorators that stay": (
        "dropped-decorator",
        "from functools import wraps\nclass A:\n    @property\n    def f(self): return 1\n    @f.setter\n"
        "    def f(self, x): pass\n    @classmethod\n    def __init_subclass__(cls): pass\n"
        "    @staticmethod\n"
        "    def g(x): return 1\n    @wraps(f2)\n    def h(self): return A.g(1)\n    @lru_cache\n"
        "    def i(self): pass\n",
        [],
    ),
    "imports": (
        "dropped-import",
        "import a\nfrom b import c, d as e\n\n\ndef f():\n    import g.h\n\n"
        "    return a.x, e, c, g.h\n\n\nx = c\n",
        [("import a\n", ""), (", d as e", ""), ("    import g.h\n\n", "")],
    ),
    "imports that stay": (
        "dropped-import",
        "from __future__ import annotations\nimport a, b\nimport c\nimport d\n__all__ = ['b']\n"
        "try:\n    import t\nexcept E:\n    t = None\ndef f(x: a.b = c.d):\n    d = 1\n"
        "    return a, b, c, d, t\n",
        [],
    ),
    "class attributes": (
        "dropped-class-attribute",
        "class A:\n    x = 1\n    y: int = 2\n    z = 3\nclass B(A):\n    # Why.\n    x = 2\n    y: int = 3\n"
        "    z = 3\n    k = 4\n",
        [("    # Why.\n    x = 2\n", ""), ("    y: int = 3\n", "")],
    ),
    "class attributes that stay": (
        "dropped-class-attribute",
        "class A:\n    x = 1\n    y = 2\nclass B(A):\n    x = 2\n    z = x + 1\nclass C(A):\n    y = 3\n",
        [],
    ),
    "a default that is asked for": (
        "mutable-default",
        "def f(a, x=None, *, y=None):\n    '''Doc.'''\n    b = 1\n\n    # Why.\n    if x is None:\n"
        "        x = []\n\n"
        "    x.append(a)\n    return x\n",
        [("x=None", "x=[]", "    # Why.\n    if x is None:\n        x = []\n\n", "")],
    ),
    "a default in an attribute": (
        "mutable-default",
        "class A:\n    def __init__(self, x = None):\n        self.x = x or {}\n"
        "    def f(self):\n        self.x[1] = 2\n",
        [("x = None", "x = {}", "x or {}", "x")],
    ),
    "a default for itself": (
        "mutable-default",
        "def f(a, x=None):\n    x = set() if x is None else x\n    x.add(a)\n    return x\n",
        [("x=None", "x=set()", "    x = set() if x is None else x\n", "")],
    ),
    "defaults that stay": (
        "mutable-default",
        "def f(x=None):\n    if x is None:\n        x = []\n    return len(x)\n"
        "def g(x=None):\n    if x is None:\n        x = [1]\n    x.append(1)\n"
        "def h(x=None):\n    if x is None:\n        x = []\n    x.append(1)\n    if x is None: return\n"
        "def i(x):\n    if x is None:\n        x = []\n    x.append(1)\n"
        "def j(x=None):\n    if x is None:\n        x = []\n    else:\n        y = 1\n    x.append(1)\n",
        [],
    ),
    "state above the methods": (
        "shared-class-state",
        "class A:\n    '''Doc.'''\n\n    # Why.\n    def __init__(self):\n        self.n = 0\n"
        "        self.x = []\n"
        "    def f(self):\n        self.x.append(1)\n",
        [("    # Why.\n", "    x = []\n\n    # Why.\n", "        self.x = []\n", "")],
    ),
    "state among the attributes": (
        "shared-class-state",
        "class A:\n    y = 1  # c\n\n    def __init__(self):\n        self.x = {}  # d\n        self.n = 0\n"
        "        self.x[1] = 2\n",
        [("    y = 1  # c\n", "    y = 1  # c\n    x = {}\n", "        self.x = {}  # d\n", "")],
    ),
    "state that is declared": (
        "shared-class-state",
        "class A:\n    x: set  # c\n    def __init__(self):\n        self.n = 0\n        self.x = set()\n"
        "        self.x.add(2)\n",
        [("    x: set", "    x: set = set()", "        self.x = set()\n", "")],
    ),
    "state that stays": (
        "shared-class-state",
        "class A:\n    __slots__ = ()\n    def __init__(self):\n        self.x = []\n"
        "        self.x.append(1)\n"
        "class B:\n    def __init__(self):\n        self.x = []\n        self.y = []\n"
        "    def f(self):\n        self.y.append(1)\n    def reset(self):\n        self.y = []\n"
        "class C:\n    def __init__(self):\n        self.z = []\n    def f(self):\n"
        "        self.z.append(1)\n",
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_whole_file(name):
    rule, before, edits = WHOLE[name]
    expected = []
    for edit in edits:
        after = before
        for old, new in zip(edit[::2], edit[1::2], strict=True):
            assert after.count(old) == 1
            after = after.replace(old, new)
        expected.append(after)
    assert mutants(rule, before) == expected


def test_lines_end_as_before():
    before = "def f():\r\n    try:\r\n        g()\r\n    except A:\r\n        raise B\r\n"
    assert mutants("swallowed-exception", before) == [before.replace("raise B", "pass")]
    assert mutants("dropped-handler", before) == ["def f():\r\n    g()\r\n"]
