"""What the mutators of half-done refactorings make of little projects, and what they leave alone."""

from __future__ import annotations

import pytest

from rpsdg.mutators.reading.naming import renamed
from rpsdg.mutators.rules import all_mutators
from rpsdg.sandbox.tree import Entry, Tree

GET = "def _get(x):\n    return x\n"
TWO_USERS = "def a():\n    return _get(1)\ndef b():\n    return _get(2)\n"
COUNTER = (
    "class Counter{}:\n"
    "    def __init__(self):\n        self._seen = 0\n"
    "    def add(self):\n        self._seen = self.value() + 1\n"
    "    def value(self):\n        return self._seen\n"
)
FLAG = "def f(xs, strict=False):\n    ys = list(xs)\n"


def project(files: str | dict[str, str]) -> Tree:
    files = {"program.py": files} if isinstance(files, str) else files
    return Tree({path: Entry(text.encode()) for path, text in files.items()})


FINDS = [
    # (rule, program, lines that one of its moves writes, lines that it leaves as they are)
    ("half-renamed", GET + TWO_USERS, ["def _fetch(x):", "return _fetch(1)"], ["return _get(2)"]),
    (
        "half-renamed",
        {
            "p/one.py": GET + "def a():\n    return _get(1)\n",
            "p/two.py": "from p.one import _get\ndef b():\n    return _get(2)\n",
        },
        ["def _fetch(x):", "return _fetch(1)", "from p.one import _fetch"],
        ["return _get(2)"],
    ),
    (
        "half-renamed",
        "class A:\n    def _makeRow(self): pass\n    def a(self): return self._makeRow()\n"
        "    def b(self): return self._makeRow\n",
        ["def _buildRow(self): pass", "def a(self): return self._buildRow()"],
        ["def b(self): return self._makeRow"],
    ),
    (
        "half-renamed-parameter",
        "def _f(a, *, idx=0):\n    return a[idx]\n"
        "def g(a): return _f(a, idx=1)\ndef h(a, idx): return _f(a, idx=idx)\n",
        ["def _f(a, *, index=0):", "return a[index]", "def g(a): return _f(a, index=1)"],
        ["def h(a, idx): return _f(a, idx=idx)"],
    ),
    (
        "half-reordered",
        "def _f(a, b):\n    return a - b\ndef g(x): return _f(x, 1)\ndef h(x): return _f(x, 2)\n",
        ["def _f(b, a):", "def g(x): return _f(1, x)"],
        ["def h(x): return _f(x, 2)"],
    ),
    (
        "half-reordered",
        "class A:\n    def _f(self, a: int, b): return a - b\n"
        "    def g(self): return self._f(1, 2)\n    def h(self): return self._f(3, 4)\n",
        ["def _f(self, b, a: int): return a - b", "def g(self): return self._f(2, 1)"],
        ["def h(self): return self._f(3, 4)"],
    ),
    (
        "half-renamed-attribute",
        COUNTER.format(""),
        ["self._visited = 0", "return self._visited"],
        ["self._seen = self.value() + 1"],
    ),
    (
        "half-renamed-key",
        "def a(d): d['depth'] = 1\ndef b(d): d['depth'] += 1\ndef c(d): return d.get('depth')\n",
        ["def a(d): d['level'] = 1", "def b(d): d['level'] += 1"],
        ["def c(d): return d.get('depth')"],
    ),
    (
        "forgotten-flag",
        FLAG
        + "    if strict and not ys:\n        raise ValueError\n    return ys if strict else tuple(ys)\n",
        ["return tuple(ys)"],
        ["ys = list(xs)"],
    ),
    (
        "forgotten-flag",
        FLAG
        + "    if not strict:\n        ys.sort()\n    elif ys:\n        ys.pop()\n"
        + "    return g(ys, strict=strict)\n",
        ["ys.sort()", "return g(ys)"],
        ["ys = list(xs)"],
    ),
]
LEAVES_ALONE = [
    # (rule, files)
    ("forgotten-flag", FLAG + "    if strict is True:\n        ys.sort()\n    return strict or ys\n"),
    ("half-renamed", {"program.py": GET + TWO_USERS, "tests/test_program.py": "from program import _get\n"}),
    ("half-renamed", {"program.py": GET + TWO_USERS, "docs/index.rst": "See ``_get``.\n"}),
    ("half-renamed", GET + TWO_USERS + "x = getattr(y, '_get')\n"),
    ("half-renamed", GET + TWO_USERS + "# _get is fast\n"),
    ("half-renamed", GET + TWO_USERS + "def c(_get): return _get\n"),
    ("half-renamed", GET + "x = _get(1)\ny = _get(2)\n"),
    ("half-renamed", GET + "def a():\n    return _get(1)\n" + GET),
    ("half-renamed", GET + "def a():\n    return f'{_get(1)}' + _get(2)\n"),
    (
        "half-renamed",
        "from x import B\nclass A(B):\n    def _get(self): pass\n    def f(self): self._get(); self._get()\n",
    ),
    ("half-renamed", "class A:\n    def update(self): pass\ndef f(x): x.update()\ndef g(x): x.update()\n"),
    (
        "half-renamed-parameter",
        "def _f(idx=0):\n    return idx\ndef g(o): return _f(**o)\ndef h(): return _f(idx=1)\n",
    ),
    (
        "half-renamed-parameter",
        "def _f(idx=0):\n    '''Take an idx.'''\n    return idx\ndef g(): return _f(idx=1), _f()\n",
    ),
    (
        "half-renamed-parameter",
        "def _f(idx=0):\n    return lambda idx: idx\ndef g(): return _f(idx=1), _f()\n",
    ),
    ("half-renamed-parameter", "def _f(idx=0):\n    return locals()\ndef g(): return _f(idx=1), _f()\n"),
    (
        "half-reordered",
        "def _f(a, b):\n    return a - b\ndef g(x): return _f(x, b=1)\ndef h(x): return _f(x, 2)\n",
    ),
    (
        "half-reordered",
        "def _f(a, b):\n    return a - b\ndef g(x): return _f(*x)\ndef h(x): return _f(x, 2)\n",
    ),
    (
        "half-reordered",
        "def _f(a, b): return a - b\ndef g(x): return map(_f, x, x)\ndef h(x): return _f(x, 2), _f(2, x)\n",
    ),
    (
        "half-reordered",
        "def _f(a, b=1):\n    return a - b\ndef g(x): return _f(x, 1)\ndef h(x): return _f(x, 2)\n",
    ),
    (
        "half-reordered",
        "@d\ndef _f(a, b):\n    return a - b\ndef g(x): return _f(x, 1)\ndef h(x): return _f(x, 2)\n",
    ),
    ("half-renamed-attribute", COUNTER.format("(threading.Thread)")),
    ("half-renamed-attribute", COUNTER.format("") + "print(Counter()._seen)\n"),
    (
        "half-renamed-attribute",
        COUNTER.format("").replace("    def add", "    __slots__ = ['_seen']\n    def add"),
    ),
    (
        "half-renamed-key",
        "def a(d): d['depth'] = 1\ndef b(d): d['depth'] += 1\ndef c(d): return f(depth=d.get('depth'))\n",
    ),
    (
        "half-renamed-key",
        "def a(d): return d['depth']\ndef b(d): return d['depth']\ndef c(d): return d.get('depth')\n",
    ),
    (
        "half-renamed-key",
        "def a(d): d['depth'] = 1\ndef b(d): d['depth'] += 1\ndef c(d): return d.get('depth'), f('depth')\n",
    ),
    ("forgotten-flag", FLAG + "    if strict:\n        ys.sort()\n    return ys\n"),
    ("forgotten-flag", FLAG + "    if strict:\n        ys.sort()\n    return g(ys, strict)\n"),
    (
        "forgotten-flag",
        FLAG + "    strict = strict or ys\n    if strict:\n        ys.sort()\n    return ys\n",
    ),
    (
        "forgotten-flag",
        FLAG + "    if strict:\n        ys.sort()\n    if not strict:\n        return xs\n    return ys\n",
    ),
    (
        "forgotten-flag",
        "def f(xs, n=3):\n    if n:\n        xs.sort()\n    if n:\n        xs.pop()\n    return xs\n",
    ),
]


