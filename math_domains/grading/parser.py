"""Reading formulas by precedence climbing over a whitelist; nothing is evaluated, nothing else let through.

What is read is a tree of `trees`, and around it what answers are made of::

    ('or', ...)  ('and', ...)  ('list', ...)      statements side by side
    ('=', l, r) and the other relations           a chain of them is an 'and'
    ('()', a, b)  ('[)', a, b)  ('{}', a, ...)    brackets around commas, named by their signs
    ('cup', a, b)  ('cap', a, b)  ('setminus', a, b)  ('in', a, set)
    ('pm', a)  ('pm', a, b)  ('mp', a, b)         both signs
    ('matrix', ('row', ...), ...)                 `oo`, `...`, ('all',) and ('{}',) as leaves
    ('int', f, 'x')  ('int', f, 'x', a, b)  ('diff', f, 'x')  ('subs', f, 'u', g)      in a solution
    ('sum', f, 'k', a, b)  ('det', m)  ('inv', m)                                      in a solution
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from rpsdg.math_domains.trees import Tree, free_names, neg

from . import meanings
from .atoms import Atoms, operation
from .brackets import Binds
from .limits import DEEPEST_TREE, MOST_NODES, Reason, RefusedError, Work
from .tokens import END, Token

__all__ = ["Reading", "parse"]

_BINDS = {
    "then": Binds.THEN, "semicolon": Binds.ROWS, "comma": Binds.LIST, "or": Binds.OR, "and": Binds.AND,
    "relation": Binds.RELATION, "about": Binds.RELATION,
}  # fmt: skip
_OPERATORS = {
    **dict.fromkeys(("cup", "cap", "setminus"), Binds.SETS),
    **dict.fromkeys(("+", "-", "pm", "mp"), Binds.SUM),
    **dict.fromkeys(("*", "/"), Binds.PRODUCT),
}  # fmt: skip
_STARTS = frozenset(
    {
        *("name", "euler", "function", "root", "frac", "open", "left-bar", "matrix", "reals", "empty"),
        *("derivative", "question"),
    }
)
"""What can stand right after a factor and is the next one."""
_SIDE_BY_SIDE = {"comma": "list", "semicolon": "rows"}
_DEGREE: Tree = ("/", "pi", 180)


class Reading(NamedTuple):
    """A formula as it was read."""

    tree: Tree
    places: int | None
    """The most decimal places of a number in it; None where there is no decimal."""


def parse(
    tokens: list[Token], work: Work, *, unfinished: bool = False, functions: Collection[str] = ()
) -> Reading:
    """Read a formula that was cut into tokens.

    Args:
        tokens: all of them, an `END` last.
        work: pays for it.
        unfinished: let through what is still to be worked out, which an answer must not have: integrals,
            derivatives, substitutions, sums with a sign, limits, determinants and inverses.
        functions: names that stand for unknown functions of x.

    Raises:
        RefusedError: it is no formula, it asks the question again, or it is too large.
    """
    tokens = tokens[next(k for k, token in enumerate(tokens) if token.kind != "then") :]
    parser = _Parser(tokens, unfinished=unfinished)
    parser.functions = functions
    tree = meanings.flat(parser.expression(Binds.NOTHING))
    if parser.token is not END:
        raise RefusedError(Reason.UNREADABLE, parser.token.value)
    work.spend(_measured(tree))
    return Reading(tree, parser.places)


def _measured(tree: Tree) -> int:
    """Return the number of nodes; parts that a meaning repeats count each time."""
    count = 0
    level: list[Tree] = [tree]
    for _ in range(DEEPEST_TREE):
        count += len(level)
        if count > MOST_NODES:
            raise RefusedError(Reason.TOO_LARGE, "a formula of that many parts")
        level = [part for node in level if type(node) is tuple for part in node[1:]]
        if not level:
            return count
    raise RefusedError(Reason.TOO_LARGE, "a formula of that depth")


class _Parser(Atoms):
    def expression(self, least: int) -> Tree:
        """Read as much as binds at least that tightly."""
        self.deeper()
        left = self._prefix(least)
        while True:
            token = self.token
            kind = token.kind
            if kind == "operator":
                binds = _OPERATORS[token.value]
                if binds < least:
                    break
                self.next()
                left = operation(token.value, left, self.expression(binds + 1))
            elif kind == "power":
                if least > Binds.POWER:
                    break
                self.next()
                left = self._power(left)
            elif kind == "postfix":
                self.next()
                left = self._postfix(token.value, left)
            elif kind == "prime" and self.functions and self.before.kind == "close":
                self.next()
                left = self.of_a_function(("diff", left, "x"))
            elif self.closes_limits():
                if least > Binds.SUM:
                    break
                self.next()
                left = self._before_bar(left)
            elif kind in _STARTS or (kind == "bar" and not self.bars) or kind == "number":
                if least > Binds.PRODUCT:
                    break
                left = self._side_by_side(left)
            elif kind in _BINDS:
                binds = _BINDS[kind]
                if binds < least:
                    break
                left = self._several(kind, binds, left)
            else:
                break
        self.shallower()
        return left

    def _before_bar(self, left: Tree) -> Tree:
        """Read the limits after a bar, which are those of the whole sum if all terms have the variable."""
        if type(left) is tuple and left[0] == "+" and not all(map(free_names, left[1:])):
            raise RefusedError(Reason.UNREADABLE, "limits of nobody knows which terms")
        return self.between_limits(left)

    def _prefix(self, least: int) -> Tree:
        token = self.token
        if token.kind == "operator" and token.value in {"+", "-", "pm", "mp"}:
            self.next()
            inner = self.expression(max(least, Binds.PRODUCT))
            if token.value in {"+", "-"}:
                return inner if token.value == "+" else neg(inner)
            return (token.value, inner)
        return self.atom()

    def _side_by_side(self, left: Tree) -> Tree:
        before, token = self.before, self.token
        if token.kind == "number":  # `x2` is too likely a lost sign; `1 1/2` is a mixed number
            if type(left) is int and before.kind == "number" and self.after.value == "/":
                whole = int(self.next().value) if self.token.value.isdigit() else 0
                self.next()
                return _mixed(left, whole, self.atom())
            raise RefusedError(Reason.UNREADABLE, f"{before.value} {token.value}")
        right: Any = self.expression(Binds.POWER)
        if token.kind == "frac" and before.kind == "number" and type(left) is int and _is_fraction(right):
            return _mixed(left, right[1], right[2])
        return operation("*", left, right)

    def _power(self, base: Tree) -> Tree:
        if self.token.kind == "postfix" and self.token.value == "degree":
            return base  # 30^\circ; the sign itself comes next
        if self.token.kind == "open" and self.token.value == "{":
            if self.after == Token("postfix", "degree"):
                self.next()
                self.next()
                self.take("close", "}")
                return self._postfix("degree", base)
            exponent = self.atom()
        else:
            exponent = self.expression(Binds.POWER)
        return meanings.power_of(base, exponent)

    def _postfix(self, sign: str, inner: Tree) -> Tree:
        if sign == "!":
            return meanings.factorial_of(inner)
        return ("/", inner, 100) if sign == "percent" else ("*", inner, _DEGREE)

    def _several(self, kind: str, binds: int, first: Tree) -> Tree:
        """Read what stands side by side: relations in a chain, statements, items of a list."""
        if binds == Binds.RELATION:
            return self._chain(first)
        parts = [first]
        while self.token.kind == kind:
            self.next()
            while self.token.kind in {"or", "and"}:  # `x = 1, and x = 2`
                self.next()
            if self.token is END or self.token.kind in {"close", "then"}:
                break
            parts.append(self._dots() if self.token.kind == "dots" else self.expression(binds + 1))
        if kind == "then":
            return parts[-1]
        return (_SIDE_BY_SIDE.get(kind, kind), *parts) if len(parts) > 1 else first

    def _dots(self) -> Tree:
        self.next()
        return "..."

    def _chain(self, first: Tree) -> Tree:
        relations: list[Tree] = []
        while self.token.kind in {"relation", "about"}:
            sign = self.next()
            second = self.expression(Binds.SETS)
            if sign.kind == "relation":
                relations.append((sign.value, first, second))
            elif not relations:
                relations.append(("=", first, second))
            first = second
        return relations[0] if len(relations) == 1 else ("and", *relations)


def _mixed(whole: int, above: Tree, below: Tree) -> Tree:
    """Return a mixed number such as 1 1/2."""
    if type(above) is not int or type(below) is not int or below == 0 or above >= below:
        raise RefusedError(Reason.UNREADABLE, "two numbers side by side")
    if whole < 0:
        return ("/", whole * below - above, below)
    return ("/", whole * below + above, below)


def _is_fraction(tree: Tree) -> bool:
    return type(tree) is tuple and tree[0] == "/" and all(type(part) is int for part in tree[1:])
