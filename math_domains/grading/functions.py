"""Reading an unknown function: `y`, `y(x)`, `y(0)` and its derivatives, by primes or by differentials."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection

from rpsdg.math_domains.trees import Tree, names

from .cursor import Cursor
from .tokens import Token

__all__ = ["Functions", "with_indices"]

_VARIABLE = "x"
_ABOVE = (("open", "{"), ("name", "d"), ("power", ""), ("number", "2"))
_BELOW = (("close", "}"), ("open", "{"), ("differential", _VARIABLE))


def with_indices(formula: str) -> str:
    """Return a formula in which constants such as C1, as programs write them, are C_1."""
    return _NUMBERED.sub(r"\1_\2", formula)


_NUMBERED = re.compile(r"(?<![A-Za-z0-9_\\])([CcKkAB])([1-9])(?![0-9])")


class Functions(Cursor, ABC):
    """Reads functions of x; which names stand for one is told by the problem."""

    functions: Collection[str] = ()

    @abstractmethod
    def _only_atom(self) -> Tree:
        """Read what binds tightest."""

    def function_of_x(self, name: str) -> Tree:
        """Read what comes after the name of a function: primes, and where it is looked at."""
        function: Tree = ("fn", name, _VARIABLE)
        primes = self._primes()
        for _ in range(primes):
            function = ("diff", function, _VARIABLE)
        if self.token != Token("open", "("):
            return function if primes else name
        where = self._only_atom()
        if where == _VARIABLE:
            return function
        if names(where):
            return ("*", function if primes else name, where)
        return ("subs", function, _VARIABLE, where) if primes else ("fn", name, where)

    def _primes(self) -> int:
        """Read primes, as they stand or raised."""
        count = 0
        while True:
            if self.token.kind == "prime":
                self.next()
                count += 1
            elif self.token.kind == "power" and self.after.kind == "prime":
                self.next()
            elif self.follows(("power", ""), ("open", "{"), ("prime", "'")):
                self.skip(2)
                count += self._primes()
                self.take("close", "}")
            else:
                return count

    def slope(self) -> Tree | None:
        r"""Read dy/dx, `\frac{dy}{dx}` or `\frac{d^2y}{dx^2}` after its first sign; None if it is none."""
        for name in self.functions:
            derivative: Tree = ("diff", ("fn", name, _VARIABLE), _VARIABLE)
            own = ("differential", name)
            if self.follows(("open", "{"), own, *_BELOW, ("close", "}")):
                self.skip(6)
                return derivative
            if self.before == own and self.follows(("operator", "/"), _BELOW[-1]):
                self.skip(2)
                return derivative
            twice = (*_ABOVE, ("name", name), *_BELOW, ("power", ""), ("number", "2"), ("close", "}"))
            if self.follows(*twice):
                self.skip(len(twice))
                return ("diff", derivative, _VARIABLE)
        return None
