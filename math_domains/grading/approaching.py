"""Reading where a variable goes: `_{x \\to 2^{+}}` after the sign of a limit."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rpsdg.math_domains.text import INFINITE
from rpsdg.math_domains.trees import Tree

from .cursor import Cursor
from .lexicon import BRACKETS
from .limits import Reason, RefusedError
from .tokens import Token

__all__ = ["Approaching"]

_SIDES = {Token("operator", "+"): 1, Token("operator", "-"): -1}
_RAISED, _OPEN, _CLOSE = Token("power", "^"), Token("open", "{"), Token("close", "}")


class Approaching(Cursor, ABC):
    """Reads a limit, from one side or from both; what it goes to and of what it is read by `expression`."""

    @abstractmethod
    def expression(self, least: int) -> Tree:
        """Read as much as binds at least that tightly."""

    def limit(self, sum_binds: int, operand_binds: int) -> Tree:
        """Read what comes after the sign of a limit.

        Args:
            sum_binds: how tightly the sum binds that the variable goes to.
            operand_binds: how tightly that binds of which the limit is taken.
        """
        if self.token.kind == "below":
            self.next()
        opened, by, arrow = self.next(), self.next(), self.next()
        if opened.value not in BRACKETS or by.kind != "name" or arrow.kind != "then":
            raise RefusedError(Reason.UNREADABLE, "a limit of nobody knows what")
        side = self._side()
        to = self.expression(sum_binds)
        self.take("close", BRACKETS[opened.value])
        where = (to, side) if side and to not in INFINITE else (to,)
        return ("lim", self.expression(operand_binds), by.value, *where)

    def _side(self) -> int:
        """Return the side a variable comes from, and take its sign out; 0 where there is none."""
        inside = list(self.until_closed())
        for sign, value in _SIDES.items():
            for written in ([_RAISED, _OPEN, sign, _CLOSE], [_RAISED, sign], [sign]):
                if len(inside) > len(written) and inside[-len(written) :] == written:
                    self.remove(len(inside) - len(written), len(written))
                    return value
        return 0
