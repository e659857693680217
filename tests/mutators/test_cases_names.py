"""Names, members, arguments and calls: what the mutators make of code that is awkward to edit.

`‹old→new›` marks each place that changes, `‹old→one|two›` a place that changes in two ways.
"""

from __future__ import annotations

import re
import textwrap

import pytest

from .conftest import mutants

MARK = re.compile("‹(.*?)→(.*?)›", re.DOTALL)


def inside(body: str) -> str:
    return f"def outer(self, p, q):\n{textwrap.indent(body, '    ')}\n"


LINES = [
    # (rule, a line of a function with the parameters self, p and q)
    ("wrong-name", "return p.text - q.text"),
    ("wrong-attribute", "return p.‹left→right› * p.‹right→left›"),
    ("wrong-attribute", "return p.left - p.right"),
    ("wrong-attribute", "return p.left == q.right"),
    ("wrong-attribute", "return p.lefts() * p.rights()"),
    ("wrong-attribute", "return p.line * p.lines"),
    ("wrong-attribute", "p.left = p.right"),
    ("wrong-attribute", "from a.left import x\nfrom a.right import y"),
    ("wrong-receiver", "return p.x - q.x"),
    ("wrong-receiver", "return ‹self→p›.x * ‹p→self›.x"),
    ("wrong-receiver", "return self.x - p.x"),
    ("wrong-receiver", "return self.x * p.y"),
    ("wrong-receiver", "p.‹left→right›.add(1)\np.‹right→left›.add(2)"),
    ("wrong-receiver", "p.left.add(1)\np.right.pop(2)"),
    ("wrong-method", "return p.‹startswith→endswith›(q)"),
    ("wrong-method", "return p.split(q)"),
    ("wrong-method", "return p.‹split→rsplit›(q, 1)"),
    ("wrong-method", "return p.‹strip→lstrip|rstrip›()"),
    ("wrong-method", "return p.strip() == ''"),
    ("wrong-method", "return p.find(*q)"),
    ("wrong-method", "p.‹extend→append›(q)\np.append(q)"),
    ("wrong-function", "return ‹min→max›(p, q)"),
    ("wrong-function", "return ‹int→float›(p) + int(p, 8)"),
    ("wrong-function", "return ‹any→all›(x for x in p)"),
    ("wrong-function", "return os.path.‹isdir→exists›(p)"),
    ("swapped-arguments", "return f(‹p.left, p.right→p.right, p.left›)"),
    ("swapped-arguments", "return f(p.left, p.left)"),
    ("swapped-arguments", "return max(p.left, p.right)"),
    ("swapped-arguments", "return f(p.left, *p.right)"),
    ("swapped-arguments", "return q.replace(‹'a', 'b'→'b', 'a'›)"),
    ("swapped-arguments", "return q.encode('a', 'b')"),
    ("swapped-arguments", "return range(‹0, p→p, 0›)"),
    ("swapped-arguments", "return outer(‹q, p % q→p % q, q›)"),
    ("swapped-keywords", "return f(left=‹p.left, right=p.right→p.right, right=p.left›)"),
    ("swapped-keywords", "return f(a=‹True, b=False→False, b=True›)"),
    ("swapped-keywords", "return f(a=True, b=True)"),
    ("swapped-keywords", "return f(a='x', b=1)"),
    ("swapped-keywords", "return f(p, a=p)"),
    ("unforwarded-arguments", "return f(‹p=p, →›q=1)"),
    ("unforwarded-arguments", "return f(1‹, q=q→›)"),
    ("unforwarded-arguments", "return f(‹q=q→›)"),
    ("unforwarded-arguments", "return f(x=q, *a, **k)"),
    ("dropped-argument", "return f(p=p‹, q=1→›)"),
    ("dropped-argument", "return p.get(q, 1)"),
    ("dropped-default", "return p.get(q‹, 1→›)"),
    ("dropped-default", "return p.get(q, None)"),
    ("dropped-default", "return p.get(q)"),
    ("dropped-default", "return p.pop(q‹, None→›)"),
    ("dropped-default", "return getattr(p, 'x'‹, None→›)"),
    ("dropped-default", "return max(p‹, default=0→›)"),
    ("dropped-default", "return f(p, default=0)"),
    ("unwrapped-call", "return ‹escape(p)→p›"),
    ("unwrapped-call", "p = escape(p)"),
    ("unwrapped-call", "return ‹escape(p + q)→p + q›"),
    ("unwrapped-call", "return ‹escape(p + q)→(p + q)›.x"),
    ("unwrapped-call", "return is_clean(p)"),
    ("unwrapped-call", "return p.escape(q)"),
    ("unwrapped-call", "escape(p)"),
    ("unwrapped-call", "return ‹copy.deepcopy(p)→p›"),
    ("dropped-method-call", "return p‹.strip()→›"),
    ("dropped-method-call", "p = p.strip()"),
    ("dropped-method-call", "p.copy()"),
    ("dropped-method-call", "return super().copy()"),
    ("dropped-method-call", "return (p + q)‹.lower()→›.x"),
    ("dropped-method-call", "return p.strip() if q else p"),
    ("dropped-method-call", "return p‹.replace(1, 2)→›‹.replace(3, 4)→›"),
    ("dropped-method-call", "return [x for x, y in p‹.items()→›]"),
    ("dropped-method-call", "return list(p.items())"),
    ("dropped-method-call", "return p.strip() == p"),
    ("dropped-method-call", "return f'{p‹.upper()→›!r}'"),
    ("dropped-attribute", "return p‹.value→› == q.size()"),
    ("dropped-attribute", "return p.value == p"),
    ("dropped-attribute", "return self.value"),
    ("dropped-attribute", "return p.value()"),
    ("dropped-attribute", "p.value = 1"),
    ("dropped-attribute", "return p.value.x"),
    ("dropped-index", "return p‹[0]→›"),
    ("dropped-index", "return p[2], p[q], p[1:]"),
    ("dropped-index", "return f(p[0], p[1])"),
    ("dropped-index", "p[0] = 1"),
    ("dropped-index", "p = p[0]"),
    ("dropped-index", "return f(p.split()‹[-1]→›)"),
    ("wrong-key", "a[p] = 1\nreturn b[q]"),
    ("wrong-key", "return a[‹p→q›] + a[‹q→p›]"),
    ("wrong-key", "return a[p] - a[q]"),
    ("wrong-key", "return a['left']"),
    ("wrong-key", "return a[‹'left'→'right'›] * a[‹'right'→'left'›]"),
    ("wrong-key", "return a['x'] * a['xs']"),
    ("wrong-operand", "return q - p, q - len(p)"),
    ("stale-name", "r = f(p)\nreturn r"),
]  # fmt: skip

