"""Trees as LaTeX."""

from __future__ import annotations

from typing import Any

from .text import PRIMED
from .trees import Tree

__all__ = ["Latex", "latex"]

_RELATION, _SUM, _INTEGRAL, _PRODUCT, _POWER, _ATOM = range(6)

_SIGNS = {"!=": r"\ne", "<=": r"\le", ">=": r"\ge"}
_GREEK = frozenset("alpha beta gamma theta phi pi".split())  # noqa: SIM905 - a list of words
_NAMES = {"log": r"\ln", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}


class Latex:
    """A printer that remembers parts it has printed, for a tape whose states share most of them."""

    def __init__(self) -> None:
        # The tree is kept beside its text: an id means nothing once its object is gone.
        self._known: dict[int, tuple[Tree, str, int]] = {}

    def __call__(self, tree: Tree) -> str:
        """Return a tree as LaTeX, without dollar signs.

        >>> Latex()(("=", ("+", ("*", 3, ("^", "x", 2)), ("neg", ("/", 1, "x"))), ("sin", "x")))
        '3x^{2} - \\\\frac{1}{x} = \\\\sin(x)'
        """
        return self._print(tree)[0]

    def _print(self, tree: Tree) -> tuple[str, int]:
        if type(tree) is tuple:
            known = self._known.get(id(tree))
            if known is None:
                known = self._known[id(tree)] = (tree, *self._node(tree))
            return known[1], known[2]
        if type(tree) is str:
            return "\\" + tree if tree in _GREEK else r"\infty" if tree == "oo" else tree, _ATOM
        assert type(tree) is int
        return str(tree), _ATOM if tree >= 0 else _SUM

    def _node(self, tree: tuple[Tree, ...]) -> tuple[str, int]:
        head = tree[0]
        if head == "+":
            return self._sum(tree), _SUM
        if head == "*":
            return self._product(tree)
        if head == "/":
            if (opposite := _opposite(tree)) is not None:
                return "-" + self._print(opposite)[0], _SUM
            return f"\\frac{{{self._print(tree[1])[0]}}}{{{self._print(tree[2])[0]}}}", _PRODUCT
        if head == "^":
            exponent = self._print(tree[2])[0]
            base = tree[1]
            if type(base) is tuple and len(base) == 2 and base[0] in _TRIGONOMETRIC:
                return f"\\{base[0]}^{{{exponent}}}{self._bracketed(base[1])}", _POWER
            return f"{self._at_least(base, _ATOM)}^{{{exponent}}}", _POWER
        if head == "neg":
            return "-" + self._at_least(tree[1], _INTEGRAL), _SUM
        if head == "lim":
            from_side = "" if len(tree) == 4 else "^{+}" if tree[4] == 1 else "^{-}"
            where = f"{self._print(tree[2])[0]} \\to {self._print(tree[3])[0]}{from_side}"
            return f"\\lim_{{{where}}} {self._at_least(tree[1], _INTEGRAL)}", _INTEGRAL
        if head == "fn":
            name = str(tree[1])
            return name if type(tree[2]) is str else name + self._bracketed(tree[2]), _ATOM
        if len(tree) == 2 and type(head) is str and head not in {"or", "and"}:
            return self._function(head, tree[1])
        if head == "int":
            bounds = "".join(
                f"{sign}{{{self._print(at)[0]}}}" for sign, at in zip("_^", tree[3:], strict=False)
            )
            return f"\\int{bounds} {self._at_least(tree[1], _PRODUCT)} \\, d{tree[2]}", _INTEGRAL
        if head == "diff" and type(tree[1]) is tuple and (unknown := self._print(tree[1])[0]) in PRIMED:
            return unknown + "'", _ATOM
        if head == "diff":
            return f"\\frac{{d}}{{d{tree[2]}}}\\left[{self._print(tree[1])[0]}\\right]", _PRODUCT
        if head == "subs":
            where = f"{self._print(tree[2])[0]} = {self._print(tree[3])[0]}"
            return f"\\left[{self._print(tree[1])[0]}\\right]_{{{where}}}", _ATOM
        if head == "or":
            glue = r" \quad\text{or}\quad "
            return glue.join([self._print(part)[0] for part in tree[1:]]) or r"\text{no solution}", _RELATION
        if head == "and":
            if (between := _between_bounds(tree)) is not None:
                low, opens, inside, closes, high = between
                signs = (_SIGNS.get(sign, sign) for sign in (opens, closes))
                shown = [self._print(part)[0] for part in (low, inside, high)]
                return f"{shown[0]} {next(signs)} {shown[1]} {next(signs)} {shown[2]}", _RELATION
            return r", \quad ".join([self._print(part)[0] for part in tree[1:]]), _RELATION
        left, right = self._print(tree[1])[0], self._print(tree[2])[0]
        return f"{left} {_SIGNS.get(str(head), head)} {right}", _RELATION

    def _sum(self, tree: tuple[Tree, ...]) -> str:
        parts = [self._at_least(tree[1], _SUM)]
        for term in tree[2:]:
            text, binds = self._print(term)
            if type(term) is tuple and term[0] == "+":
                parts.append(f" + {_bracket(text)}")
            elif text[0] == "-" and binds <= _SUM:
                parts.append(f" - {text[1:]}")
            else:
                parts.append(f" + {text}")
        return "".join(parts)

    def _product(self, tree: tuple[Tree, ...]) -> tuple[str, int]:
        first, rest = tree[1], tree[2:]
        sign = ""
        if type(first) is int and first < 0:
            first, sign = -first, "-"
        elif type(first) is tuple and (opposite := _opposite(first)) is not None:
            first, sign = opposite, "-"
        text = self._at_least(first, _PRODUCT)
        loosest = _PRODUCT
        for position, factor in enumerate(rest, 2):
            shown, binds = self._print(factor)
            # Nothing follows the last factor, so an integral needs no bracket there.
            if binds < (_INTEGRAL if position == len(tree) - 1 else _PRODUCT):
                shown, binds = _bracket(shown), _ATOM
            loosest = min(loosest, binds)
            text += _between(text, shown) + shown
        return sign + text, _SUM if sign else loosest

    def _function(self, name: str, inner: Tree) -> tuple[str, int]:
        if name == "sqrt":
            return f"\\sqrt{{{self._print(inner)[0]}}}", _ATOM
        if name == "exp":
            return ("e", _ATOM) if inner == 1 else (f"e^{{{self._print(inner)[0]}}}", _POWER)
        if name == "abs":
            return f"\\left|{self._print(inner)[0]}\\right|", _ATOM
        return _NAMES.get(name, "\\" + name) + self._bracketed(inner), _ATOM

    def _at_least(self, tree: Tree, least: int) -> str:
        text, binds = self._print(tree)
        return text if binds >= least else _bracket(text)

    def _bracketed(self, tree: Tree) -> str:
        if type(tree) is tuple and tree[0] == "abs":
            return self._print(tree)[0]
        return _bracket(self._print(tree)[0])


_TRIGONOMETRIC = frozenset("sin cos tan sec csc cot sinh cosh tanh".split())  # noqa: SIM905 - a list of words


def latex(tree: Tree) -> str:
    """Return one tree as LaTeX, without dollar signs."""
    return Latex()(tree)


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
    tall = r"\frac" in text or r"\int" in text or r"\left" in text
    return f"\\left({text}\\right)" if tall else f"({text})"


def _between(left: str, right: str) -> str:
    """Return what separates two factors: nothing where they cannot be misread."""
    if right[0].isdigit() or (right.startswith("\\frac") and left[-1].isdigit()):
        return r" \cdot "
    if right.startswith("\\int"):
        return " "
    if left.startswith("\\frac") and right[0] == "(":
        return ""
    return " " if left[-1].isalpha() and right[0].isalpha() and len(left) > 1 and "\\" in left else ""
