"""The terminal: where the command prints, and what may reach it of text that hostile sources chose."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.markup import escape

__all__ = ["as_markup", "console", "err", "out", "plain"]


def console(**options: Any) -> Console:
    """Return a console that prints text as it is: no numbers in colour, and no pictures for `:x:`."""
    return Console(highlight=False, emoji=False, **options)


out = console()
err = console(stderr=True)

# What a terminal would obey: escape sequences, control characters, and marks that change the direction of
# writing, with which code can be made to read as other code than it is.
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
    r"|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
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
