"""On which line of a TOML file a table or a key stands, for messages; the standard parser does not say."""

from __future__ import annotations

import re

__all__ = ["line_of", "lines_by_path"]

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*(?:([A-Za-z0-9_-]+)|\"([^\"]*)\"|'([^']*)')\s*=")
_LONG = re.compile(r"\"\"\"|'''")


def lines_by_path(text: str) -> dict[str, int]:
    """Return the lines, from 1, of tables and of the keys right below them.

    Args:
        text: a file that is TOML.

    >>> lines_by_path("[[source]]\\ncount = 3\\n\\n[[source]]\\n")
    {'source[0]': 1, 'source[0].count': 2, 'source[1]': 4}
    """
    found: dict[str, int] = {}
    numbers: dict[str, int] = {}
    table, quoted = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if not quoted and (header := _HEADER.match(line)):
            table = header[2]
            if header[1] == "[[":
                numbers[table] = numbers.get(table, -1) + 1
                table = f"{table}[{numbers[table]}]"
            found.setdefault(table, number)
        elif not quoted and (key := _KEY.match(line)):
            name = next(part for part in key.groups() if part is not None)
            found.setdefault(f"{table}.{name}" if table else name, number)
        for mark in _LONG.findall(line):  # what stands in a text of several lines is no key
            quoted = "" if quoted == mark else quoted or mark
    return found


def line_of(lines: dict[str, int], path: str) -> int:
    """Return the line of a path such as `source[1].count`, or of the nearest thing around it; 1 if none is.

    >>> line_of({"source[1]": 7}, "source[1].levels")
    7
    """
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path, 1)
