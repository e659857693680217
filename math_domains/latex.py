"""Trees as LaTeX."""

from __future__ import annotations

from typing import Any

from .memory import Memory
from .text import PRIMED
from .trees import Tree

__all__ = ["Latex", "latex"]

_RELATION, _SUM, _INTEGRAL, _PRODUCT, _POWER, _ATOM = range(6)

_SIGNS = {"!=": r"\ne", "<=": r"\le", ">=": r"\ge"}
_GREEK = frozenset("alpha beta gamma theta phi pi".split())  # noqa: SIM905 - a list of words
_NAMES = {"log": r"\ln", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}


class Latex:
    """A printer of LaTeX. All of them share what they remember."""

    def __call__(self, tree: Tree) -> str:
        """Return a tree as LaTeX, without dollar signs.

        >>> Latex()(("=", ("+", ("*", 3, ("^", "x", 2)), ("neg", ("/", 1, "x"))), ("sin", "x")))
        '3x^{2} - \\\\frac{1}{x} = \\\\sin(x)'
        """
        return _typeset[tree][0]


def _print(tree: Tree) -> tuple[str, int]:
    """Return the LaTeX of a tree, and how tightly it holds together."""
    if type(tree) is str:
        return _name(tree), _ATOM
    if type(tree) is int:
        return str(tree), _ATOM if tree >= 0 else _SUM
    assert type(tree) is tuple
    head = tree[0]
    if head == "+":
        return _at_least(tree[1], _SUM) + "".join([_signed[term] for term in tree[2:]]), _SUM
    if head == "*":
        return _product(tree)
    if head == "/":
        if (opposite := _opposite(tree)) is not None:
            return "-" + _typeset[opposite][0], _SUM
        return f"\\frac{{{_typeset[tree[1]][0]}}}{{{_typeset[tree[2]][0]}}}", _PRODUCT
    if head == "^":
        exponent = _typeset[tree[2]][0]
        base = tree[1]
        if type(base) is tuple and len(base) == 2 and base[0] in _TRIGONOMETRIC:
            return f"\\{base[0]}^{{{exponent}}}{_bracketed(base[1])}", _POWER
        return f"{_at_least(base, _ATOM)}^{{{exponent}}}", _POWER
    if head == "neg":
        return "-" + _at_least(tree[1], _INTEGRAL), _SUM
    if head == "matrix" or head == "det" or head == "inv":
        return _matrix(tree)
    if head == "lim":
        from_side = "" if len(tree) == 4 else "^{+}" if tree[4] == 1 else "^{-}"
        where = f"{_name(tree[2])} \\to {_typeset[tree[3]][0]}{from_side}"
        return f"\\lim_{{{where}}} {_at_least(tree[1], _INTEGRAL)}", _INTEGRAL
    if head == "fn":
        name = str(tree[1])
        return name if type(tree[2]) is str else name + _bracketed(tree[2]), _ATOM
    if len(tree) == 2 and type(head) is str and head not in {"or", "and"}:
        return _function(head, tree[1])
    if head == "sum":
        first, last = _typeset[tree[3]][0], _typeset[tree[4]][0]
        return f"\\sum_{{{tree[2]} = {first}}}^{{{last}}} {_at_least(tree[1], _PRODUCT)}", _INTEGRAL
    if head == "int":
        bounds = "".join(f"{sign}{{{_typeset[at][0]}}}" for sign, at in zip("_^", tree[3:], strict=False))
        return f"\\int{bounds} {_at_least(tree[1], _PRODUCT)} \\, d{_name(tree[2])}", _INTEGRAL
    if head == "diff" and (unknown := _typeset[tree[1]][0]) in PRIMED:
        return unknown + "'", _ATOM
    if head == "diff":
        return f"\\frac{{d}}{{d{_name(tree[2])}}}\\left[{_typeset[tree[1]][0]}\\right]", _PRODUCT
    if head == "subs":
        where = f"{_typeset[tree[2]][0]} = {_typeset[tree[3]][0]}"
        return f"\\left[{_typeset[tree[1]][0]}\\right]_{{{where}}}", _ATOM
    if head == "or":
        glue = r" \quad\text{or}\quad "
        return glue.join([_alternative(part) for part in tree[1:]]) or r"\text{no solution}", _RELATION
    if head == "and":
        if (between := _between_bounds(tree)) is not None:
            low, opens, inside, closes, high = between
            signs = (_SIGNS.get(sign, sign) for sign in (opens, closes))
            shown = [_typeset[part][0] for part in (low, inside, high)]
            return f"{shown[0]} {next(signs)} {shown[1]} {next(signs)} {shown[2]}", _RELATION
        return r", \quad ".join([_typeset[part][0] for part in tree[1:]]), _RELATION
    left, right = _typeset[tree[1]][0], _typeset[tree[2]][0]
    return f"{left} {_SIGNS.get(str(head), head)} {right}", _RELATION


def _name(name: str) -> str:
    return "\\" + name if name in _GREEK else r"\infty" if name == "oo" else name


def _alternative(tree: Tree) -> str:
    """Return one of the cases of an `or`; in brackets if several things hold in it, side by side."""
    text = _typeset[tree][0]
    alone = not (type(tree) is tuple and tree[0] == "and") or _between_bounds(tree) is not None
    return text if alone else _bracket(text)


