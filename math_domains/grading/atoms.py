"""What binds tightest in a formula: numbers, names, brackets, fractions, roots, functions, matrices."""

from __future__ import annotations

from abc import ABC

from rpsdg.math_domains.trees import RELATIONS, Tree, neg

from . import meanings
from .approaching import Approaching
from .brackets import Binds, Brackets
from .functions import Functions
from .limits import Reason, RefusedError
from .tokens import Token

__all__ = ["Atoms", "operation"]

_INVERTIBLE = frozenset({"sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh"})
_OF_MATRICES = frozenset({"det", "inv"})


class Atoms(Brackets, Approaching, Functions, ABC):
    """Reads what binds tightest; what is inside of it is read by `expression`."""

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
            case "statement":
                return self._statement(token.value)
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

    def _statement(self, head: str) -> Tree:
        """Read what a statement or a set is made of, as SymPy writes it."""
        self.take("open", "(")
        inner = self.expression(Binds.ROWS)
        self.take("close", ")")
        parts = inner[1:] if type(inner) is tuple and inner[0] == "list" else (inner,)
        if head in RELATIONS and len(parts) != 2:
            raise RefusedError(Reason.UNREADABLE, head)
        return (head, *parts)

    def _root(self, word: str) -> Tree:
        degree: Tree = 3 if word == "cbrt" else 2
        if self.token == Token("open", "[") and word == "sqrt":
            self.next()
            degree = self.expression(Binds.SUM)
            self.take("close", "]")
        return meanings.root_of(self._only_atom(), degree)

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