@pytest.mark.parametrize(("rule", "files", "written", "kept"), FINDS)
def test_finds(rule, files, written, kept):
    tree = project(files)
    results = [move.apply(tree) for move in all_mutators()[rule].find(tree)]
    lines = [
        [line.strip() for entry in tree.values() for line in entry.data.decode().splitlines()]
        for tree in results
    ]
    assert any(set(written) | set(kept) <= set(found) for found in lines), lines
    for result in results:
        for path, entry in result.items():
            compile(entry.data, path, "exec")


@pytest.mark.parametrize(("rule", "files"), LEAVES_ALONE)
def test_leaves_alone(rule, files):
    assert [move.apply(project(files)) for move in all_mutators()[rule].find(project(files))] == []


@pytest.mark.parametrize(
    ("rule", "files", "place"),
    [
        ("half-renamed", GET + TWO_USERS, "`b` in `program.py`"),
        ("half-renamed-attribute", COUNTER.format(""), "`Counter.add` in `program.py`"),
    ],
)
def test_the_forgotten_place_is_named(rule, files, place):
    assert any(place in move.explain() for move in all_mutators()[rule].find(project(files)))


@pytest.mark.parametrize(
    ("name", "taken", "new"),
    [
        ("_get_item", (), "_fetch_item"),
        ("_get_item", ("_fetch_item",), "_retrieve_item"),
        ("__parse", (), "__read"),
        ("parseLine", (), "readLine"),
        ("makeURL", (), "buildURL"),
        ("_row_widget", (), "_widget_row"),
        ("_to_widget", (), None),
        ("_widget", (), None),
        ("fmt", (), None),  # `format` is a builtin
    ],
)
def test_new_names(name, taken, new):
    assert renamed(name, set(taken).__contains__) == new
