"""What the rules for conditions, literals, operators and elements make of single lines."""

from __future__ import annotations

import pytest

from .conftest import mutants

LINES = [
    # (rule, a line of a function, every line it may become)
    ("dropped-disjunct", "if a or b: pass", ["if b: pass", "if a: pass"]),
    ("dropped-disjunct", "if (a or b): pass", ["if b: pass", "if a: pass"]),
    ("dropped-disjunct", "if a or b or c: 1", ["if b or c: 1", "if a or c: 1", "if a or b: 1"]),
    ("dropped-disjunct", "if (a or b) and c: pass", ["if b and c: pass", "if a and c: pass"]),
    ("dropped-disjunct", "return not a or b", ["return b", "return not a"]),
    ("dropped-disjunct", "return a or b", []),
    ("dropped-disjunct", "x = a or b", []),
    ("dropped-disjunct", "if a and b: pass", []),
    ("confused-connective", "if a and b: pass", ["if a or b: pass"]),
    ("confused-connective", "if a or b or c: pass", ["if a and b and c: pass"]),
    ("confused-connective", "if (a or b) and c: pass", ["if a and b and c: pass"]),
    ("confused-connective", "if a or b and c: pass", ["if a and b and c: pass", "if a or b or c: pass"]),
    ("confused-connective", "return a == b or a > c", ["return a == b and a > c"]),
    ("confused-connective", "return a or b", []),
    ("confused-connective", "x = a and b", []),
    ("confused-connective", "assert a and b", []),
    ("dropped-filter", "x = [y for y in z if y]", ["x = [y for y in z]"]),
    ("dropped-filter", "x = [y for y in z if y if a]", [f"x = [y for y in z if {k}]" for k in "ay"]),
    ("dropped-filter", "x = {k: v for k, v in z if(k) for w in v}", ["x = {k: v for k, v in z for w in v}"]),
    ("dropped-filter", "x = [y for y in z if (m := y.n)]", []),
    ("dropped-filter", "x = [y for y in z]", []),
    ("inverted-condition", "if a: pass", ["if not a: pass"]),
    ("inverted-condition", "if not a: pass", ["if a: pass"]),
    ("inverted-condition", "if not (a == b): pass", ["if a == b: pass"]),
    ("inverted-condition", "if a and not b: pass", ["if not a and not b: pass", "if a and b: pass"]),
    ("inverted-condition", "return not a", ["return a"]),
    ("inverted-condition", "if not(a or b)and c: pass", [
        "if (a or b)and c: pass", "if not(a or b)and not c: pass",
    ]),
    ("inverted-condition", "if a and a.b: pass", ["if a and not a.b: pass"]),
    ("inverted-condition", "if a == b: pass", []),
    ("inverted-condition", "while True: pass", []),
    ("inverted-condition", "assert not a", []),
    ("loose-none-check", "if a is not None: pass", ["if a: pass"]),
    ("loose-none-check", "if a is None: pass", ["if not a: pass"]),
    ("loose-none-check", "if (a is None) or b: pass", ["if not a or b: pass"]),
    ("loose-none-check", "if (a := b) is None: pass", ["if not (a := b): pass"]),
    ("loose-none-check", "x = 1 if a is not None else 2", ["x = 1 if a else 2"]),
    ("loose-none-check", "if not a is None: pass", []),
    ("loose-none-check", "if m is None: pass", []),
    ("loose-none-check", "x = a is None", []),
    ("loose-none-check", "if a == None: pass", []),
    ("wrong-comparison", "if a == b: pass", ["if a != b: pass"]),
    ("wrong-comparison", "if a not  in b: pass", ["if a in b: pass"]),
    ("wrong-comparison", "if a is not b: pass", ["if a is b: pass"]),
    ("wrong-comparison", "x = a < b <= c", ["x = a > b <= c", "x = a < b >= c"]),
    ("wrong-comparison", "if not a == b: pass", []),
    ("wrong-comparison", "if a is not None and a.b: pass", []),
    ("wrong-comparison", "if sys.platform == 'win32': pass", []),
    ("wrong-comparison", "assert a == b", []),
    ("identity-for-equality", "if a == b.c: pass", ["if a is b.c: pass"]),
    ("identity-for-equality", "if a==b.c: pass", ["if a is b.c: pass"]),
    ("identity-for-equality", "x = a[0]!= b()", ["x = a[0] is not b()"]),
    ("identity-for-equality", "x = a[0] != b()", ["x = a[0] is not b()"]),
    ("identity-for-equality", "if a == 'b' or a == 1 or a == (): pass", []),
    ("identity-for-equality", "if len(a) == b or a == KIND or a == Kind.ONE or n == a: pass", []),
    ("identity-for-equality", "if not a == b or a == b'z'[0]: pass", []),
    ("exact-type", "if isinstance(a, int): pass", ["if type(a) is int: pass"]),
    ("exact-type", "if not isinstance(a, int): pass", ["if type(a) is not int: pass"]),
    ("exact-type", "x = b and isinstance(a, m.C)", ["x = b and type(a) is m.C"]),
    ("exact-type", "if isinstance(a, (int, str)) or isinstance(a, kinds): pass", []),
    ("exact-type", "if isinstance(a, Mapping) or isinstance(a, bool): pass", []),
    ("exact-type", "if isinstance(a, int) == b: pass", []),
    ("exact-type", "for type in a: isinstance(type, int)", []),
    ("narrowed-isinstance", "isinstance(a, (b, c))", ["isinstance(a, c)", "isinstance(a, b)"]),
    ("narrowed-isinstance", "isinstance(a, b | c)", ["isinstance(a, c)", "isinstance(a, b)"]),
    ("narrowed-isinstance", "isinstance(a, (int, bool))", ["isinstance(a, bool)"]),
    ("narrowed-isinstance", "isinstance(a, (b, c, d))", [
        "isinstance(a, (c, d))", "isinstance(a, (b, d))", "isinstance(a, (b, c))",
    ]),
    ("narrowed-isinstance", "isinstance(a, (b, b))", []),
    ("narrowed-isinstance", "isinstance(a, (b,))", []),
    ("narrowed-isinstance", "isinstance(a, (b, *c))", []),
    ("wrong-membership", "x = d.items(), a in d", ["x = d.items(), a in d.values()"]),
    ("wrong-membership", "x = a in d.values()", ["x = a in d"]),
    ("wrong-membership", "if a.startswith('b'): pass", ["if 'b' in a: pass"]),
    ("wrong-membership", "if not a.endswith('b'): pass", ["if 'b' not in a: pass"]),
    ("wrong-membership", "if a.startswith(('b', 'c')) or a.startswith(''): pass", []),
    ("wrong-membership", "x = a in d", []),
    ("changed-string", "x = a['item']", ["x = a['items']"]),
    ("changed-string", "x = a['one_b']", ["x = a['one-b']"]),
    ("changed-string", "x = a == 'one_b', a == 'one_c'", [
        "x = a == 'one_c', a == 'one_c'", "x = a == 'oneb', a == 'one_c'",
        "x = a == 'one_b', a == 'one_b'", "x = a == 'one_b', a == 'onec'",
    ]),
    ("changed-string", "x = a.get('Content-Type')", ["x = a.get('Content_Type')"]),
    ("changed-string", "x = ', '.join(a)", ["x = ','.join(a)"]),
    ("changed-string", "x = a.split(b':')", ["x = a.split(b': ')"]),
    ("changed-string", "x = a.startswith('--')", ["x = a.startswith('-')"]),
    ("changed-string", "x = a == 'option'", ["x = a == 'opiton'"]),
    ("changed-string", "x = open(a, 'rb')", ["x = open(a, 'r')"]),
    ("changed-string", "x = a.encode('utf-8')", ["x = a.encode('ascii')"]),
    ("changed-string", "x = a.strftime('%Y-%m')", ["x = a.strftime('%Y-%M')"]),
    ("changed-string", "x = a.replace('-', '_')", []),
    ("changed-string", "x = a == 'two words'", []),
    ("changed-string", "x = f'{a}b'", []),
    ("changed-string", "raise ValueError(a['item'])", []),
    ("changed-string", "print(a['item'])", []),
    ("flipped-boolean", "a(b, c=True)", ["a(b, c=False)"]),
    ("flipped-boolean", "x = False", ["x = True"]),
    ("flipped-boolean", "x = {'a': True}", ["x = {'a': False}"]),
    ("flipped-boolean", "return True", []),
    ("flipped-boolean", "while True: pass", []),
    ("flipped-boolean", "a(daemon=True)", []),
    ("wrong-none", "return []", ["return None"]),
    ("wrong-none", "return None", ["return False"]),
    ("wrong-none", "x = ''", ["x = None"]),
    ("wrong-none", "a(name=None)", ["a(name='')"]),
    ("wrong-none", "a(count=None)", ["a(count=0)"]),
    ("wrong-none", "a(b=None)", []),
    ("wrong-none", "x = False", []),
    ("wrong-none", "x = [1]", []),
    ("constant-type", "x = a == '1'", ["x = a == 1"]),
    ("constant-type", "x = a == 1", ["x = a == '1'"]),
    ("constant-type", "x = len(a) == 1 or index == 0", []),
    ("constant-type", "x = {'a': 80}", ["x = {'a': '80'}"]),
    ("constant-type", "return [a, b]", ["return (a, b)"]),
    ("constant-type", "return (a, b)", ["return [a, b]"]),
    ("constant-type", "return []", ["return ()"]),
    ("constant-type", "return a, b", []),
    ("constant-type", "return [a]", []),
    ("constant-type", "x = a.split(b'x')", ["x = a.split('x')"]),
    ("constant-type", "x = a.replace(b'x', b'y')", []),
    ("constant-type", "x = a.split('x')", []),
    ("nudged-literal", "x = a[1], a[-1], a[1:], range(2), range(a, 3)", []),
    ("off-by-one-slice", "x = a[1:]", ["x = a[:]", "x = a[2:]"]),
    ("off-by-one-slice", "x = a[:-1]", ["x = a[:]", "x = a[:-2]"]),
    ("off-by-one-slice", "x = a[i:]", ["x = a[i + 1:]"]),
    ("off-by-one-slice", "x = a[i + 1:]", ["x = a[i:]"]),
    ("off-by-one-slice", "x = a[:i]", ["x = a[:i + 1]", "x = a[:i - 1]"]),
    ("off-by-one-slice", "x = a[2:4]", ["x = a[1:4]", "x = a[3:4]", "x = a[2:3]", "x = a[2:5]"]),
    ("off-by-one-slice", "x = a[0:2]", ["x = a[0:1]", "x = a[0:3]"]),
    ("off-by-one-slice", "x = a[::-1], a[:], a[b if c else d:]", []),
    ("off-by-one-range", "range(a)", ["range(a - 1)", "range(a + 1)"]),
    ("off-by-one-range", "range(1, a)", ["range(a)", "range(1, a - 1)", "range(1, a + 1)"]),
    ("off-by-one-range", "range(a - 1)", ["range(a)"]),
    ("off-by-one-range", "range(len(a) + 1)", ["range(len(a))"]),
    ("off-by-one-range", "range(1)", ["range(2)"]),
    ("off-by-one-range", "range(0, a, 2)", ["range(1, a, 2)"]),
    ("off-by-one-range", "range(*a)", []),
    ("wrong-index", "x = a[0]", ["x = a[-1]", "x = a[1]"]),
    ("wrong-index", "x = a[-1]", ["x = a[0]", "x = a[-2]"]),
    ("wrong-index", "x = a[1]", ["x = a[0]"]),
    ("wrong-index", "x = a[0, 1], a[i], List[0], sys.argv[1], b'z'[0]", []),
    ("loose-pattern", "re.search(r'^a$', b)", ["re.search(r'a$', b)", "re.search(r'^a', b)"]),
    ("loose-pattern", "re.match(r'^a', b)", []),
    ("loose-pattern", r"re.sub(r'\.b+?', b)", [r"re.sub(r'\.b+', b)", r"re.sub(r'.b+?', b)"]),
    ("loose-pattern", r"re.sub(r'[+\.](?:c)*', b)", [r"re.sub(r'[+\.](?:c)+', b)"]),
    ("loose-pattern", r"re.sub('\\.', b)", []),
    ("loose-pattern", "re.sub(a + '$', b)", []),
    ("loose-format", "x = f'{a:02d}'", ["x = f'{a:d}'"]),
    ("loose-format", "x = f'{a:.2f}'", ["x = f'{a:f}'"]),
    ("loose-format", "x = f'{a!r:>{b}}'", ["x = f'{a:>{b}}'"]),
    ("loose-format", "x = '%5.1f%%' % a", ["x = '%5f%%' % a"]),
    ("loose-format", "x = '{0!r} {:>3} {{:02}}'.format(a)", [
        "x = '{0} {:>3} {{:02}}'.format(a)", "x = '{0!r} {} {{:02}}'.format(a)",
    ]),
    ("loose-format", "x = format(a, '.1f')", ["x = format(a, 'f')"]),
    ("loose-format", "x = f'{a} {a:d} {a:%Y} {a=!r}'", []),
    ("loose-format", "raise E('%r' % a)", []),
    ("wrong-operator", "x = n + 1", ["x = n - 1"]),
    ("wrong-operator", "x = n // 2", ["x = n / 2"]),
    ("wrong-operator", "x = n % 2", ["x = n // 2"]),
    ("wrong-operator", "x = re.I | re.M", ["x = re.I & re.M"]),
    ("wrong-operator", "x = a + b, a * 2, '%s' % a, 'b' + a, [0] * n, a / 'b'", []),
    ("wrong-operator", "x = 24 * 60, int | None", []),
    ("swapped-operands", "x = a - b", ["x = b - a"]),
    ("swapped-operands", "x = a.b(c) - (d + e)", ["x = (d + e) - a.b(c)"]),
    ("swapped-operands", "x = width / height", ["x = height / width"]),
    ("swapped-operands", "x = n - 1, a / b, '%s' % n, -a - b", []),
    ("swapped-operands", "x = a - b - c", ["x = b - a - c"]),
    ("wrong-augmented", "n += a", ["n = a", "n -= a"]),
    ("wrong-augmented", "x += 'a'", ["x = 'a'"]),
    ("wrong-augmented", "x |= a", ["x = a", "x &= a"]),
    ("wrong-augmented", "x >>= 1", ["x <<= 1"]),
    ("wrong-augmented", "while n < 3: n += 1", []),
    ("dropped-sign", "x = -a", ["x = a"]),
    ("dropped-sign", "x = b & ~a", ["x = b & a"]),
    ("dropped-sign", "x = b == -1", ["x = b == 1"]),
    ("dropped-sign", "a = -a", []),
    ("dropped-sign", "x = a[-1], a[:-1], a[::-1], range(3, 0, -1)", []),
    ("dropped-sign", "return-a", []),
    ("swapped-elements", "return a, b", ["return b, a"]),
    ("swapped-elements", "return (a, b, c)", ["return (b, a, c)", "return (a, c, b)"]),
    ("swapped-elements", "x, y = a", ["y, x = a"]),
    ("swapped-elements", "for i, (j, k) in a: pass", ["for (j, k), i in a: pass"]),
    ("swapped-elements", "return a, a", []),
    ("swapped-elements", "x, y = y, x", []),
    ("swapped-elements", "x, *y = a", []),
    ("swapped-elements", "f((a, b))", []),
    ("dropped-element", "isinstance(a, (b, c))", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "before", "after"), LINES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_mutant_of_a_line(rule, before, after):
    assert mutants(rule, f"def f():\n    {before}\n") == [f"def f():\n    {line}\n" for line in after]


SURPLUS = {  # each condition that may be narrowed is marked with what is added
    "later": "def f(a, b, c):\n    if a and b: x()\n    if c‹ and b›: y()\n",
    "earlier": "def f(a, b, c):\n    if c‹ and a›: y()\n    if a and b: x()\n",
    "an alternative": "def f(a, b, c, d):\n    if a and b: x()\n    if ‹(›c or d‹) and b›: y()\n",
    "asked already": "def f(a, b):\n    if a and b: x()\n    if a or b: y()\n",
    "around it": "def f(a, b, c):\n    if a and b:\n        if c: y()\n",
    "settled by a guard": "def f(a, b, c):\n    if not a or b: return\n    if c: y()\n    if a and b: x()\n",
    "not yet bound": "def f(c):\n    if c: y()\n    a, b = c\n    if a and b: x()\n",
    "another function": "def f(a, b):\n    if a and b: x()\ndef g(a, b, c):\n    if c: y()\n",
    "with an effect": "def f(a, b, c):\n    if a() and b(): x()\n    if c: y()\n",
}


@pytest.mark.parametrize("name", SURPLUS)
def test_surplus_condition(name):
    marked = SURPLUS[name]
    plain = "".join(part.partition("›")[2] if "›" in part else part for part in marked.split("‹"))
    after = [marked.replace("‹", "").replace("›", "")] if "‹" in marked else []
    assert mutants("surplus-condition", plain) == after


OUTSIDE = [  # a bug in code that runs at once could break the import
    ("wrong-index", "x = a[0]"),
    ("wrong-operator", "x = n + 1"),
    ("wrong-comparison", "x = a == b"),
    ("off-by-one-slice", "def f(x=a[1:]): pass"),
    ("wrong-none", "class C:\n    x = []"),
]


@pytest.mark.parametrize(("rule", "before"), OUTSIDE)
def test_code_that_runs_at_once_is_left_alone(rule, before):
    assert mutants(rule, before + "\n") == []


BLOCKS = {
    "a filter on its own line": (
        "dropped-filter",
        "x = [\n    y\n    for y in z\n    if y\n]\n",
        ["x = [\n    y\n    for y in z\n]\n"],
    ),
    "a filter with a comment": ("dropped-filter", "x = [\n    y for y in z\n    if y  # why\n]\n", []),
    "connectives over lines": (
        "confused-connective",
        "def f():\n    if (a\n            and b\n            and c): pass\n",
        ["def f():\n    if (a\n            or b\n            or c): pass\n"],
    ),
    "parentheses over lines": (
        "confused-connective",
        "def f():\n    if (a or\n            b) and c: pass\n",
        [],
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_code_over_several_lines(name):
    rule, before, after = BLOCKS[name]
    assert mutants(rule, before) == after


@pytest.mark.parametrize("rule", ["nudged-literal", "dropped-element", "changed-string", "wrong-index"])
def test_tables_are_thinned_out(rule):
    table = (
        "X = [\n"
        + "".join(f"    ({n}, {{'ab_c{n}': 1}}, [1, 2], lambda x: x[{n}]),\n" for n in range(400))
        + "]\n"
    )
    assert 10 <= len(mutants(rule, table)) <= 120
