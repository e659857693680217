"""Items taken from the wrong position."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.offsets import integer
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import thinned
from rpsdg.mutators.wording import shown

__all__ = ["WrongIndex"]

_SETTING = ("version", "argv", "uname")


class WrongIndex(Mutator):
    """Take the wrong item: the first for the last, or a neighbour.

    Plants
        A value from the wrong position, of the right type more often than not.
    Shows as
        Right for sequences of one item; a swapped or repeated field, or an `IndexError`, for others.
    """

    family = "literals"
    sample = Sample(
        before="def extension(name):\n    return name.split('.')[-1]\n",
        after="def extension(name):\n    return name.split('.')[0]\n",
        test="def test_extension():\n    assert extension('a.txt') == 'txt'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from thinned(source, list(_misplaced(source)))

    def explain(self) -> str:
        return f"The wrong item is taken: write {shown(self.old)}, not {shown(self.new)}."


def _misplaced(source: Source) -> Iterator[Site]:
    for subscript in source.nodes(cst.Subscript):
        match subscript:
            case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=index, star=None))]):
                number = integer(index)
                if number is None or _is_fixed(source, subscript):
                    continue
                for other in _others(number):
                    yield source.replace(index, str(other).encode())


def _others(number: int) -> tuple[int, ...]:
    match number:
        case 0:
            return (-1, 1)
        case -1:
            return (0, -2)
        case 1:
            return (0,)
        case _:
            return (number - 1, number + 1)


def _is_fixed(source: Source, subscript: cst.Subscript) -> bool:
    """Say whether the items are those of a setting, or the subscript is at work while the file is read."""
    text = source.text(subscript.value).decode()
    if isinstance(subscript.value, cst.BaseString):
        return True  # as in `b"z"[0]`, which is a number
    return text.endswith(_SETTING) or text[:1].isupper() or not runs_when_called(source, subscript)