PROGRAMS = [
    # (rule, a whole program)
    ("wrong-name", "def f(i, lines):\n    return lines[i]\n"),
    ("wrong-name", "def f(name, names):\n    return name, names\n"),
    ("wrong-name", "def f(a1: int, a2: str):\n    return a1, a2\n"),
    ("wrong-name", "def f(a1, a2):\n    return a1 == a2\n"),
    (
        "wrong-operand",
        "def f(a, n, used):\n    if ‹used→len(a)› > n:\n"
        "        return 0\n    return n - ‹len(a)→used›\n",
    ),
    ("wrong-operand", "def f(a, n, used):\n    if used > n > 0:\n        return 0\n    return n - len(a)\n"),
    (
        "wrong-operand",
        "def f(a, n):\n    x = n - len(a)\n"
        "    for used in a:\n        return n - ‹used→len(a)›\n",
    ),
    (
        "stale-name",
        "def f(text):\n    clean_text = text.strip()\n"
        "    g(‹clean_text→text›)\n    return ‹clean_text→text›\n",
    ),
    ("stale-name", "def f(text):\n    clean_text = text.strip()\n    return clean_text\n"),
    ("stale-name", "def f(text):\n    text_size = len(text)\n    return text_size + text_size\n"),
    ("stale-name", "def f(text):\n    text2 = g(text)\n    text = 1\n    return text2, text2\n"),
    (
        "wrong-attribute",
        "class C:\n    def __init__(self):\n        self.left = 1\n"
        "        g(self.left)\n        self.right = 2\n        g(self.‹right→left›)\n",
    ),
    ("wrong-attribute", "import stat\nX = stat.S_ISUID\nY = stat.S_ISGID\n"),
    (
        "wrong-method",
        "class C:\n    def read_a(self, x): return 1\n"
        "    def read_b(self, x): return 2\n    def f(self): return self.‹read_a→read_b›(0)\n",
    ),
    (
        "wrong-method",
        "class C:\n    def read_a(self, x): return 1\n"
        "    def read_b(self): return 2\n    def f(self): return self.read_a(0)\n",
    ),
    (
        "wrong-method",
        "class C:\n    def read_a(self, x): return 1\n"
        "    def read_b(self, x): return self.read_a(x)\n",
    ),
    (
        "wrong-method",
        "class C:\n    def _size(self): return 1\n"
        "    def size(self): return 2\n    def f(self): return self._size()\n",
    ),
    (
        "wrong-function",
        "def read_a(x): return 1\ndef read_b(x): return 2\n"
        "def f(): return ‹read_a→read_b›(0)\n",
    ),
    ("wrong-function", "def read_a(x): return 1\ndef read_b(x, y): return 2\ndef f(): return read_a(0)\n"),
    ("wrong-function", "def read_a(x): return 1\ndef read_b(x): pass\ndef f(): return read_a(0)\n"),
    (
        "wrong-function",
        "from m import quote, quote_plus\n"
        "def f(x): return ‹quote→quote_plus›(x), ‹quote_plus→quote›(x)\n",
    ),
    ("wrong-function", "from m import quote, quote_plus\nX = quote(1), quote_plus(2)\n"),
    ("wrong-keyword", "def g(x, before='', after=''): pass\ndef f(): g(1, ‹before→after›=2)\n"),
    ("wrong-keyword", "def g(x, before='', after=''): pass\ndef f(): g(1, before=2, after=3)\n"),
    ("wrong-keyword", "def g(x, before, after=''): pass\ndef f(): g(1, before=2)\n"),
    ("wrong-keyword", "@d\ndef g(x, before='', after=''): pass\ndef f(): g(1, before=2)\n"),
    ("surplus-argument", "def g(x, y=False): pass\ndef f(): g(‹1→1, y=True›)\n"),
    ("surplus-argument", "def g(y=False): pass\ndef f(): g‹()→(y=True)›\n"),
    ("surplus-argument", "def g(x, y=None): pass\ndef f(y): g(‹1→1, y=y›)\n"),
    ("surplus-argument", "def g(x, y=None): pass\ndef f(y): g(y)\n"),
    ("surplus-argument", "def g(x, y=False): pass\ndef f(): g(1, y=2)\n"),
    ("surplus-argument", "def g(x, y=False): pass\ndef f(): g(*a)\ng(1)\n"),
    ("surplus-argument", "class C:\n    def __init__(self, y=True): pass\ndef f(): C‹()→(y=False)›\n"),
    ("surplus-argument", "def g(x, y=False): pass\ndef f():\n    g(\n        1,\n    )\n"),
    ("wrong-default", "def f(a=‹True→False›, b=‹''→None›, c=1, d=None): return a\n"),
    ("wrong-default", "def f(a=‹None→False›): return a is None\n"),
    ("wrong-default", "def f(a: 'int | None' = ‹None→0›): return a is None\n"),
    ("wrong-default", "def f(mode=‹'r'→'w'›): return mode == 'w'\n"),
    ("wrong-default", "def f(a=True): ...\ndef g(a=True): raise NotImplementedError\nh = lambda a=True: a\n"),
    ("unforwarded-arguments", "def f(*a, **k): return g(‹*a, →›x‹, **k→›)\n"),
    ("unforwarded-arguments", "g(*a, **k)\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "marked"),
    [(rule, inside(line)) for rule, line in LINES] + PROGRAMS,
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_every_mutant(rule, marked):
    after = []
    for found in MARK.finditer(marked):
        for new in found[2].split("|"):
            program = marked[: found.start()] + "\0" + marked[found.end() :]
            after.append(MARK.sub(r"\1", program).replace("\0", new))
    assert sorted(mutants(rule, MARK.sub(r"\1", marked))) == sorted(after)


def test_two_alternatives_at_most():
    attributes = "".join(f"    p.width{i}\n" for i in range(9))
    found = mutants("wrong-attribute", f"def f(p):\n{attributes}")
    assert len(found) == 18
