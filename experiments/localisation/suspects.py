"""The statements that a localiser ranks: all that failing tests run, with what tests say of each.

Statements that no failing test runs are in no list, for any of the localisers: all formulas put them last.
"""

from __future__ import annotations

from dataclasses import dataclass

from rpsdg.mutators.judging.coverage import LineMask, bits

from .records import Spectrum, masks
from .truth import statements_of

__all__ = ["Suspect", "faulty_places", "suspects_of"]


@dataclass(frozen=True)
class Suspect:
    """A statement, of a compound one the head."""

    path: str
    lines: LineMask
    ran: frozenset[int]
    """Which failing tests run it, by their places."""
    ep: int
    """How many passing tests run it."""

    @property
    def ef(self) -> int:
        """How many failing tests run it."""
        return len(self.ran)

    @property
    def first(self) -> int:
        """Its first line."""
        return (self.lines & -self.lines).bit_length() - 1


def suspects_of(spectrum: Spectrum) -> list[Suspect]:
    """Return the suspects in the order of files and lines; the truth is not looked at."""
    ran = [masks(test.ran) for test in spectrum.failing]
    found = []
    for path, data in sorted(spectrum.sources.items()):
        seen = [lines.get(path, 0) for lines in ran]
        passed = spectrum.passed.get(path, {})
        for mask in statements_of(data):
            tests = frozenset(place for place, lines in enumerate(seen) if lines & mask)
            if tests:
                ep = max((passed.get(line, 0) for line in bits(mask)), default=0)
                found.append(Suspect(path, mask, tests, ep))
    return found


def faulty_places(spectrum: Spectrum, suspects: list[Suspect]) -> list[int]:
    """Return the places of the faulty ones: the only way from a spectrum to the truth."""
    faulty = masks(spectrum.faulty)
    return [place for place, one in enumerate(suspects) if faulty.get(one.path, 0) & one.lines]
