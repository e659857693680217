"""What holds for every mistake: it does what its page says, and somebody makes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.mistake import Mistake, go_wrong
from rpsdg.math_domains.place import MisplacedError
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.streams import stream
from rpsdg.traces.levels import LEVELS

__all__ = ["MISTAKE_LAWS", "never_made"]

_PROBLEMS = 150
"""Of each family, in which a mistake is looked for."""


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


def never_made(mistakes: Mapping[str, Mistake], families: Iterable[Family]) -> set[str]:
    """Return the names of the mistakes that can be made in none of many problems of some families."""
    left = dict(mistakes)
    for number, family in product(range(_PROBLEMS), families):
        rng = stream("mistakes", family.name, number)
        try:
            tape = family.lay(rng, LEVELS[number % len(LEVELS)])
        except (DrawAgainError, MisplacedError):
            continue
        for name, mistake in list(left.items()):
            if go_wrong(tape, {name: mistake}, rng, family.assuming) is not None:
                del left[name]
        if not left:
            break
    return set(left)
