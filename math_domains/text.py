"""Trees as text: `plain` for people, `sympy_text` that SymPy and `reading.read` understand."""

from __future__ import annotations

from .memory import Memory
from .trees import Tree

__all__ = ["INFINITE", "PRIMED", "SympyText", "plain", "sympy_text"]

INFINITE = frozenset({"oo", ("neg", "oo")})

# How tightly each kind of node holds together; what binds looser than its place asks for gets brackets.
_OR, _AND, _RELATION, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(8)

_SYMPY_NAMES = {
    "abs": "Abs", "int": "Integral", "diff": "Derivative", "subs": "Subs", "or": "Or", "and": "And",
    "sum": "Sum", "det": "Determinant", "inv": "Inverse",
    "=": "Eq", "!=": "Ne", "<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge",
}  # fmt: skip


def sympy_text(tree: Tree) -> str:
    """Return text that SymPy parses to an equal value and `reading.read` to the very same tree.

    >>> sympy_text(("=", ("+", ("*", 3, ("^", "x", 2)), -1), ("/", "x", ("*", 2, "y"))))
    'Eq(3*x**2 - 1, x/(2*y))'
    """
    return _printed[tree][0]


class SympyText:
    """A printer of SymPy's notation. All of them share what they remember."""

    def __call__(self, tree: Tree) -> str:
        """Return a tree in SymPy's notation."""
        return _printed[tree][0]


def _print(tree: Tree) -> tuple[str, int]:
    """Return the text of a tree, and how tightly it holds together."""
    if type(tree) is str:
        return tree, _ATOM
    if type(tree) is int:
        return str(tree), _ATOM if tree >= 0 else _SIGN
    assert type(tree) is tuple
    head = tree[0]
    if head == "+":
        return _printed[tree[1]][0] + "".join([_signed[term] for term in tree[2:]]), _SUM
    if head == "*":
        first = _bound(tree[1], _PRODUCT)
        return "*".join((first, *[_bound(factor, _POWER) for factor in tree[2:]])), _PRODUCT
    if head == "/":
        return f"{_bound(tree[1], _PRODUCT)}/{_bound(tree[2], _POWER)}", _PRODUCT
    if head == "^":
        return f"{_bound(tree[1], _ATOM)}**{_bound(tree[2], _POWER)}", _POWER
    if head == "neg":
        text, binds = _printed[tree[1]]
        # Python would read -3/2*x as (-3)/2*x, and -x/y*z as (-x)/y*z.
        product = type(tree[1]) is tuple and tree[1][0] == "*" and text[0].isalpha() and "/" not in text
        return f"-{text}" if product or binds >= _POWER else f"-({text})", _SIGN
    if (head == "int" or head == "sum") and len(tree) == 5:
        inner, *by = [_printed[part][0] for part in tree[1:]]
        return f"{_SYMPY_NAMES[head]}({inner}, ({', '.join(by)}))", _ATOM
    if head == "lim":
        inner = ", ".join([_printed[part][0] for part in tree[1:4]])
        # SymPy's limits are from above unless one says otherwise; at infinity there is but one side.
        side = "" if tree[4:] == (1,) or tree[3] in INFINITE else ", '-'" if tree[4:] else ", '+-'"
        return f"Limit({inner}{side})", _ATOM
    if head == "fn":
        return f"{tree[1]}({_printed[tree[2]][0]})", _ATOM
    if head == "matrix" or head == "row":
        inside = f"[{', '.join([_printed[part][0] for part in tree[1:]])}]"
        return (inside if head == "row" else f"Matrix({inside})"), _ATOM
    inner = ", ".join([_printed[part][0] for part in tree[1:]])
    return f"{_SYMPY_NAMES.get(str(head), head)}({inner})", _ATOM


def _bound(tree: Tree, least: int) -> str:
    text, binds = _printed[tree]
    # Python reads `-x*y` as (-x)*y, which is what is meant by a product that starts with a sign.
    return text if binds >= least or (binds == _SIGN and least == _PRODUCT) else f"({text})"


def _with_sign(term: Tree) -> str:
    """Return a later term of a sum with its sign in front."""
    if type(term) is int:
        return f" - {-term}" if term < 0 else f" + {term}"
    if type(term) is tuple:
        head = term[0]
        if head == "neg":
            return f" - {_bound(term[1], _PRODUCT)}"
        if head == "+":
            return f" + ({_printed[term][0]})"
        if head == "*" and type(term[1]) is int and term[1] < 0:
            return f" - {_printed[term][0][1:]}"
    return f" + {_printed[term][0]}"


_printed = Memory(_print)
_signed = Memory(_with_sign)


