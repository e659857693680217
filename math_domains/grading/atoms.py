"""What binds tightest in a formula: numbers, names, brackets, fractions, roots, functions, matrices."""

from __future__ import annotations

from abc import ABC
from enum import IntEnum

from rpsdg.math_domains.trees import Tree, free_names, neg
from rpsdg.math_domains.witnesses.matrices import is_matrix

from . import meanings
from .approaching import Approaching
from .functions import Functions
from .lexicon import BRACKETS
from .limits import Reason, RefusedError
from .tokens import Token

__all__ = ["Atoms", "Binds", "operation"]

_INVERTIBLE = frozenset({"sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh"})
_OF_MATRICES = frozenset({"det", "inv"})


class Binds(IntEnum):
    """How tightly signs bind. A chain of relations, a list and so on take any number of operands."""

    NOTHING = 0
    THEN = 1
    ROWS = 2
    LIST = 3
    OR = 4
    AND = 5
    RELATION = 6
    SETS = 7
    SUM = 8
    PRODUCT = 9
    POWER = 10


class Atoms(Approaching, Functions, ABC):
    """Reads what binds tightest; what is inside of it is read by `expression`."""

    def __init__(self, tokens: list[Token], *, unfinished: bool) -> None:
        super().__init__(tokens)
        self._unfinished = unfinished
        self.bars = 0
        """How many bars of absolute values are open within the innermost bracket."""
        self._sized_bars = 0
        """How many of them are open that say which side they are on."""
        self.places: int | None = None

    def atom(self) -> Tree:
        """Read one of them."""
        token = self.next()
        match token.kind:
            case "number":
                value, places = meanings.decimal(token.value)
                if places is not None:
                    self.places = max(places, self.places or 0)
                return value
            case "name" if token.value in self.functions:
                return self.of_a_function(self.function_of_x(token.value))
            case "name":
                return self._name(token.value)
            case "euler":
                return meanings.E
            case "open":
                return self._bracket(token.value)
            case "function":
                return self._function(token.value)
            case "frac" | "differential" if (slope := self.slope()) is not None:
                return self.of_a_function(slope)
            case "frac":
                above, below = self._argument(), self._argument()
                return ("/", above, below) if token.value == "frac" else meanings.binomial(above, below)
            case "root":
                return self._root(token.value)
            case "bar" | "left-bar":
                return self._absolute(token.kind)
            case "matrix":
                return self._matrix(token.value)
            case "reals":
                return ("all",)
            case "empty":
                return ("{}",)
            case "question":
                return self._question(token.value)
            case "derivative" if self._unfinished:
                return ("diff", self._operand(), token.value)
            case "derivative":
                raise RefusedError(Reason.RESTATED, "a derivative")
        raise RefusedError(Reason.UNREADABLE, token.value)

    def of_a_function(self, tree: Tree) -> Tree:
        """Return what was read of a function, which must have no derivative in an answer."""
        if not self._unfinished and type(tree) is tuple and tree[0] in {"diff", "subs"}:
            raise RefusedError(Reason.RESTATED, "a derivative")
        return tree

    def _name(self, name: str) -> Tree:
        if self.token.kind == "below":
            self.next()
            return f"{name}_{self._index()}"
        return name

    def _index(self) -> str:
        braced = self.token.kind == "open" and self.token.value == "{"
        if braced:
            self.next()
        index = self.next()
        if index.kind not in {"number", "name"}:
            raise RefusedError(Reason.UNREADABLE, f"_{index.value}")
        if braced:
            self.take("close", "}")
        return index.value

    def _bracket(self, opened: str) -> Tree:
        bars, self.bars = self.bars, 0
        if self.token.kind == "close":
            if BRACKETS[opened] == self.token.value == "}" or self.token.value == "\\}":
                self.next()
                self.bars = bars
                return ("{}",)
            raise RefusedError(Reason.UNREADABLE, "brackets around nothing")
        braces = opened in {"{", "\\{"}
        if braces and self.token.kind == "name" and self.after.kind == "bar":
            self.next()  # {x | x > 2}
            self.next()
        inner = self.expression(Binds.NOTHING)
        if braces and self.token.kind == "such":  # {x : x > 2}: only what comes after says anything
            self.next()
            inner = self.expression(Binds.NOTHING)
        closed = self.token
        inner = meanings.rows_of(inner) if opened + closed.value == "[]" else meanings.flat(inner)
        if closed.kind != "close":
            raise RefusedError(Reason.UNREADABLE, f"`{opened}` is never closed")
        self.next()
        self.bars = bars
        if braces:
            if closed.value != BRACKETS[opened]:
                raise RefusedError(Reason.UNREADABLE, closed.value)
            items = inner[1:] if type(inner) is tuple and inner[0] == "list" else (inner,)
            return ("{}", *items) if opened == "\\{" or len(items) > 1 else inner
        if closed.value not in {")", "]"}:
            raise RefusedError(Reason.UNREADABLE, closed.value)
        if self.token.kind == "below" and opened == "[" and self._unfinished:
            return self.between_limits(inner)
        if type(inner) is tuple and inner[0] == "list":
            head = opened + closed.value
            return ("and" if head == "()" and all(map(meanings.is_relation, inner[1:])) else head, *inner[1:])
        if opened + closed.value == "[]" and type(inner) is tuple and inner[0] == "[]":
            return ("[]", inner)
        if opened + closed.value in {"()", "[]"}:
            return inner
        raise RefusedError(Reason.UNREADABLE, "half-open brackets around one thing")

    def between_limits(self, inner: Tree) -> Tree:
        """Read what stands for the variable, as in `[...]_{u = x + 1}`; two limits make a difference."""
        low, high = self._limits()
        if type(low) is tuple and low[0] == "=" and type(low[1]) is str:
            _, by, low = low
        elif high is not None and len(free := free_names(inner)) == 1:
            (by,) = free
        else:
            raise RefusedError(Reason.UNREADABLE, "limits of nobody knows which variable")
        at_low = ("subs", inner, by, low)
        if high is None:
            return at_low
        if type(high) is tuple and high[0] == "=":
            high = high[2]
        return ("+", ("subs", inner, by, high), neg(at_low))

    def closes_limits(self) -> bool:
        """Whether a bar comes next that closes no absolute value, but what limits are put into."""
        kind = self.token.kind
        return (
            self._unfinished
            and ((kind == "bar" and not self.bars) or (kind == "right-bar" and not self._sized_bars))
            and self.after.kind in {"below", "power"}
        )

    def _limits(self) -> tuple[Tree, Tree | None]:
        """Read `_{low}^{high}` in either order."""
        limits: dict[str, Tree] = {}
        while self.token.kind in {"below", "power"} and self.token.kind not in limits:
            side = self.next().kind
            limits[side] = self._argument()
        if "below" not in limits:
            raise RefusedError(Reason.UNREADABLE, "an upper limit alone")
        return limits["below"], limits.get("power")

    def _absolute(self, opened: str) -> Tree:
        bars, self.bars = self.bars, self.bars + 1 if opened == "bar" else 0
        self._sized_bars += opened == "left-bar"
        inner = self.expression(Binds.SETS)
        self.take("bar" if opened == "bar" else "right-bar", "|")
        self._sized_bars -= opened == "left-bar"
        self.bars = bars
        return self._determinant(inner) if is_matrix(inner) else ("abs", inner)

    def _determinant(self, inner: Tree) -> Tree:
        if not self._unfinished:
            raise RefusedError(Reason.RESTATED, "a determinant")
        return ("det", inner)

    def _argument(self) -> Tree:
        """Read what a command of LaTeX takes: a group, or one sign, of a number its first digit."""
        token = self.token
        if token.kind == "number" and len(token.value) > 1 and token.value.isdigit():
            self.split(token.value[0], token.value[1:])
            return int(token.value[0])
        return self._only_atom()

    def _root(self, word: str) -> Tree:
        degree: Tree = 3 if word == "cbrt" else 2
        if self.token == Token("open", "[") and word == "sqrt":
            self.next()
            degree = self.expression(Binds.SUM)
            self.take("close", "]")
        return meanings.root_of(self._only_atom(), degree)

    def _only_atom(self) -> Tree:
        self.deeper()
        inner = self.atom()
        self.shallower()
        return inner

    def _function(self, function: str) -> Tree:
        exponent: Tree = 1
        base: Tree | None = None
        if self.token.kind == "below" and function == "log":
            self.next()
            base = self._argument()
        if self.token.kind == "power":
            self.next()
            exponent = self._argument() if self.token.kind != "operator" else self.expression(Binds.POWER)
        inner = self._operand()
        if function in _OF_MATRICES:
            if not self._unfinished:
                raise RefusedError(Reason.RESTATED, function)
            value: Tree = (function, inner)
        elif base is not None:
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
        inner = self.expression(Binds.POWER)
        while self.token.kind in {"name", "euler", "frac", "root", "left-bar"} or (
            self.token.kind == "bar" and not self.bars
        ):
            inner = operation("*", inner, self.expression(Binds.POWER))
        return inner

    def _matrix(self, kind: str) -> Tree:
        """Read a matrix; lines around it make its determinant, one within parts off what is beside it."""
        bars, self.bars = self.bars, 0
        rows = self._cells()
        self.bars = bars
        if kind == "vmatrix":
            return self._determinant(meanings.matrix(rows))
        before, line, _ = kind.partition("|")
        if not line:
            return meanings.matrix(rows)
        if not self._unfinished:
            raise RefusedError(Reason.RESTATED, "two matrices side by side")
        left, right = ([row[: len(before)] for row in rows], [row[len(before) :] for row in rows])
        return ("*", ("inv", meanings.matrix(left)), meanings.matrix(right))

    def _cells(self) -> list[list[Tree]]:
        rows: list[list[Tree]] = []
        row: list[Tree] = []
        while True:
            row.append(self.expression(Binds.SUM))
            separator = self.next()
            if separator.kind == "cell":
                continue
            rows.append(row)
            row = []
            if separator.kind == "break" and self.token.kind == "end-matrix":
                separator = self.next()
            if separator.kind == "end-matrix":
                return rows
            if separator.kind != "break":
                raise RefusedError(Reason.UNREADABLE, separator.value)

    def _question(self, word: str) -> Tree:
        if not self._unfinished or word not in {"int", "sum", "Sum", "lim"}:
            raise RefusedError(Reason.RESTATED, word)
        if word == "lim":
            return self.limit(Binds.SUM, Binds.PRODUCT)
        return self._integral() if word == "int" else self._sum()

    def _sum(self) -> Tree:
        """Read a sum with a sign, which ends before the next plus, or one as SymPy writes it."""
        if self.token == Token("open", "("):
            match self._only_atom():
                case ("()", inside, ("()", str(by), low, high)):
                    return ("sum", inside, by, low, high)
        elif self.token.kind in {"below", "power"}:
            match self._limits():
                case ("=", str(by), low), high if high is not None:
                    return ("sum", self.expression(Binds.PRODUCT), by, low, high)
        raise RefusedError(Reason.UNREADABLE, "a sum without its limits")

    def _integral(self) -> Tree:
        limits = self._limits() if self.token.kind in {"below", "power"} else ()
        integrand = 1 if self.token.kind == "differential" else self.expression(Binds.SUM)
        differential = self.next()
        if differential.kind != "differential" or None in limits:
            raise RefusedError(Reason.UNREADABLE, "an integral without its differential, or with one limit")
        return ("int", integrand, differential.value, *limits)


def operation(sign: str, left: Tree, right: Tree) -> Tree:
    """Return two operands with a sign between them; longer sums and products grow at their end."""
    if sign == "-":
        sign, right = "+", neg(right)
    if sign == "*" and type(left) is tuple and left[0] == "neg":
        return neg(operation("*", left[1], right))
    if sign in "+*" and type(left) is tuple and left[0] == sign:
        return (*left, right)
    return (sign, left, right)
