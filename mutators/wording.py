"""Code inside a sentence."""

from __future__ import annotations

import io
import tokenize

__all__ = ["shown"]

_LONGEST = 160


def shown(code: bytes) -> str:
    """Return code as a sentence quotes it: on one line, in backticks, without comments and outer commas.

    >>> shown(b"    key=len,  # the longest first")
    '`key=len`'
    """
    text = _one_line(code.decode("utf-8", "replace")).strip(", \t")
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 4 :]}"
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _one_line(text: str) -> str:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(f"({text}\n)").readline))
    except (tokenize.TokenError, SyntaxError):
        return " ".join(text.split())
    line, row, column = "", 1, 0
    for token in tokens[:-2]:  # the last two end the line and the file
        if token.type in {tokenize.COMMENT, tokenize.NL}:
            continue
        if token.start[0] == row:
            line += " " * (token.start[1] - column)
        elif line[-1:] not in {"(", "[", "{"} and token.string not in {")", "]", "}"}:
            line += " "
        line += " ".join(token.string.splitlines())
        row, column = token.end
    return line[1:-1].strip()