PRIMED = frozenset({"y", "y'"})
"""An unknown function and its derivative are differentiated by a prime."""
_PLAIN_RELATIONS = {"!=": "≠", "<=": "≤", ">=": "≥"}


def plain(tree: Tree) -> str:
    """Return a tree as one would type it in a message.

    >>> plain(("=", ("+", ("*", 3, ("^", "x", 2)), ("*", -2, "x")), ("/", 1, ("*", 2, "y"))))
    '3x^2 - 2x = 1/(2y)'
    """
    return _plainly[tree][0]


def _plain(tree: Tree) -> tuple[str, int]:
    if type(tree) is str:
        return "∞" if tree == "oo" else tree, _ATOM
    if type(tree) is int:
        return str(tree), _ATOM if tree >= 0 else _SIGN
    assert type(tree) is tuple
    head = tree[0]
    if head == "+":
        text = _within(tree[1], _PRODUCT)
        for term in tree[2:]:
            shown = _within(term, _PRODUCT)
            text += f" - {shown[1:]}" if shown.startswith("-") else f" + {shown}"
        return text, _SUM
    if head == "*":
        text = _within(tree[1], _PRODUCT)
        for factor in tree[2:]:
            shown = _within(factor, _POWER)
            text += shown if _may_touch(text, shown) else f"*{shown}"
        return text, _SIGN if text.startswith("-") else _PRODUCT
    if head == "/":
        text = f"{_within(tree[1], _POWER)}/{_within(tree[2], _POWER)}"
        return text, _PRODUCT
    if head == "^":
        return f"{_within(tree[1], _ATOM)}^{_within(tree[2], _ATOM)}", _POWER
    if head == "neg":
        return f"-{_within(tree[1], _PRODUCT)}", _SIGN
    if head in {"or", "and"}:
        glue, binds = (" or ", _OR) if head == "or" else (" and ", _AND)
        # Without brackets around an `and` one would have to know that it binds more tightly than an `or`.
        return glue.join([_within(part, _RELATION) for part in tree[1:]]) or "no solution", binds
    if head == "int" and len(tree) == 5:
        low, high = _within(tree[3], _ATOM), _within(tree[4], _ATOM)
        return f"∫ from {low} to {high} of {_within(tree[1], _PRODUCT)} d{tree[2]}", _PRODUCT
    if head == "int":
        return f"∫ {_within(tree[1], _PRODUCT)} d{tree[2]}", _PRODUCT
    if head == "sum":
        low, high = _within(tree[3], _ATOM), _within(tree[4], _ATOM)
        return f"sum of {_within(tree[1], _PRODUCT)} for {tree[2]} from {low} to {high}", _PRODUCT
    if head == "matrix":
        return (
            f"[{'; '.join([', '.join([_plainly[entry][0] for entry in row[1:]]) for row in tree[1:]])}]",
            _ATOM,
        )
    if head == "inv":
        return f"{_within(tree[1], _ATOM)}^(-1)", _POWER
    if head == "lim":
        side = {(1,): "+", (-1,): "-"}.get(tree[4:], "")
        return f"lim {tree[2]}→{_within(tree[3], _SIGN)}{side} of {_within(tree[1], _PRODUCT)}", _SUM
    if head == "fn":
        return tree[1] if type(tree[2]) is str else f"{tree[1]}({_plainly[tree[2]][0]})", _ATOM
    if head == "diff" and _plainly[tree[1]][0] in PRIMED:
        return f"{_plainly[tree[1]][0]}'", _ATOM
    if head == "diff":
        return f"d/d{tree[2]} [{_plainly[tree[1]][0]}]", _PRODUCT
    if head == "subs":
        return f"[{_plainly[tree[1]][0]} with {tree[2]} = {_plainly[tree[3]][0]}]", _ATOM
    if len(tree) == 2:
        name = "ln" if head == "log" else head
        return f"{name}({_plainly[tree[1]][0]})", _ATOM
    sign = _PLAIN_RELATIONS.get(head, head)
    return f"{_plainly[tree[1]][0]} {sign} {_plainly[tree[2]][0]}", _RELATION


def _within(tree: Tree, least: int) -> str:
    text, binds = _plainly[tree]
    if binds >= least or (binds == _SIGN and least == _PRODUCT):
        return text
    return f"({text})"


def _may_touch(left: str, right: str) -> bool:
    """Whether two factors can stand side by side without a sign and still be read as a product."""
    if right[0].isdigit():
        return False
    return (left[-1].isdigit() and "/" not in left and "^" not in left) or (
        left[-1] == ")" and right[0] == "("
    )


_plainly = Memory(_plain)
