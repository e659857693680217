"""Reading formulas by precedence climbing over a whitelist; nothing is evaluated, nothing else let through.

What is read is a tree of `trees`, and around it what answers are made of::

    ('or', ...)  ('and', ...)  ('list', ...)      statements side by side
    ('=', l, r) and the other relations           a chain of them is an 'and'
    ('()', a, b)  ('[)', a, b)  ('{}', a, ...)    brackets around commas, named by their signs
    ('cup', a, b)  ('cap', a, b)  ('setminus', a, b)  ('in', a, set)
    ('pm', a)  ('pm', a, b)  ('mp', a, b)         both signs
    ('matrix', ('row', ...), ...)                 `oo`, `...`, ('all',) and ('{}',) as leaves
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from rpsdg.math_domains.trees import Tree, neg

from . import meanings
from .lexicon import BRACKETS
from .limits import DEEPEST_NESTING, DEEPEST_TREE, MOST_NODES, Reason, RefusedError, Work
from .tokens import END, Token, tokenize

__all__ = ["Reading", "parse", "read"]

# How tightly signs bind. A chain of relations, a list and so on take any number of operands.
_THEN, _LIST, _OR, _AND, _RELATION, _SETS, _SUM, _PRODUCT, _POWER = range(1, 10)
_BINDS = {
    "then": _THEN, "comma": _LIST, "such": _LIST, "or": _OR, "and": _AND, "relation": _RELATION,
    "about": _RELATION,
}  # fmt: skip
_OPERATORS = {
    "cup": _SETS, "cap": _SETS, "setminus": _SETS, "+": _SUM, "-": _SUM, "pm": _SUM, "mp": _SUM,
    "*": _PRODUCT, "/": _PRODUCT,
}  # fmt: skip
_STARTS = frozenset({"name", "function", "root", "frac", "open", "left-bar", "matrix", "reals", "empty"})
"""What can stand right after a factor and is the next one."""
_INVERTIBLE = frozenset({"sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh"})
_DEGREE: Tree = ("/", "pi", 180)


class Reading(NamedTuple):
    """A formula as it was read."""

    tree: Tree
    places: int | None
    """The most decimal places of a number in it; None where there is no decimal."""


def read(
    formula: str, names: Collection[str], work: Work, *, thousands: bool = True, integrals: bool = False
) -> Reading:
    """Read a formula.

    Args:
        formula: LaTeX or plain text.
        names: those that the problem uses.
        work: pays for it.
        thousands: read `1,234` as one number and not as two.
        integrals: let indefinite integrals and substitutions through, which an answer must not have.

    Raises:
        RefusedError: it is none, it asks the question again, or it is too large.
    """
    return parse(tokenize(formula, names, work, thousands=thousands), work, integrals=integrals)


def parse(tokens: list[Token], work: Work, *, integrals: bool = False) -> Reading:
    """Read a formula that was cut into tokens; see `read`."""
    tokens = tokens[next(k for k, token in enumerate(tokens) if token.kind != "then") :]
    parser = _Parser(tokens, integrals=integrals)
    tree = parser.expression(0)
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


class _Parser:
    def __init__(self, tokens: list[Token], *, integrals: bool) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._bars = 0
        self._integrals = integrals
        self.token = tokens[0]
        self.places: int | None = None

    def _next(self) -> Token:
        """Return the token and go on to the one after it."""
        token = self.token
        if token is not END:
            self._place += 1
            self.token = self._tokens[self._place]
        return token

    def _take(self, kind: str, value: str) -> None:
        if self.token.kind != kind or self.token.value != value:
            raise RefusedError(Reason.UNREADABLE, f"`{value}` was expected, not `{self.token.value}`")
        self._next()

    def expression(self, least: int) -> Tree:
        """Read as much as binds at least that tightly."""
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise RefusedError(Reason.TOO_LARGE, "brackets that deep")
        left = self._prefix(least)
        while True:
            token = self.token
            kind = token.kind
            if kind == "operator":
                binds = _OPERATORS[token.value]
                if binds < least:
                    break
                self._next()
                left = self._operation(token.value, left, self.expression(binds + 1))
            elif kind == "power":
                if least > _POWER:
                    break
                self._next()
                left = self._power(left)
            elif kind == "postfix":
                self._next()
                left = self._postfix(token.value, left)
            elif kind in _STARTS or (kind == "bar" and not self._bars) or kind == "number":
                if least > _PRODUCT:
                    break
                left = self._side_by_side(left)
            elif kind in _BINDS:
                binds = _BINDS[kind]
                if binds < least:
                    break
                left = self._several(kind, binds, left)
            else:
                break
        self._depth -= 1
        return left

    def _prefix(self, least: int) -> Tree:
        token = self.token
        if token.kind == "operator" and token.value in {"+", "-", "pm", "mp"}:
            self._next()
            inner = self.expression(max(least, _PRODUCT))
            if token.value in {"+", "-"}:
                return inner if token.value == "+" else neg(inner)
            return (token.value, inner)
        return self._atom()

    def _operation(self, sign: str, left: Tree, right: Tree) -> Tree:
        if sign == "-":
            sign, right = "+", neg(right)
        if sign == "*" and type(left) is tuple and left[0] == "neg":
            return neg(self._operation("*", left[1], right))
        if sign in "+*" and type(left) is tuple and left[0] == sign:
            return (*left, right)
        return (sign, left, right)

    def _side_by_side(self, left: Tree) -> Tree:
        before, token = self._tokens[self._place - 1], self.token
        if token.kind == "number":  # `x2` is too likely a lost sign; `1 1/2` is a mixed number
            if type(left) is int and before.kind == "number" and self._tokens[self._place + 1].value == "/":
                whole = int(self._next().value) if self.token.value.isdigit() else 0
                self._next()
                return _mixed(left, whole, self._atom())
            raise RefusedError(Reason.UNREADABLE, f"{before.value} {token.value}")
        right: Any = self.expression(_POWER)
        if token.kind == "frac" and before.kind == "number" and type(left) is int and _is_fraction(right):
            return _mixed(left, right[1], right[2])
        return self._operation("*", left, right)

    def _power(self, base: Tree) -> Tree:
        if self.token.kind == "postfix" and self.token.value == "degree":
            return base  # 30^\circ; the sign itself comes next
        if self.token.kind == "open" and self.token.value == "{":
            if self._tokens[self._place + 1] == Token("postfix", "degree"):
                self._next()
                self._next()
                self._take("close", "}")
                return self._postfix("degree", base)
            exponent = self._atom()
        else:
            exponent = self.expression(_POWER)
        return meanings.power_of(base, exponent)

    def _postfix(self, sign: str, inner: Tree) -> Tree:
        if sign == "!":
            return meanings.factorial_of(inner)
        return ("/", inner, 100) if sign == "percent" else ("*", inner, _DEGREE)

    def _several(self, kind: str, binds: int, first: Tree) -> Tree:
        """Read what stands side by side: relations in a chain, statements, items of a list."""
        if binds == _RELATION:
            return self._chain(first)
        parts = [first]
        while self.token.kind == kind:
            self._next()
            while self.token.kind in {"or", "and"}:  # `x = 1, and x = 2`
                self._next()
            if self.token is END or self.token.kind in {"close", "then"}:
                break
            parts.append(self._dots() if self.token.kind == "dots" else self.expression(binds + 1))
        if kind in {"then", "such"}:
            return parts[-1]
        return ("list" if kind == "comma" else kind, *parts) if len(parts) > 1 else first

    def _dots(self) -> Tree:
        self._next()
        return "..."

    def _chain(self, first: Tree) -> Tree:
        relations: list[Tree] = []
        while self.token.kind in {"relation", "about"}:
            sign = self._next()
            second = self.expression(_SETS)
            if sign.kind == "relation":
                relations.append((sign.value, first, second))
            elif not relations:
                relations.append(("=", first, second))
            first = second
        return relations[0] if len(relations) == 1 else ("and", *relations)

    def _atom(self) -> Tree:
        token = self._next()
        match token.kind:
            case "number":
                value, places = meanings.decimal(token.value)
                if places is not None:
                    self.places = max(places, self.places or 0)
                return value
            case "name":
                return self._name(token.value)
            case "open":
                return self._bracket(token.value)
            case "function":
                return self._function(token.value)
            case "frac":
                above, below = self._argument(), self._argument()
                return ("/", above, below) if token.value == "frac" else meanings.binomial(above, below)
            case "root":
                return self._root(token.value)
            case "bar" | "left-bar":
                return self._absolute(token.kind)
            case "matrix":
                return self._matrix()
            case "reals":
                return ("all",)
            case "empty":
                return ("{}",)
            case "question":
                return self._integral(token.value)
        raise RefusedError(Reason.UNREADABLE, token.value)

    def _name(self, name: str) -> Tree:
        if self.token.kind == "below":
            self._next()
            return f"{name}_{self._index()}"
        return ("exp", 1) if name == "e" else name

    def _index(self) -> str:
        braced = self.token.kind == "open" and self.token.value == "{"
        if braced:
            self._next()
        index = self._next()
        if index.kind not in {"number", "name"}:
            raise RefusedError(Reason.UNREADABLE, f"_{index.value}")
        if braced:
            self._take("close", "}")
        return index.value

    def _bracket(self, opened: str) -> Tree:
        bars, self._bars = self._bars, 0
        if self.token.kind == "close":
            if BRACKETS[opened] == self.token.value == "}" or self.token.value == "\\}":
                self._next()
                self._bars = bars
                return ("{}",)
            raise RefusedError(Reason.UNREADABLE, "brackets around nothing")
        if (
            opened in {"{", "\\{"}
            and self.token.kind == "name"
            and self._tokens[self._place + 1].kind == "bar"
        ):
            self._next()  # {x | x > 2}: only what comes after the bar says anything
            self._next()
        inner = self.expression(0)
        closed = self.token
        if closed.kind != "close":
            raise RefusedError(Reason.UNREADABLE, f"`{opened}` is never closed")
        self._next()
        self._bars = bars
        if opened in {"{", "\\{"}:
            if closed.value != BRACKETS[opened]:
                raise RefusedError(Reason.UNREADABLE, closed.value)
            items = inner[1:] if type(inner) is tuple and inner[0] == "list" else (inner,)
            return ("{}", *items) if opened == "\\{" or len(items) > 1 else inner
        if closed.value not in {")", "]"}:
            raise RefusedError(Reason.UNREADABLE, closed.value)
        if self.token.kind == "below" and opened == "[" and self._integrals:
            return self._substituted(inner)
        if type(inner) is tuple and inner[0] == "list":
            return (opened + closed.value, *inner[1:])
        if opened + closed.value == "[]" and type(inner) is tuple and inner[0] == "[]":
            return ("[]", inner)
        if opened + closed.value in {"()", "[]"}:
            return inner
        raise RefusedError(Reason.UNREADABLE, "half-open brackets around one thing")

    def _substituted(self, inner: Tree) -> Tree:
        """Read what stands for the variable of an integral, as in `[...]_{u = x + 1}`."""
        self._next()
        meant = self._argument()
        if type(meant) is not tuple or meant[0] != "=" or type(meant[1]) is not str:
            raise RefusedError(Reason.UNREADABLE, "limits of integration")
        return ("subs", inner, meant[1], meant[2])

    def _absolute(self, opened: str) -> Tree:
        bars, self._bars = self._bars, self._bars + 1 if opened == "bar" else 0
        inner = self.expression(_SETS)
        self._take("bar" if opened == "bar" else "right-bar", "|")
        self._bars = bars
        return ("abs", inner)

    def _argument(self) -> Tree:
        """Read what a command of LaTeX takes: a group, or one sign, of a number its first digit."""
        token = self.token
        if token.kind == "number" and len(token.value) > 1 and token.value.isdigit():
            self._tokens[self._place] = self.token = Token("number", token.value[1:])
            return int(token.value[0])
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise RefusedError(Reason.TOO_LARGE, "brackets that deep")
        inner = self._atom()
        self._depth -= 1
        return inner

    def _root(self, word: str) -> Tree:
        degree: Tree = 3 if word == "cbrt" else 2
        if self.token == Token("open", "[") and word == "sqrt":
            self._next()
            degree = self.expression(_SUM)
            self._take("close", "]")
        return meanings.root_of(self._only_atom(), degree)

    def _only_atom(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise RefusedError(Reason.TOO_LARGE, "brackets that deep")
        inner = self._atom()
        self._depth -= 1
        return inner

    def _function(self, function: str) -> Tree:
        exponent: Tree = 1
        base: Tree | None = None
        if self.token.kind == "below" and function == "log":
            self._next()
            base = self._argument()
        if self.token.kind == "power":
            self._next()
            exponent = self._argument() if self.token.kind != "operator" else self.expression(_POWER)
        inner = self._operand()
        if base is not None:
            value = meanings.logarithm(inner, base)
        elif exponent == -1 and function in _INVERTIBLE:
            return meanings.apply(f"a{function}", inner)
        else:
            value = meanings.apply(function, inner)
        return value if exponent == 1 else ("^", value, exponent)

    def _operand(self) -> Tree:
        """Read what a function is applied to: a bracket, or what stands side by side up to the next sign."""
        if self.token.kind in {"open", "left-bar", "bar"}:
            return self._only_atom()
        inner = self.expression(_POWER)
        while self.token.kind in {"name", "frac", "root", "left-bar"} or (
            self.token.kind == "bar" and not self._bars
        ):
            inner = self._operation("*", inner, self.expression(_POWER))
        return inner

    def _matrix(self) -> Tree:
        rows: list[Tree] = []
        row: list[Tree] = []
        while True:
            row.append(self.expression(_SUM))
            separator = self._next()
            if separator.kind == "cell":
                continue
            rows.append(("row", *row))
            row = []
            if separator.kind == "break" and self.token.kind == "end-matrix":
                separator = self._next()
            if separator.kind == "end-matrix":
                return ("matrix", *rows)
            if separator.kind != "break":
                raise RefusedError(Reason.UNREADABLE, separator.value)

    def _integral(self, word: str) -> Tree:
        if not self._integrals or word != "int":
            raise RefusedError(Reason.RESTATED, word)
        integrand = 1 if self.token.kind == "differential" else self.expression(_SUM)
        differential = self._next()
        if differential.kind != "differential":
            raise RefusedError(Reason.UNREADABLE, "an integral without its differential")
        return ("int", integrand, differential.value)


def _mixed(whole: int, above: Tree, below: Tree) -> Tree:
    """Return a mixed number such as 1 1/2."""
    if type(above) is not int or type(below) is not int or below == 0 or above >= below:
        raise RefusedError(Reason.UNREADABLE, "two numbers side by side")
    if whole < 0:
        return ("/", whole * below - above, below)
    return ("/", whole * below + above, below)


def _is_fraction(tree: Tree) -> bool:
    return type(tree) is tuple and tree[0] == "/" and all(type(part) is int for part in tree[1:])
