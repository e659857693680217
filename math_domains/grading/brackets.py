"""What is in brackets of every kind: lists, intervals, sets, absolute values, limits put into something."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum

from rpsdg.math_domains.trees import Tree, free_names, neg
from rpsdg.math_domains.witnesses.matrices import is_matrix

from . import meanings
from .cursor import Cursor
from .lexicon import BRACKETS
from .limits import Reason, RefusedError
from .tokens import Token

__all__ = ["Binds", "Brackets"]


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


class Brackets(Cursor, ABC):
    """Reads what stands between brackets, and what hangs on to them."""

    def __init__(self, tokens: list[Token], *, unfinished: bool) -> None:
        super().__init__(tokens)
        self._unfinished = unfinished
        self.bars = 0
        """How many bars of absolute values are open within the innermost bracket."""
        self._sized_bars = 0
        """How many of them are open that say which side they are on."""
        self.places: int | None = None

    @abstractmethod
    def expression(self, least: int) -> Tree:
        """Read as much as binds at least that tightly."""

    @abstractmethod
    def atom(self) -> Tree:
        """Read what binds tightest."""

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
        elif braces and self._maps():
            inner = self._mapping()
            self.bars = bars
            return inner
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

    def _maps(self) -> bool:
        """Whether braces hold names with their values, as Python prints solutions, and no condition."""
        if self.token.kind != "name" or self.after != Token("such", ":"):
            return False
        return all(token.kind not in {"relation", "or", "and"} for token in self.until_closed())

    def _mapping(self) -> Tree:
        found: list[Tree] = []
        while self.token.kind == "name":
            name = self._name(self.next().value)
            self.take("such", ":")
            found.append(("=", name, self.expression(Binds.SETS)))
            if self.token.kind != "comma":
                break
            self.next()
        if self.token.kind != "close" or not found:
            raise RefusedError(Reason.UNREADABLE, self.token.value)
        self.next()
        return ("and", *found)

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

    def _only_atom(self) -> Tree:
        self.deeper()
        inner = self.atom()
        self.shallower()
        return inner
