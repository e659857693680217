"""Code inside a sentence."""

from __future__ import annotations

import io
import re
import tokenize

from .syntax import parse_tree

__all__ = ["shown"]

_LONGEST = 160


def shown(code: bytes) -> str:
    """Return code as a sentence quotes it: on one line, in backticks, without comments and outer commas.

    >>> shown(b"    key=len,  # the longest first")
    '`key=len`'
    >>> shown(b"    if x:  # else\\n        return\\n    y = 1\\n")
    '`if x: return; y = 1`'
    """
    text = _one_line(code.decode("utf-8", "replace")).strip(", \t")
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 4 :]}"
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _one_line(text: str) -> str:
    if "\n" in text.strip() and _is_statements(text):
        return _joined(text)
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


def _is_statements(text: str) -> bool:
    """Say whether a text is made of whole lines of code, perhaps an arm of an `if`, a `try` or a `match`."""
    first = re.search(r"^([ \t]*)[^\s#]", text, re.MULTILINE)
    indent = first[1] if first else ""
    outer = "if 1:\n" if indent else ""
    heads = (outer, f"{outer}{indent}if 1: pass\n", f"{outer}{indent}try: pass\n", "match 1:\n")
    return any(_parses(head + text) for head in heads)


def _parses(text: str) -> bool:
    try:
        parse_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _joined(text: str) -> str:
    """Return statements on one line, as a person would say them."""
    parts: list[str] = []
    line, row, column = "", 0, 0
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return " ".join(text.split())
    for token in tokens:
        if token.type in {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT}:
            continue
        if token.type in {tokenize.NEWLINE, tokenize.ENDMARKER}:
            if line:
                parts.append(line + (" " if line.endswith(":") else "; "))
            line = ""
            continue
        if line and token.start[0] == row:
            line += " " * (token.start[1] - column)
        elif line and line[-1] not in "([{" and token.string not in {")", "]", "}"}:
            line += " "
        line += " ".join(token.string.splitlines())
        row, column = token.end
    return "".join(parts).rstrip("; ")