def _with_sign(term: Tree) -> str:
    """Return a later term of a sum with its sign in front."""
    text, binds = _typeset[term]
    if type(term) is tuple and term[0] == "+":
        return f" + {_bracket(text)}"
    return f" - {text[1:]}" if text[0] == "-" and binds <= _SUM else f" + {text}"


def _product(tree: tuple[Tree, ...]) -> tuple[str, int]:
    first, rest = tree[1], tree[2:]
    sign = ""
    if type(first) is int and first < 0:
        first, sign = -first, "-"
    elif type(first) is tuple and (opposite := _opposite(first)) is not None:
        first, sign = opposite, "-"
    text = _at_least(first, _PRODUCT)
    loosest = _PRODUCT
    for position, factor in enumerate(rest, 2):
        shown, binds = _typeset[factor]
        # Nothing follows the last factor, so an integral needs no bracket there.
        if binds < (_INTEGRAL if position == len(tree) - 1 else _PRODUCT):
            shown, binds = _bracket(shown), _ATOM
        loosest = min(loosest, binds)
        text += _between(text, shown) + shown
    return sign + text, _SUM if sign else loosest


def _matrix(tree: tuple[Tree, ...]) -> tuple[str, int]:
    """Return a matrix in round brackets, its determinant between lines, or its inverse."""
    head, inner = tree[0], tree[1]
    if head == "inv":
        return f"{_at_least(inner, _ATOM)}^{{-1}}", _POWER
    if head == "det" and not (type(inner) is tuple and inner[0] == "matrix"):
        return f"\\det{_bracket(_typeset[inner][0])}", _ATOM
    brackets = "vmatrix" if head == "det" else "pmatrix"
    rows: Any = inner[1:] if head == "det" and type(inner) is tuple else tree[1:]
    shown = r" \\ ".join([" & ".join([_typeset[entry][0] for entry in row[1:]]) for row in rows])
    return f"\\begin{{{brackets}}}{shown}\\end{{{brackets}}}", _ATOM


def _function(name: str, inner: Tree) -> tuple[str, int]:
    if name == "sqrt":
        return f"\\sqrt{{{_typeset[inner][0]}}}", _ATOM
    if name == "exp":
        return ("e", _ATOM) if inner == 1 else (f"e^{{{_typeset[inner][0]}}}", _POWER)
    if name == "abs":
        return f"\\left|{_typeset[inner][0]}\\right|", _ATOM
    return _NAMES.get(name, "\\" + name) + _bracketed(inner), _ATOM


def _at_least(tree: Tree, least: int) -> str:
    text, binds = _typeset[tree]
    return text if binds >= least else _bracket(text)


def _bracketed(tree: Tree) -> str:
    if type(tree) is tuple and tree[0] == "abs":
        return _typeset[tree][0]
    return _bracket(_typeset[tree][0])


_TRIGONOMETRIC = frozenset("sin cos tan sec csc cot sinh cosh tanh".split())  # noqa: SIM905 - a list of words


def latex(tree: Tree) -> str:
    """Return one tree as LaTeX, without dollar signs."""
    return _typeset[tree][0]


def _opposite(tree: tuple[Tree, ...]) -> Tree | None:
    """Return what a minus sign can be written in front of instead of inside; None where none is inside."""
    if tree[0] == "neg":
        return tree[1]
    if tree[0] == "/":
        above = tree[1]
        if type(above) is int and above < 0:
            return ("/", -above, tree[2])
        if type(above) is tuple and above[0] == "neg":
            return ("/", above[1], tree[2])
        if type(above) is tuple and above[0] == "*" and type(above[1]) is int and above[1] < 0:
            rest = above[2:] if above[1] == -1 else (-above[1], *above[2:])
            return ("/", rest[0] if len(rest) == 1 else ("*", *rest), tree[2])
    return None


def _between_bounds(tree: tuple[Any, ...]) -> tuple[Tree, str, Tree, str, Tree] | None:
    """Return low, sign, what is between, sign, and high, if that is what both inequalities say."""
    if len(tree) == 3:
        for below, above in ((tree[1], tree[2]), (tree[2], tree[1])):
            if below[1] == above[1] and below[0] in _UPWARDS and above[0] in {"<", "<="}:
                return below[2], _UPWARDS[below[0]], below[1], above[0], above[2]
    return None


_UPWARDS = {">": "<", ">=": "<="}


def _bracket(text: str) -> str:
    tall = r"\frac" in text or r"\int" in text or r"\left" in text or "matrix" in text or r"\sum" in text
    return f"\\left({text}\\right)" if tall else f"({text})"


def _between(left: str, right: str) -> str:
    """Return what separates two factors: nothing where they cannot be misread."""
    if right[0].isdigit() or (right.startswith("\\frac") and (left[-1].isdigit() or left[-1] == "}")):
        return r" \cdot "
    if left[-1] == right[0] and left[-1].isalpha():  # xx^2 looks like a slip
        return r" \cdot "
    if right.startswith(("\\int", "\\sum")):
        return " "
    if left.startswith("\\frac") and right[0] == "(":
        return ""
    return " " if left[-1].isalpha() and right[0].isalpha() and len(left) > 1 and "\\" in left else ""


_typeset = Memory(_print)
_signed = Memory(_with_sign)
