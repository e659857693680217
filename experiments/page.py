"""docs/efficacy.md: a section for each part between marks, so that each can be made anew by itself."""

from __future__ import annotations

from pathlib import Path

__all__ = ["PAGE", "QUICK_PAGE", "with_section"]

PAGE = Path(__file__).parents[1] / "docs/efficacy.md"
QUICK_PAGE = Path(__file__).parents[1] / "docs/efficacy-quick.md"
_HEAD = """# Does it teach?

`make efficacy` trains everything below from scratch, on two cores, and writes this page of it; a run that was
stopped goes on. `make efficacy-quick` is a small version. What is between marks is generated from
`experiments/results/`.
"""


def with_section(page: str, name: str, section: str) -> str:
    """Return a page with a section put where it was before, or behind all others.

    Args:
        page: the page as it is; empty if there is none.
        name: of the section.
        section: Markdown.
    """
    first, last = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    whole = f"{first}\n{section.strip()}\n{last}"
    page = page or _HEAD
    if first in page and last in page:
        before, _, rest = page.partition(first)
        _, _, after = rest.partition(last)
        return before + whole + after
    return f"{page.rstrip()}\n\n{whole}\n"
