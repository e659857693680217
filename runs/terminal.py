"""The terminal: where the command prints, and what may reach it of text that hostile sources chose."""

from __future__ import annotations

import re

from rich.console import Console
from rich.markup import escape

__all__ = ["as_markup", "err", "out", "plain"]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

# What a terminal would obey: control characters and escape sequences.
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def plain(text: object) -> str:
    """Return text without anything that a terminal would obey; line feeds and tabs stay.

    >>> plain("a\\x1b]0;title\\x07b\\x1b[2Jc")
    'abc'
    """
    return _CONTROL.sub("", str(text).encode("utf-8", "replace").decode())


def as_markup(text: object) -> str:
    """Return text for use inside rich markup: nothing in it is obeyed by the terminal or read as markup."""
    return escape(plain(text))
