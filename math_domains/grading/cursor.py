"""Going through the tokens of a formula, and counting how deep."""

from __future__ import annotations

from collections.abc import Iterator

from .limits import DEEPEST_NESTING, Reason, RefusedError
from .tokens import END, Token

__all__ = ["Cursor"]


class Cursor:
    """A place between tokens; `token` is the one that comes next."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self.token = tokens[0]

    def next(self) -> Token:
        """Return the token and go on to the one after it."""
        token = self.token
        if token is not END:
            self._place += 1
            self.token = self._tokens[self._place]
        return token

    def take(self, kind: str, value: str) -> None:
        """Go on after a token that has to come next.

        Raises:
            RefusedError: another one does.
        """
        if self.token.kind != kind or self.token.value != value:
            raise RefusedError(Reason.UNREADABLE, f"`{value}` was expected, not `{self.token.value}`")
        self.next()

    @property
    def before(self) -> Token:
        """The token that was taken last."""
        return self._tokens[self._place - 1]

    @property
    def after(self) -> Token:
        """The token after the next one."""
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def follows(self, *wanted: tuple[str, str]) -> bool:
        """Whether tokens of these kinds and values come next; an empty value stands for any."""
        coming = self._tokens[self._place : self._place + len(wanted)]
        return len(coming) == len(wanted) and all(
            token.kind == kind and value in {"", token.value}
            for token, (kind, value) in zip(coming, wanted, strict=True)
        )

    def skip(self, count: int) -> None:
        """Go on after some tokens that are known to come next."""
        for _ in range(count):
            self.next()

    def until_closed(self) -> Iterator[Token]:
        """Yield the tokens that come next, up to the bracket that closes the one that is open."""
        depth = 0
        for token in self._tokens[self._place :]:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0:
                return
            yield token

    def split(self, taken: str, left: str) -> None:
        """Part the next token, a number, of which only the first digits are taken."""
        assert taken + left == self.token.value
        self._tokens[self._place] = self.token = Token(self.token.kind, left)

    def remove(self, ahead: int, count: int) -> None:
        """Remove some tokens that come that many after the next one."""
        start = self._place + ahead
        del self._tokens[start : start + count]

    def deeper(self) -> None:
        """Count that something is opened; `shallower` says when it is closed again.

        Raises:
            RefusedError: too much is open.
        """
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise RefusedError(Reason.TOO_LARGE, "brackets that deep")

    def shallower(self) -> None:
        """Count that something is closed."""
        self._depth -= 1
