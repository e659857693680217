"""What holds for every mistake: it does what its page says, and somebody makes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from rpsdg.math_domains.family import Family
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read

__all__ = ["MISTAKE_LAWS", "mistakes_made"]


def has_a_page(mistake: Mistake) -> Iterator[str]:
    """Its docstring opens with a sentence."""
    page = inspect.cleandoc(type(mistake).__doc__ or "")  # its own: `getdoc` would take a base's
    if not page.partition("\n")[0].endswith("."):
        yield "its docstring does not open with a sentence that says what is done wrong"


def does_what_its_sample_shows(mistake: Mistake) -> Iterator[str]:
    """One of the moves that it misapplies leads from the first state of its sample to the second."""
    before, after = map(read, mistake.sample)
    for move in (move for rule in mistake.rules for move in rule.spot(before)):
        try:
            if mistake.misapply(move).undo(before) == after:
                return
        except LookupError:
            continue
    yield f"it does not make {mistake.sample[1]} of {mistake.sample[0]}"


MISTAKE_LAWS = (has_a_page, does_what_its_sample_shows)
"""What every mistake is held to."""


def mistakes_made(families: Iterable[Family]) -> set[str]:
    """Return the names of the mistakes that are made in eighty problems of each family."""
    return {
        str(Problems(family, seed=4, wrong_steps=1.0)[index].negatives[0].verdict["mistake"])
        for family in families
        for index in range(80)
    }
