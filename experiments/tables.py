"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["table"]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, names on the left, numbers on the right.

    >>> print(table(["arm", "solved"], [["answers", "12.0"]]))
    | arm | solved |
    |---|---:|
    | answers | 12.0 |
    """
    lines = [head, *rows]
    if any(len(line) != len(head) for line in lines):
        raise ValueError("every row needs as many cells as the head")
    text = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    text.insert(1, "|---|" + "---:|" * (len(head) - 1))
    return "\n".join(text)
